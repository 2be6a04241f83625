import { and, eq, inArray } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { alarmReceivers, alarms } from '../../store/schema-alarms.ts';
import { recordEvent } from '../../use-case/record-event.ts';
import { addDelivery } from '../delivery/add-delivery.ts';
import { endIncidents, keepIncident } from '../history/keep-incident.ts';
import type { NoticeKind } from '../rules/alarm-state.ts';
import { toTell } from '../rules/notices.ts';
import { readAlarmConfig } from '../settings/alarm-config.ts';
import type { AlarmRule } from '../settings/alarm-settings.ts';
import { messageFor } from '../texts/alarm-message.ts';
import type { AlarmNotice } from '../texts/notice.ts';
import type { AlarmRow, WatchedPipeline } from './read-watched.ts';
import type { AlarmChange } from './step-pipeline.ts';

export interface MoveDeps {
  readonly newId: () => string;
  /** How long a delivery is tried. */
  readonly giveUpMs: number;
}

const EVENTS = {
  raised: { code: 'ALARM_RAISED', severity: 'warning' },
  'no-data': { code: 'ALARM_NO_DATA', severity: 'warning' },
  recovered: { code: 'ALARM_RECOVERED', severity: 'info' },
  ended: { code: 'ALARM_ENDED', severity: 'info' },
} as const satisfies Record<NoticeKind, { code: string; severity: string }>;

/** Nobody's name is needed to know who is to be told. */
const NOBODY: ReadonlySet<string> = new Set();

/** Forgets an alarm that nobody wants watched any more. */
export const dropAlarm = async (tx: Database, pipelineId: string, rule: AlarmRule, now: number): Promise<void> => {
  await tx.delete(alarms).where(and(eq(alarms.pipelineId, pipelineId), eq(alarms.rule, rule)));
  await endIncidents(tx, pipelineId, rule, now);
};

type Moved = Extract<AlarmChange, { kind: 'moved' }>;

/** Writes what has become of an alarm, what happened, and what is to be told. Answers how many deliveries that makes. */
export const moveAlarm = async (
  deps: MoveDeps,
  tx: Database,
  watched: WatchedPipeline,
  change: Moved,
  rows: readonly AlarmRow[],
  now: number,
): Promise<number> => {
  const { pipelineId, orgId } = watched;
  const { rule, next, notice, returns, facts } = change;
  const row = rows.find((each) => each.rule === rule);
  const isNew = row === undefined || (change.before.state === 'normal' && next.state !== 'normal');
  const incidentId = isNew ? deps.newId() : row.incidentId;
  const isShelved = !returns && row !== undefined && row.shelvedUntil !== null;
  const { notices, toldIncidentId } = toTell({
    ...{ next, notice, incidentId, isShelved, returns },
    toldIncidentId: row?.toldIncidentId ?? null,
  });
  const isRaised = notice === 'raised' || notice === 'no-data';
  const values = {
    ...next,
    incidentId,
    facts: { ...facts },
    toldIncidentId,
    ...(isRaised ? { unacknowledgedSince: row?.unacknowledgedSince ?? now } : {}),
    ...(returns ? NOT_SHELVED : {}),
  };
  await tx
    .insert(alarms)
    .values({ pipelineId, orgId, rule, ...values })
    .onConflictDoUpdate({ target: [alarms.pipelineId, alarms.rule], set: values });
  if (notice !== undefined) {
    await keepIncident(tx, { incidentId, orgId, pipelineId, rule, facts }, notice, now);
    const { text } = messageFor(noticeOf(watched, change, notice, incidentId, now), 'en');
    await recordEvent(tx, { pipelineId, at: now, ...EVENTS[notice], message: text.split('\n')[0] ?? '' });
  }
  if (returns)
    await recordEvent(tx, {
      ...{ pipelineId, at: now, code: 'ALARM_UNSHELVED', severity: 'info' },
      message: `The ${rule} alarm is shelved no longer.`,
    });
  let told = 0;
  for (const { kind, incidentId: of } of notices)
    told += await tell(deps, tx, watched, noticeOf(watched, change, kind, of, now));
  return told;
};

const NOT_SHELVED = { shelvedUntil: null, shelvedAt: null, shelvedBy: null, shelvedNote: null };

const noticeOf = (
  { pipelineId, orgId, name }: WatchedPipeline,
  change: Moved,
  kind: NoticeKind,
  incidentId: string,
  now: number,
): AlarmNotice & { readonly kind: NoticeKind } => ({
  kind,
  rule: change.rule,
  incidentId,
  orgId,
  pipelineId,
  pipelineName: name,
  at: now,
  since: change.noticeSince,
  facts: change.facts,
});

/** Writes down what is to be told; answers to how many. Receivers that are gone are told nothing; the settings' issues say so. */
const tell = async (
  deps: MoveDeps,
  tx: Database,
  { orgId, alarmConfig }: WatchedPipeline,
  notice: AlarmNotice & { readonly kind: NoticeKind },
): Promise<number> => {
  const { settings } = readAlarmConfig(alarmConfig, NOBODY);
  const receivers = await existing(tx, orgId, settings.receivers);
  for (const receiverId of receivers) await addDelivery(tx, deps, receiverId, notice);
  return receivers.length;
};

const existing = async (tx: Database, orgId: string, wanted: readonly string[]): Promise<readonly string[]> => {
  if (wanted.length === 0) return [];
  const rows = await tx
    .select({ receiverId: alarmReceivers.receiverId })
    .from(alarmReceivers)
    .where(and(eq(alarmReceivers.orgId, orgId), inArray(alarmReceivers.receiverId, [...wanted])));
  const known = new Set(rows.map(({ receiverId }) => receiverId));
  return wanted.filter((receiverId) => known.has(receiverId));
};
