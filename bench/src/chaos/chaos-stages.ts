import { processor, type StageSketch } from '@penstock/testkit';
import { CHAOS_MODEL } from './chaos-input.ts';

/** Short, so that most kills fall into a transaction. */
export const COMMIT_INTERVAL_MS = 100;
/** Short, so that tags expire again and again. */
export const MERGE_EXPIRY_MINUTES = 5;

/** A point of the input. */
export const point = (pointId: string): string => `${CHAOS_MODEL}::${pointId}`;

/**
 * Latest Record Merger by an expression that gives every asset a tag of its own, which the planner cannot know: it is
 * behind a cut.
 */
export const tagMerger = (points: readonly string[], trigger: string, from: string): StageSketch =>
  processor(
    'LatestRecordMerger',
    {
      inputOutput: [
        ...points.map((pointId) => ({ inputPoint: point(pointId) })),
        { inputPoint: point(trigger), isTrigger: true, outputPoint: point('merged') },
      ],
      mergedByExpression: "tag of ${record:value('/assetId')}",
      cacheExpireTime: MERGE_EXPIRY_MINUTES,
    },
    from,
  );
