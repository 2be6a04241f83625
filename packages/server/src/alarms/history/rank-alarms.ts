import { sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import type { Database } from '../../store/open-store.ts';
import type { AlarmRule } from '../settings/alarm-settings.ts';
import { ruleOf } from './list-incidents.ts';

/** So many are told. */
export const RANKED = 10;
/** An alarm that is raised three times within this time chatters: what it watches is at the edge of what is set. */
export const CHATTER_MS = 3600_000;

/** By how often alarms were raised, or by how long they lasted. */
export const RANKINGS = ['count', 'time'] as const;
export type Ranking = (typeof RANKINGS)[number];

export interface RankedAlarm {
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly rule: AlarmRule;
  /** Times it was raised in the span. */
  readonly count: number;
  /** Milliseconds of the span in which it was open. */
  readonly openMs: number;
  readonly lastRaisedAt: number;
  readonly isChattering: boolean;
}

export interface Span {
  /** Unix ms; what was open before counts from here on. */
  readonly from: number;
  readonly to: number;
}

/** The alarms of an organisation that ring most in a span of time: ten at most, as far as incidents are kept. */
export const rankAlarms = async (
  db: Database,
  orgId: string,
  { from, to }: Span,
  by: Ranking,
): Promise<readonly RankedAlarm[]> => {
  const order = by === 'count' ? sql`count desc, open_ms desc` : sql`open_ms desc, count desc`;
  const rows = rowsOf(
    await db.execute(sql`
      with seen as (
        select pipeline_id, rule, raised_at, ended_at,
          raised_at - lag(raised_at, 2) over (partition by pipeline_id, rule order by id) as third
        from alarm_incidents
        where org_id = ${orgId} and raised_at < ${to} and (ended_at is null or ended_at > ${from}))
      select seen.pipeline_id, p.name, seen.rule, max(raised_at) as last_raised_at,
        count(*) filter (where raised_at >= ${from}) as count,
        sum(greatest(0, least(coalesce(ended_at, ${to}::bigint), ${to}::bigint) - greatest(raised_at, ${from}::bigint))) as open_ms,
        coalesce(bool_or(third <= ${CHATTER_MS}), false) as is_chattering
      from seen join pipelines p on p.pipeline_id = seen.pipeline_id
      group by seen.pipeline_id, p.name, seen.rule
      order by ${order}, seen.pipeline_id, seen.rule limit ${RANKED}`),
  );
  return rows.map((row) => ({
    pipelineId: String(row.pipeline_id),
    pipelineName: String(row.name),
    rule: ruleOf(String(row.rule)),
    count: Number(row.count),
    openMs: Number(row.open_ms),
    lastRaisedAt: Number(row.last_raised_at),
    isChattering: row.is_chattering === true,
  }));
};
