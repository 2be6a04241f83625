import { and, eq, isNull } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { alarmIncidents } from '../../store/schema-alarms.ts';
import type { NoticeKind } from '../rules/alarm-state.ts';
import type { AlarmFacts } from '../rules/conditions.ts';
import type { AlarmRule } from '../settings/alarm-settings.ts';

/** How an incident ended: all is well, nobody looks any more, or the alarm itself is gone. */
export const ENDINGS = ['recovered', 'ended', 'unwatched'] as const;
export type Ending = (typeof ENDINGS)[number];

export interface IncidentOf {
  readonly incidentId: string;
  readonly orgId: string;
  readonly pipelineId: string;
  readonly rule: AlarmRule;
  readonly facts: AlarmFacts;
}

/**
 * Writes down what an alarm says, in the transaction that changes the alarm: an incident begins, becomes more than that
 * nothing is known, or ends.
 */
export const keepIncident = async (
  tx: Database,
  { facts, ...of }: IncidentOf,
  kind: NoticeKind,
  now: number,
): Promise<void> => {
  if (kind === 'recovered' || kind === 'ended') {
    await tx
      .update(alarmIncidents)
      .set({ endedAt: now, ending: kind })
      .where(and(eq(alarmIncidents.incidentId, of.incidentId), isNull(alarmIncidents.endedAt)));
    return;
  }
  // What was acknowledged was less than this: it is to be acknowledged anew.
  const known = { kind, facts: { ...facts }, acknowledgedAt: null, acknowledgedBy: null, acknowledgedNote: null };
  await tx
    .insert(alarmIncidents)
    .values({ ...of, ...known, raisedAt: now })
    .onConflictDoUpdate({ target: alarmIncidents.incidentId, set: known });
};

/** Ends what is open of an alarm that is watched no longer. */
export const endIncidents = async (tx: Database, pipelineId: string, rule: AlarmRule, now: number): Promise<void> => {
  await tx
    .update(alarmIncidents)
    .set({ endedAt: now, ending: 'unwatched' satisfies Ending })
    .where(
      and(eq(alarmIncidents.pipelineId, pipelineId), eq(alarmIncidents.rule, rule), isNull(alarmIncidents.endedAt)),
    );
};
