import { and, asc, count, eq, gt, or, type SQL } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { pipelines } from '../../store/schema.ts';
import { alarms } from '../../store/schema-alarms.ts';
import type { AlarmStateName } from '../rules/alarm-state.ts';
import type { AlarmFacts } from '../rules/conditions.ts';
import { ALARM_RULES, type AlarmRule, isAlarmRule } from '../settings/alarm-settings.ts';
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
}

export interface AlarmPosition {
  readonly pipelineId: string;
  readonly rule: string;
}

/** Alarms of an organisation that were ever anything but normal, by pipeline, from behind `after`; and how many. */
export const listAlarms = async (
  db: Database,
  filter: { readonly orgId: string; readonly pipelineId?: string; readonly state?: AlarmStateName | undefined },
  page: { readonly limit: number; readonly after: AlarmPosition | undefined },
): Promise<{ readonly items: readonly AlarmView[]; readonly total: number }> => {
  const wanted: SQL | undefined = and(
    eq(alarms.orgId, filter.orgId),
    filter.pipelineId === undefined ? undefined : eq(alarms.pipelineId, filter.pipelineId),
    filter.state === undefined ? undefined : eq(alarms.state, filter.state),
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
    .select({ alarm: alarms, name: pipelines.name })
    .from(alarms)
    .innerJoin(pipelines, eq(pipelines.pipelineId, alarms.pipelineId))
    .where(and(wanted, behind))
    .orderBy(asc(alarms.pipelineId), asc(alarms.rule))
    .limit(page.limit);
  const [all] = await db.select({ total: count() }).from(alarms).where(wanted);
  return { items: rows.map(({ alarm, name }) => viewOf(alarm, name)), total: all?.total ?? 0 };
};

const viewOf = (row: typeof alarms.$inferSelect, pipelineName: string): AlarmView => {
  const { state, since, wasRaised, wasNoData } = stateOf(row);
  if (!isAlarmRule(row.rule)) throw new Error(`"${row.rule}" is none of ${ALARM_RULES.join(', ')}`);
  return {
    pipelineId: row.pipelineId,
    pipelineName,
    rule: row.rule,
    state,
    since,
    isOpen: wasRaised || wasNoData,
    incidentId: row.incidentId,
    facts: factsOf(row.facts),
  };
};
