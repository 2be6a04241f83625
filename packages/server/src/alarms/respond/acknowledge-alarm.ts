import { and, eq, isNull } from 'drizzle-orm';
import { alarmIncidents, alarms } from '../../store/schema-alarms.ts';
import { lockTarget } from '../../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../../use-case/use-case.ts';
import type { AlarmRule } from '../settings/alarm-settings.ts';

/**
 * Notes that somebody knows of an alarm that was raised, whether it is open still or over: it asks for nobody until it
 * is raised again. Receivers are told nothing of it. Errors: `PIPELINE_UNKNOWN`, `ALARM_NOTHING_TO_ACKNOWLEDGE`.
 */
export const acknowledgeAlarm = async (
  deps: Pick<UseCaseDeps, 'store' | 'clock'>,
  target: Target & { readonly note: string },
  rule: AlarmRule,
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const { orgId, pipelineId } = await lockTarget(tx, target);
    const { actor, note } = target;
    const isIt = and(eq(alarms.pipelineId, pipelineId), eq(alarms.rule, rule));
    const [row] = await tx.select().from(alarms).where(isIt).for('update');
    if (row === undefined || row.unacknowledgedSince === null)
      throw new UseCaseError(
        'ALARM_NOTHING_TO_ACKNOWLEDGE',
        'conflict',
        'The alarm was not raised since it was acknowledged last.',
      );
    const at = deps.clock.now();
    await tx.update(alarms).set({ unacknowledgedSince: null }).where(isIt);
    // Whoever knows of the newest knows of those before it.
    await tx
      .update(alarmIncidents)
      .set({ acknowledgedAt: at, acknowledgedBy: actor, acknowledgedNote: note })
      .where(
        and(
          eq(alarmIncidents.pipelineId, pipelineId),
          eq(alarmIncidents.rule, rule),
          isNull(alarmIncidents.acknowledgedAt),
        ),
      );
    const message = `The ${rule} alarm was acknowledged by ${actor}: ${note}`;
    await recordEvent(tx, { pipelineId, at, code: 'ALARM_ACKNOWLEDGED', message, severity: 'info' });
    await recordAudit(tx, {
      ...{ at, orgId, actor, action: 'alarm.acknowledge' },
      target: pipelineId,
      detail: `${rule}: ${note}`,
    });
  });
