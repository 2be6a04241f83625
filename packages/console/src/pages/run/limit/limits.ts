import type { Bottleneck } from '@penstock/client/session';
import type { Graph } from '../../../graph/graph.ts';

/** What of a bottleneck stands at the stages. */
export interface Limits {
  /** Of the time that its part spends on records, 0 to 1, by stage. */
  readonly shares: ReadonlyMap<string, number>;
  /** Stages that hold the pipeline back; where its rate or reading does, those that read. */
  readonly stages: ReadonlySet<string>;
}

export const NO_LIMITS: Limits = { shares: new Map(), stages: new Set() };

/** Where a bottleneck is in the picture. Sending and committing have no place there. */
export const limitsOf = (found: Bottleneck | undefined, graph: Graph): Limits => {
  if (found === undefined) return NO_LIMITS;
  const { limit } = found;
  const shares = new Map(found.shares.flatMap(({ stage, share }) => (stage === null ? [] : [[stage, share] as const])));
  if (limit === null || found.state !== 'limited') return { shares, stages: new Set() };
  if (limit.stage !== null) return { shares, stages: new Set([limit.stage]) };
  // Later parts read what the pipeline itself has written: no stage of the document does.
  const sources = graph.stages.filter(({ kind }) => kind === 'source').map(({ id }) => id);
  // The first parts are those of the sources, which are under one rate.
  const reads = (limit.kind === 'rate' || limit.kind === 'read') && limit.part < Math.max(1, sources.length);
  return { shares, stages: new Set(reads ? sources : []) };
};
