import { decomposed } from './energy/energy-pipelines.ts';
import type { GoldenPipeline } from './golden-pipeline.ts';
import { measured, measuredApart } from './measured/measured-pipelines.ts';
import { neighboured } from './neighbours/neighbour-pipelines.ts';
import { copiedAsItIs, normalized, selectedAndTagged } from './plain-pipelines.ts';
import { branched, cutTwice, scripted, scriptedInPython } from './script-pipelines.ts';
import { cutByGateway, lateAndLast, windowed } from './stateful-pipelines.ts';
import { mergedAndRestored, sortedAndGrouped, triggered } from './store-pipelines.ts';
import { templated } from './templates/template-pipelines.ts';

/** Each task works them off from source to target by itself. */
export const inOnePart: readonly GoldenPipeline[] = [
  copiedAsItIs,
  selectedAndTagged,
  lateAndLast,
  windowed,
  scripted,
  scriptedInPython,
  branched,
  normalized,
  decomposed,
  neighboured,
  templated,
  measured,
];

/** The plan cuts them, so that records change their task on the way. */
export const inSeveralParts: readonly GoldenPipeline[] = [
  cutByGateway,
  cutTwice,
  mergedAndRestored,
  sortedAndGrouped,
  triggered,
  measuredApart,
];

/** All of them together, and those that go by the clock, use every operator that runs in all modes. */
export const goldenPipelines: readonly GoldenPipeline[] = [...inOnePart, ...inSeveralParts];
