import { and, count, desc, eq, lt } from 'drizzle-orm';
import type { Database } from '../../store/open-store.ts';
import { pipelines } from '../../store/schema.ts';
import { alarmIncidents } from '../../store/schema-alarms.ts';
import type { AlarmFacts } from '../rules/conditions.ts';
import { ALARM_RULES, type AlarmRule, isAlarmRule } from '../settings/alarm-settings.ts';
import { factsOf } from '../texts/notice.ts';
import { ENDINGS, type Ending } from './keep-incident.ts';

/** What an incident is of. */
export const INCIDENT_KINDS = ['raised', 'no-data'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** That somebody has said that they know. */
export interface Acknowledgement {
  readonly at: number;
  readonly by: string;
  readonly note: string;
}

/** A time that an alarm was raised. */
export interface IncidentView {
  readonly incidentId: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly rule: AlarmRule;
  readonly kind: IncidentKind;
  readonly raisedAt: number;
  /** Null while it lasts. */
  readonly endedAt: number | null;
  readonly ending: Ending | null;
  readonly facts: AlarmFacts;
  readonly acknowledged: Acknowledgement | null;
}

/** Times that alarms of an organisation were raised, newest first, from before `before`. `last`: for the next page. */
export const listIncidents = async (
  db: Database,
  filter: { readonly orgId: string; readonly pipelineId?: string | undefined; readonly rule?: AlarmRule | undefined },
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<{ readonly items: readonly IncidentView[]; readonly total: number; readonly last: number | undefined }> => {
  const wanted = and(
    eq(alarmIncidents.orgId, filter.orgId),
    filter.pipelineId === undefined ? undefined : eq(alarmIncidents.pipelineId, filter.pipelineId),
    filter.rule === undefined ? undefined : eq(alarmIncidents.rule, filter.rule),
  );
  const rows = await db
    .select({ incident: alarmIncidents, name: pipelines.name })
    .from(alarmIncidents)
    .innerJoin(pipelines, eq(pipelines.pipelineId, alarmIncidents.pipelineId))
    .where(and(wanted, page.before === undefined ? undefined : lt(alarmIncidents.id, page.before)))
    .orderBy(desc(alarmIncidents.id))
    .limit(page.limit);
  const [all] = await db.select({ total: count() }).from(alarmIncidents).where(wanted);
  return {
    items: rows.map(({ incident, name }) => viewOf(incident, name)),
    total: all?.total ?? 0,
    last: rows.at(-1)?.incident.id,
  };
};

/** Written by this service alone; anything else is damage. */
export const ruleOf = (text: string): AlarmRule => {
  if (isAlarmRule(text)) return text;
  throw new Error(`"${text}" is none of ${ALARM_RULES.join(', ')}`);
};

type IncidentRow = typeof alarmIncidents.$inferSelect;

const viewOf = (row: IncidentRow, pipelineName: string): IncidentView => {
  const kind = INCIDENT_KINDS.find((each) => each === row.kind);
  const ending = ENDINGS.find((each) => each === row.ending) ?? null;
  if (kind === undefined) throw new Error(`Incident ${row.incidentId} is of the unknown kind "${row.kind}"`);
  if (ending === null && row.ending !== null) throw new Error(`Incident ${row.incidentId} ended as "${row.ending}"`);
  return {
    incidentId: row.incidentId,
    pipelineId: row.pipelineId,
    pipelineName,
    rule: ruleOf(row.rule),
    kind,
    raisedAt: row.raisedAt,
    endedAt: row.endedAt,
    ending,
    facts: factsOf(row.facts),
    acknowledged: acknowledgementOf(row),
  };
};

export const acknowledgementOf = (
  row: Pick<IncidentRow, 'acknowledgedAt' | 'acknowledgedBy' | 'acknowledgedNote'>,
): Acknowledgement | null =>
  row.acknowledgedAt === null
    ? null
    : { at: row.acknowledgedAt, by: row.acknowledgedBy ?? '', note: row.acknowledgedNote ?? '' };
