import { AppError } from '@penstock/model';
import { eq } from 'drizzle-orm';
import type { Store } from '../../store/open-store.ts';
import { alarmReceivers } from '../../store/schema-alarms.ts';
import { recordAudit } from '../../use-case/record-event.ts';
import { UseCaseError } from '../../use-case/use-case.ts';
import { findReceiver } from '../receivers/receivers.ts';
import { type SendDeps, sendNotice } from './send.ts';

export interface TestOutcome {
  readonly delivered: boolean;
  /** Why not. */
  readonly code: string | null;
  readonly message: string | null;
}

const PAUSE_MS = 5_000;

/**
 * Sends something to a receiver at once, once, and answers how that went. Errors: `RECEIVER_UNKNOWN`,
 * `RECEIVER_TESTED_JUST_NOW`.
 */
export const testReceiver = async (
  deps: SendDeps & { readonly store: Store; readonly newId: () => string },
  { orgId, actor, receiverId }: { readonly orgId: string; readonly actor: string; readonly receiverId: string },
): Promise<TestOutcome> => {
  const now = deps.clock.now();
  const receiver = await deps.store.db.transaction(async (tx) => {
    const row = await findReceiver(tx, orgId, receiverId, { lock: true });
    if (row.testedAt !== null && now >= row.testedAt && now - row.testedAt < PAUSE_MS)
      throw new UseCaseError(
        'RECEIVER_TESTED_JUST_NOW',
        'conflict',
        'This receiver was tested a moment ago. Try again in some seconds.',
      );
    await tx.update(alarmReceivers).set({ testedAt: now }).where(eq(alarmReceivers.receiverId, receiverId));
    await recordAudit(tx, { at: now, orgId, actor, action: 'alarm-receiver.test', target: receiverId });
    return row;
  });
  const id = deps.newId();
  try {
    await sendNotice(deps, receiver, id, {
      kind: 'test',
      rule: null,
      incidentId: id,
      orgId,
      pipelineId: null,
      pipelineName: '',
      at: now,
      since: now,
      facts: {},
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { delivered: false, code: error.code, message: error.message };
  }
  return { delivered: true, code: null, message: null };
};
