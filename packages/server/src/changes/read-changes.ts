import { sql } from 'drizzle-orm';
import { rowsOf } from '../store/migrations.ts';
import type { Database } from '../store/store.ts';
import { type Change, comparePositions, type Position, toChange } from './change.ts';

/** Changes that may be told, and where that leads. */
export interface ChangePage {
  /** Number of the database's history: another one since a standby took over, or an older state was put back. */
  readonly timeline: string;
  /** Changes up to here are removed; undefined: none ever was. */
  readonly removedUpTo: Position | undefined;
  /** Every change up to here is told now: nothing is under way before it. */
  readonly edge: Position;
  readonly changes: readonly Change[];
  /** Where to go on: behind the last change of a full page, else at the edge. */
  readonly upTo: Position;
}

/** Name in `store_facts`. */
export const REMOVED_UP_TO = 'changes-removed-up-to';

export const formatPosition = ({ xact, id }: Position): string => `${xact} ${id}`;

const parsePosition = (text: string): Position => {
  const [xact, id] = text.split(' ');
  return { xact: BigInt(xact ?? ''), id: BigInt(id ?? '') };
};

/**
 * The next changes after a position. Only those of transactions before the oldest that is under way: what commits
 * later than it began is waited for, rather than missed. One statement, so that all of it is of one moment.
 * `limit` 0 only looks where the edge is.
 */
export const readChanges = async (db: Database, after: Position, limit: number): Promise<ChangePage> => {
  const rows = rowsOf(
    await db.execute(sql`
      with edge as (
        select pg_snapshot_xmin(pg_current_snapshot()) as xmin,
          (select timeline_id::text from pg_control_checkpoint()) as timeline,
          (select value from store_facts where name = ${REMOVED_UP_TO}) as removed
      )
      select edge.xmin::text as xmin, edge.timeline, edge.removed, page.xact_id::text as xact_id, page.id::text as id,
        page.at, page.org_id, page.kind, page.pipeline_id, page.subject, page.what, page.facts
      from edge left join lateral (
        select * from changes c
        where (c.xact_id, c.id) > (${String(after.xact)}::xid8, ${String(after.id)}::bigint) and c.xact_id < edge.xmin
        order by c.xact_id, c.id limit ${limit}
      ) page on true
      order by page.xact_id, page.id`),
  );
  const [first] = rows;
  if (first === undefined) throw new Error('the database gave no edge of its changes');
  const changes = rows.filter(({ id }) => id !== null).map(toChange);
  const edge = { xact: BigInt(String(first.xmin)), id: 0n };
  const last = changes.at(-1);
  return {
    timeline: String(first.timeline),
    removedUpTo: first.removed === null ? undefined : parsePosition(String(first.removed)),
    edge,
    changes,
    upTo: last !== undefined && changes.length === limit ? last.position : later(edge, after),
  };
};

const later = (a: Position, b: Position): Position => (comparePositions(a, b) < 0 ? b : a);
