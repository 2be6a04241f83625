import type { LoopStage, Written } from './find-topic-loops.ts';

/** A point that a pipeline puts out, and those it is made of; as `{modelId}::{pointId}`. */
export interface PointFlow {
  readonly point: string;
  readonly madeOf: readonly string[];
}

/** What a pipeline certainly brings from one topic into another. */
export interface TopicFlow {
  readonly from: string;
  readonly to: string;
  /** `everything`: each point as it came. */
  readonly points: 'everything' | readonly PointFlow[];
}

/** Which topics a pipeline reads and writes, each once, and what it brings from which into which. */
export interface PipelineFlows {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly flows: readonly TopicFlow[];
}

/** Of a flow, points and what they are made of: a flow of more is left out, for it is kept with each released version. */
const MAX_POINTS = 20_000;

/** Flows whose points cannot be known (scripts without rows, preconditions) are left out: nothing is said of them. */
export const pipelineFlowsOf = (stages: readonly LoopStage[], written: readonly Written[]): PipelineFlows => {
  const reads = stages.filter(({ definition }) => definition.kind === 'source').flatMap(({ topic }) => topic ?? []);
  const flows = written.flatMap(({ topic: to, streams }) =>
    streams.flatMap(({ from, points }): TopicFlow[] => {
      if (from === undefined) return [];
      if (points === 'everything') return [{ from, to, points }];
      const made = [...points].map(([point, madeOf]): PointFlow => ({ point, madeOf: [...madeOf] }));
      const size = made.reduce((sum, { madeOf }) => sum + madeOf.length, made.length);
      return size === 0 || size > MAX_POINTS ? [] : [{ from, to, points: made }];
    }),
  );
  return { reads: [...new Set(reads)], writes: [...new Set(written.map(({ topic }) => topic))], flows };
};
