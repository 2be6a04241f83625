import type { StagePreview } from '@penstock/model';
import type { LookUps } from '../look-ups/look-ups.ts';
import type { Plan } from '../plan/plan.ts';
import type { Clock } from '../ports.ts';
import type { References } from '../references/references.ts';
import { type PreviewInput, PreviewSession } from './preview-session.ts';

export interface PreviewOptions {
  readonly plan: Plan;
  /** Values of the messages to run, as read or typed in. */
  readonly values: PreviewInput;
  readonly clock: Clock;
  /** Records are told of as JSON texts, with all digits of their numbers. */
  readonly asText?: boolean;
  /** Opened for a preview; without it every look-up fails. */
  readonly lookUps?: LookUps;
  /** To be complete; without it no stage is opened that goes by any. */
  readonly references?: References;
}

/** Of all messages together: each of them is kept once for every stage it passes. */
const MAX_RECORDS = 5000;

/**
 * Runs records through the stages that production runs, in one step from empty state, and writes nothing. Errors:
 * `PREVIEW_RECORDS_TOO_MANY`.
 */
export const runPreview = async ({ values, ...options }: PreviewOptions): Promise<StagePreview[]> => {
  const session = await PreviewSession.open({ ...options, maxRecords: MAX_RECORDS });
  try {
    return await session.step(values);
  } finally {
    await session.close();
  }
};
