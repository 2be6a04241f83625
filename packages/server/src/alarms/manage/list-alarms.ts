import { and, asc, count, eq, gt, not, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { pipelines } from '../../store/schema.ts';
import { alarmIncidents, alarms } from '../../store/schema-alarms.ts';
import { type Acknowledgement, acknowledgementOf, ruleOf } from '../history/list-incidents.ts';
import type { AlarmState, AlarmStateName, Patience } from '../rules/alarm-state.ts';
import { type AlarmFacts, patienceOf } from '../rules/conditions.ts';
import { readAlarmConfig } from '../settings/alarm-config.ts';
import type { AlarmRule } from '../settings/alarm-settings.ts';
import { factsOf } from '../texts/notice.ts';
import { stateOf } from '../watch/step-pipeline.ts';

/** Where an alarm stands, for people. */
export interface AlarmView {
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly rule: AlarmRule;
  readonly state: AlarmStateName;
  readonly since: number;
  /** Whether people were told of it, and not yet that it is over. */
  readonly isOpen: boolean;
  /** The same in all that is told of it. */
  readonly incidentId: string;
  /** What was seen when the state last changed. */
  readonly facts: AlarmFacts;
  /** When it leaves its state if what is seen stays as it is (Unix ms): it is raised, or over. Null where nothing runs. */
  readonly changesAt: number | null;
  /** Since when it has been raised without anybody saying that they know. */
  readonly unacknowledgedSince: number | null;
  /** Who said so of its last incident. */
  readonly acknowledged: Acknowledgement | null;
  /** Until when nobody is told of it, and who wanted that. */
  readonly shelved: Shelf | null;
}

export interface Shelf {
  readonly until: number;
  readonly at: number;
  readonly by: string;
  readonly note: string;
}

export interface AlarmPosition {
  readonly pipelineId: string;
  readonly rule: string;
}

/** Which alarms are wanted; what is absent does not matter. */
export interface AlarmFilter {
  readonly orgId: string;
  readonly pipelineId?: string | undefined;
  readonly state?: AlarmStateName | undefined;
  /** People were told, or would have been, and not yet that it is over. */
  readonly isOpen?: boolean | undefined;
  readonly isAcknowledged?: boolean | undefined;
  readonly isShelved?: boolean | undefined;
}

/** Alarms of an organisation that were ever anything but normal, by pipeline, from behind `after`; and how many. */
export const listAlarms = async (
  db: Database,
  filter: AlarmFilter,
  page: { readonly limit: number; readonly after: AlarmPosition | undefined },
): Promise<{ readonly items: readonly AlarmView[]; readonly total: number }> => {
  const wanted: SQL | undefined = and(
    eq(alarms.orgId, filter.orgId),
    filter.pipelineId === undefined ? undefined : eq(alarms.pipelineId, filter.pipelineId),
    filter.state === undefined ? undefined : eq(alarms.state, filter.state),
    filter.isOpen === undefined ? undefined : filter.isOpen ? OPEN : not(OPEN),
    filter.isAcknowledged === undefined ? undefined : filter.isAcknowledged ? KNOWN : not(KNOWN),
    filter.isShelved === undefined ? undefined : filter.isShelved ? SHELVED : not(SHELVED),
  );
  const { after } = page;
  const behind =
    after === undefined
      ? undefined
      : or(
          gt(alarms.pipelineId, after.pipelineId),
          and(eq(alarms.pipelineId, after.pipelineId), gt(alarms.rule, after.rule)),
        );
  const rows = await db
    .select({ alarm: alarms, name: pipelines.name, alarmConfig: pipelines.alarmConfig, incident: alarmIncidents })
    .from(alarms)
    .innerJoin(pipelines, eq(pipelines.pipelineId, alarms.pipelineId))
    .leftJoin(alarmIncidents, eq(alarmIncidents.id, newestIncident))
    .where(and(wanted, behind))
    .orderBy(asc(alarms.pipelineId), asc(alarms.rule))
    .limit(page.limit);
  const [all] = await db.select({ total: count() }).from(alarms).where(wanted);
  return { items: rows.map(viewOf), total: all?.total ?? 0 };
};

const OPEN = sql`(${alarms.wasRaised} or ${alarms.wasNoData})`;
const KNOWN = sql`(${alarms.unacknowledgedSince} is null)`;
const SHELVED = sql`(${alarms.shelvedUntil} is not null)`;

/** How many alarms stand where, over all pipelines of an organisation. */
export interface AlarmCounts {
  readonly open: { readonly unacknowledged: number; readonly acknowledged: number };
  /** Over, or never begun; those that nobody has acknowledged ask for somebody still. */
  readonly over: { readonly unacknowledged: number; readonly acknowledged: number };
  readonly pending: number;
  readonly noData: number;
  readonly shelved: number;
}

export const countAlarms = async (db: Database, orgId: string): Promise<AlarmCounts> => {
  const where = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;
  const [found] = await db
    .select({
      openUnknown: where(sql`${OPEN} and not ${KNOWN}`),
      openKnown: where(sql`${OPEN} and ${KNOWN}`),
      overUnknown: where(sql`not ${OPEN} and not ${KNOWN}`),
      overKnown: where(sql`not ${OPEN} and ${KNOWN}`),
      pending: where(sql`${alarms.state} = 'pending'`),
      noData: where(sql`${alarms.state} = 'no-data'`),
      shelved: where(SHELVED),
    })
    .from(alarms)
    .where(eq(alarms.orgId, orgId));
  if (found === undefined) throw new Error('A count without a row');
  const { openUnknown, openKnown, overUnknown, overKnown, ...rest } = found;
  return {
    open: { unacknowledged: openUnknown, acknowledged: openKnown },
    over: { unacknowledged: overUnknown, acknowledged: overKnown },
    ...rest,
  };
};

/** Its id. An alarm that is normal, or pending, was raised before, if ever. */
const newestIncident = sql<number>`(select max(i.id) from alarm_incidents i
  where i.pipeline_id = ${alarms.pipelineId} and i.rule = ${alarms.rule})`;

interface Row {
  readonly alarm: typeof alarms.$inferSelect;
  readonly name: string;
  readonly alarmConfig: string | null;
  readonly incident: typeof alarmIncidents.$inferSelect | null;
}

const viewOf = ({ alarm: row, name, alarmConfig, incident }: Row): AlarmView => {
  const state = stateOf(row);
  const rule = ruleOf(row.rule);
  return {
    pipelineId: row.pipelineId,
    pipelineName: name,
    rule,
    state: state.state,
    since: state.since,
    isOpen: state.wasRaised || state.wasNoData,
    incidentId: row.incidentId,
    facts: factsOf(row.facts),
    changesAt: changesAt(state, patienceOf(rule, readAlarmConfig(alarmConfig, NOBODY).settings)),
    unacknowledgedSince: row.unacknowledgedSince,
    acknowledged: incident === null || row.unacknowledgedSince !== null ? null : acknowledgementOf(incident),
    shelved:
      row.shelvedUntil === null
        ? null
        : { until: row.shelvedUntil, at: row.shelvedAt ?? 0, by: row.shelvedBy ?? '', note: row.shelvedNote ?? '' },
  };
};

/** Names of receivers are not needed to know how long things have to last. */
const NOBODY: ReadonlySet<string> = new Set();

/** While nothing is known time counts for nothing. */
const changesAt = ({ state, badSince, goodSince, unknownSince }: AlarmState, patience: Patience): number | null => {
  if (unknownSince !== null) return null;
  if (state === 'pending' && badSince !== null) return badSince + patience.badMs;
  return state === 'recovering' && goodSince !== null ? goodSince + patience.goodMs : null;
};
