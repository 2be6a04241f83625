import type { StagePreview } from '@penstock/model';
import type { Plan } from '../plan/plan.ts';
import type { Clock } from '../ports.ts';
import { PreviewSession, type PreviewValue } from './preview-session.ts';

export interface PreviewOptions {
  readonly plan: Plan;
  /** Values of the messages to run, as read or typed in. */
  readonly values: readonly PreviewValue[];
  readonly clock: Clock;
}

/** Runs records through the stages that production runs, in one step from empty state, and writes nothing. */
export const runPreview = async ({ plan, values, clock }: PreviewOptions): Promise<StagePreview[]> => {
  const session = await PreviewSession.open({ plan, clock });
  try {
    return await session.step(values);
  } finally {
    await session.close();
  }
};
