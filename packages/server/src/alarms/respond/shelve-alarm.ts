import { and, eq } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { alarms } from '../../store/schema-alarms.ts';
import { lockTarget } from '../../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../../use-case/use-case.ts';
import { normalSince } from '../rules/alarm-state.ts';
import { readAlarmConfig } from '../settings/alarm-config.ts';
import type { AlarmRule } from '../settings/alarm-settings.ts';

/** An alarm is shelved for a week at most: what nobody wants to hear of for longer should not be watched. */
export const MAX_SHELF_MINUTES = 7 * 24 * 60;

type ShelveDeps = Pick<UseCaseDeps, 'store' | 'clock' | 'newId'>;

/** Names of receivers are not needed to know what is watched. */
const NOBODY: ReadonlySet<string> = new Set();

/**
 * Puts an alarm aside: it goes on watching, and nobody is told of it until then. Again: until another time. Also of an
 * alarm that was never raised, for what is going to be done. Errors: `PIPELINE_UNKNOWN`, `ALARM_UNKNOWN`.
 */
export const shelveAlarm = async (
  deps: ShelveDeps,
  target: Target & { readonly note: string },
  rule: AlarmRule,
  minutes: number,
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const { orgId, pipelineId, alarmConfig } = await lockTarget(tx, target);
    if (readAlarmConfig(alarmConfig, NOBODY).settings[rule] === undefined) throw alarmUnknown(rule);
    const at = deps.clock.now();
    const { actor, note } = target;
    const until = at + minutes * 60_000;
    const shelf = { shelvedUntil: until, shelvedAt: at, shelvedBy: actor, shelvedNote: note };
    await tx
      .insert(alarms)
      .values({ pipelineId, orgId, rule, ...normalSince(at), incidentId: deps.newId(), facts: {}, ...shelf })
      .onConflictDoUpdate({ target: [alarms.pipelineId, alarms.rule], set: shelf });
    const text = `until ${new Date(until).toISOString()}: ${note}`;
    const message = `The ${rule} alarm was shelved by ${actor} ${text}`;
    await recordEvent(tx, { pipelineId, at, code: 'ALARM_SHELVED', message, severity: 'info' });
    await recordAudit(tx, {
      ...{ at, orgId, actor, action: 'alarm.shelve' },
      target: pipelineId,
      detail: `${rule} ${text}`,
    });
  });

/**
 * Ends that an alarm is shelved before its time; the next look tells what is open. One that is not shelved stays as it
 * is. Errors: `PIPELINE_UNKNOWN`, `ALARM_UNKNOWN`.
 */
export const unshelveAlarm = async (
  deps: Pick<ShelveDeps, 'store' | 'clock'>,
  target: Target,
  rule: AlarmRule,
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const { orgId, pipelineId } = await lockTarget(tx, target);
    const row = await lockAlarm(tx, pipelineId, rule);
    if (row === undefined) throw alarmUnknown(rule);
    const at = deps.clock.now();
    if (row.shelvedUntil === null || row.shelvedUntil <= at) return;
    await tx
      .update(alarms)
      .set({ shelvedUntil: at })
      .where(and(eq(alarms.pipelineId, pipelineId), eq(alarms.rule, rule)));
    await recordAudit(tx, {
      ...{ at, orgId, actor: target.actor, action: 'alarm.unshelve' },
      target: pipelineId,
      detail: rule,
    });
  });

const lockAlarm = async (tx: Database, pipelineId: string, rule: AlarmRule) => {
  const [row] = await tx
    .select()
    .from(alarms)
    .where(and(eq(alarms.pipelineId, pipelineId), eq(alarms.rule, rule)))
    .for('update');
  return row;
};

const alarmUnknown = (rule: AlarmRule): UseCaseError =>
  new UseCaseError('ALARM_UNKNOWN', 'not-found', `The alarm settings of the pipeline watch no "${rule}".`);
