import type { ReleaseForecast, StateFate } from '@penstock/model';
import { oneLine } from '../../output.ts';
import type { Forecast } from './ask-forecast.ts';
import type { StageChange } from './diff-documents.ts';
import type { Plan, PlannedPipeline } from './plan-pipelines.ts';

const HEADS = { create: '+ new', update: '~ changed', release: '^ release', none: '= the same' } as const;

/** A plan as people read it, one line for each thing that would happen. */
export const planLines = (plan: Plan, { prune }: { readonly prune: boolean }): string[] => [
  ...plan.pipelines.flatMap(pipelineLines),
  ...plan.others.map(({ name, status }) =>
    prune
      ? `- delete     ${oneLine(name)} (${status}): not in the folder; its state and positions go with it`
      : `  left alone ${oneLine(name)} (${status}): not in the folder`,
  ),
  totals(plan, prune),
];

const pipelineLines = ({ name, action, found, changes, facts, hasSecrets, forecast }: PlannedPipeline): string[] => {
  const version = found?.version == null ? 'not released' : `version ${found.version}`;
  const state = found === undefined ? '' : ` (${found.status}, revision ${found.revision}, ${version})`;
  return [
    `${HEADS[action].padEnd(12)} ${oneLine(name)}${state}`,
    ...changes.map((change) => `      ${oneLine(changeText(change))}`),
    ...(facts.length === 0 ? [] : [`      said of it: ${facts.join(', ')}`]),
    ...(hasSecrets ? [`      secrets: ${action === 'update' ? 'those of the folder are saved' : NOT_COMPARED}`] : []),
    ...(forecast === undefined ? [] : forecastLines(forecast).map((line) => `      ${oneLine(line)}`)),
  ];
};

const NOT_COMPARED = 'cannot be compared with those that are stored, which stay (--with-secrets saves them)';

const changeText = ({ stage, kind, what }: StageChange): string => {
  const which = stage === null ? 'pipeline' : `stage ${stage}`;
  return `${which}: ${kind}${what.length === 0 ? '' : `: ${what.join(', ')}`}`;
};

const STATES: Readonly<Record<StateFate, string>> = {
  kept: 'kept',
  moved: 'kept, and moved to where its records come by then',
  migrated: 'kept, and brought to the encoding of this version',
  cleared: 'cleared',
  refused: 'refused: a start cannot use it if there is any',
  empty: 'begins empty',
};
const CUTS: Readonly<Record<ReleaseForecast['cuts'][number]['fate'], string>> = {
  kept: 'kept',
  made: 'none yet',
  drained: 'drained; their topic is deleted',
  refused: 'refused: some were read from the source and not processed',
};
const POSITIONS: Readonly<Record<ReleaseForecast['positions'][number]['fate'], string>> = {
  kept: 'kept',
  'first-start': 'by auto.offset.reset, as of a first start',
  restored: 'restored from what is kept with the state',
  added: 'kept; added partitions from their first record',
  replaced: 'from the first record, since the topic was made anew',
  left: 'kept and read no more',
  refused: 'refused: lost',
};

/** What would happen at the next start to what the pipeline keeps. */
export const forecastLines = (forecast: Forecast): string[] => {
  if ('unknown' in forecast) return [`state and positions: not known: ${forecast.unknown}`];
  if (!forecast.isKept && forecast.refusals.length === 0) return ['state and positions: nothing is kept yet'];
  return [
    ...forecast.states.map(
      ({ stage, fate, was }) => `state of ${stage}${was === undefined ? '' : ` (until now ${was})`}: ${STATES[fate]}`,
    ),
    ...forecast.cuts.map(({ stage, fate }) => `records waiting in front of ${stage}: ${CUTS[fate]}`),
    ...forecast.positions.map(({ topic, fate }) => `position in ${topic}: ${POSITIONS[fate]}`),
    ...forecast.refusals.map(({ code, message }) => `the next start would be refused: ${message} [${code}]`),
  ];
};

const totals = (plan: Plan, prune: boolean): string => {
  const { pipelines, others } = plan;
  const count = (action: PlannedPipeline['action']): number => pipelines.filter((one) => one.action === action).length;
  const parts = [
    `${count('create')} new`,
    `${count('update')} changed`,
    `${count('release')} to be released`,
    `${count('none')} the same`,
    `${others.length} not in the folder${prune && others.length > 0 ? ' (deleted)' : ''}`,
  ];
  return `${hasNoChanges(plan, { prune }) ? 'No changes' : 'Changes'}: ${parts.join(', ')}.`;
};

/** Whether there is nothing to do. */
export const hasNoChanges = ({ pipelines, others }: Plan, { prune }: { readonly prune: boolean }): boolean =>
  pipelines.every(({ action }) => action === 'none') && !(prune && others.length > 0);
