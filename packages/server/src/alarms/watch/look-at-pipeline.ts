import { and, eq, inArray } from 'drizzle-orm';
import type { Database, Store } from '../../store/open-store.ts';
import { pipelines } from '../../store/schema.ts';
import { alarmReceivers, alarms } from '../../store/schema-alarms.ts';
import { recordEvent } from '../../use-case/record-event.ts';
import { addDelivery } from '../delivery/add-delivery.ts';
import type { NoticeKind } from '../rules/alarm-state.ts';
import { readAlarmConfig } from '../settings/alarm-config.ts';
import type { AlarmSettings } from '../settings/alarm-settings.ts';
import { messageFor } from '../texts/alarm-message.ts';
import type { AlarmNotice } from '../texts/notice.ts';
import { type AlarmRow, readAlarmRows, readWatched, type WatchedPipeline, type Watcher } from './read-watched.ts';
import { type AlarmChange, stepPipeline } from './step-pipeline.ts';

export interface LookDeps {
  readonly store: Store;
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

/** Nobody's name is needed to know what is watched. */
const NOBODY: ReadonlySet<string> = new Set();

/** What would change by what was read; mostly nothing, and then nothing is locked or written. */
export const changesOf = (watched: WatchedPipeline, rows: readonly AlarmRow[], now: number): readonly AlarmChange[] =>
  stepPipeline(watched, readAlarmConfig(watched.alarmConfig, NOBODY).settings, rows, now);

/**
 * Looks at a pipeline's alarms and writes what has changed, what happened, and what is to be told to whom, in one
 * transaction that holds the pipeline's row: of two instances the second sees what the first has done. Answers how many
 * deliveries were written.
 */
export const lookAtPipeline = (deps: LookDeps, watcher: Watcher, pipelineId: string, now: number): Promise<number> =>
  deps.store.db.transaction(async (tx) => {
    // Holds up whoever changes the pipeline and others that look, but not the reports of its worker.
    await tx
      .select({ pipelineId: pipelines.pipelineId })
      .from(pipelines)
      .where(eq(pipelines.pipelineId, pipelineId))
      .for('no key update');
    const [watched] = await readWatched(tx, watcher, now, pipelineId);
    if (watched === undefined) return 0;
    const rows = (await readAlarmRows(tx, [pipelineId])).get(pipelineId) ?? [];
    let told = 0;
    for (const change of changesOf(watched, rows, now)) {
      const incidentId = await writeAlarm(deps, tx, watched, change, rows);
      if (change.kind === 'moved' && change.notice !== undefined)
        told += await tell(deps, tx, watched, noticeOf(watched, change, change.notice, incidentId, now));
    }
    return told;
  });

const writeAlarm = async (
  deps: LookDeps,
  tx: Database,
  { pipelineId, orgId }: WatchedPipeline,
  change: AlarmChange,
  rows: readonly AlarmRow[],
): Promise<string> => {
  const { rule } = change;
  if (change.kind === 'dropped') {
    await tx.delete(alarms).where(and(eq(alarms.pipelineId, pipelineId), eq(alarms.rule, rule)));
    return '';
  }
  const row = rows.find((each) => each.rule === rule);
  const incidentId = row === undefined || change.before.state === 'normal' ? deps.newId() : row.incidentId;
  const values = { ...change.next, incidentId, facts: change.facts };
  await tx
    .insert(alarms)
    .values({ pipelineId, orgId, rule, ...values })
    .onConflictDoUpdate({ target: [alarms.pipelineId, alarms.rule], set: values });
  return incidentId;
};

const noticeOf = (
  { pipelineId, orgId, name }: WatchedPipeline,
  change: Extract<AlarmChange, { kind: 'moved' }>,
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

/** Writes down what is to be told. Receivers that are gone are told nothing; the settings' issues say so. */
const tell = async (
  deps: LookDeps,
  tx: Database,
  { pipelineId, orgId, alarmConfig }: WatchedPipeline,
  notice: AlarmNotice & { readonly kind: NoticeKind },
): Promise<number> => {
  await recordEvent(tx, {
    pipelineId,
    at: notice.at,
    ...EVENTS[notice.kind],
    message: messageFor(notice, 'en').text.split('\n')[0] ?? '',
  });
  const { settings } = readAlarmConfig(alarmConfig, NOBODY);
  const receivers = await existing(tx, orgId, settings);
  for (const receiverId of receivers) await addDelivery(tx, deps, receiverId, notice);
  return receivers.length;
};

const existing = async (tx: Database, orgId: string, settings: AlarmSettings): Promise<readonly string[]> => {
  if (settings.receivers.length === 0) return [];
  const rows = await tx
    .select({ receiverId: alarmReceivers.receiverId })
    .from(alarmReceivers)
    .where(and(eq(alarmReceivers.orgId, orgId), inArray(alarmReceivers.receiverId, [...settings.receivers])));
  const known = new Set(rows.map(({ receiverId }) => receiverId));
  return settings.receivers.filter((receiverId) => known.has(receiverId));
};
