import { AppError, messageOf, type StageCounters } from '@penstock/model';
import type { OnRecordError } from '../stage-settings.ts';
import { isTargetFailure } from '../targets/target-failure.ts';
import type { Failure } from './dead-letter-writer.ts';

export const STOPPED_BY_STAGE = 'STAGE_STOPPED_PIPELINE';

/** What becomes of the record: counted as dropped under `reason`, or to be written to the dead letters. */
export type Verdict = { readonly kind: 'discard'; readonly reason: string } | { readonly kind: 'dead-letter' };

const DEAD_LETTER: Verdict = { kind: 'dead-letter' };

/**
 * What a stage does On Record Error, for sources, processors and targets alike: counts the error and says what becomes
 * of the record. Throws `STAGE_STOPPED_PIPELINE` where the stage says so, naming `place` (which record it was): starting
 * again would only meet the same record.
 */
export const judgeRecordError = (
  policy: OnRecordError,
  counters: StageCounters,
  failure: Failure,
  place = '',
): Verdict => {
  switch (policy) {
    case 'DISCARD': {
      const reason = `discard:${failure.code}`;
      count(counters.dropped, reason);
      return { kind: 'discard', reason };
    }
    case 'STOP_PIPELINE':
      throw new AppError(
        STOPPED_BY_STAGE,
        `Stage "${failure.stage}" stopped the pipeline at a record error${place} (${failure.code}): ${failure.message}`,
        { domain: 'user', params: { stage: failure.stage, code: failure.code } },
      );
    case 'TO_ERROR':
      count(counters.errors, failure.code);
      return DEAD_LETTER;
  }
};

/**
 * What an operator threw, as the error of a record. Passes on what is none: the order to stop, and what a target says of
 * itself.
 */
export const failureOf = (stage: string, thrown: unknown, code = 'STAGE_FAILED'): Failure => {
  if (isTargetFailure(thrown) || (thrown instanceof AppError && thrown.code === STOPPED_BY_STAGE)) throw thrown;
  const isTold = thrown instanceof AppError && thrown.domain === 'user';
  return { stage, code: isTold ? thrown.code : code, message: messageOf(thrown) };
};

/** For counters whose names come from code, never from data. */
export const count = (counters: Record<string, number>, name: string, by = 1): void => {
  counters[name] = (counters[name] ?? 0) + by;
};
