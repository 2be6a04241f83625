import type { RunSpec } from '@penstock/model';

/** What the forecast of a start follows from: what is said of a run, as far as it is known before there is one. */
export type ForecastSpec = Pick<
  RunSpec,
  | 'document'
  | 'pipelineId'
  | 'orgId'
  | 'messageChannel'
  | 'topicGrants'
  | 'connections'
  | 'ownLibraries'
  | 'isContinued'
  | 'previous'
>;
