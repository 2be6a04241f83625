import { sql } from 'drizzle-orm';
import type { Settings } from '../settings/settings.ts';
import { rowsOf } from '../store/migrations.ts';
import type { Database } from '../store/store.ts';
import { BOUNDED_TABLES, KEPT_TABLES } from './bounds.ts';

/** What bounds a table or topic, and how large it is now. */
export interface Growth {
  readonly name: string;
  readonly what: string;
  readonly bound: string;
  /** Null where the service does not count. */
  readonly rows: number | null;
  readonly bytes: number | null;
}

const allowed = (number: number | null, bytes: number, days: number): string =>
  [number === null ? [] : [`${number} in number`], [`${bytes} bytes`], [`${days} days`]].flat().join(', ');

const boundOf = (table: string, by: string, keep: Settings['keep']): string => {
  if (table === 'samples') return `${by} = ${keep.samples.days}`;
  const { number, bytes, days } = keep.changes;
  return table === 'changes' ? `${by}: ${allowed(number, bytes, days)}` : by;
};

/** Everything that grows, with its bound. */
export const readGrowth = async (db: Database, keep: Settings['keep']): Promise<readonly Growth[]> => {
  const sizes = new Map(
    rowsOf(
      await db.execute(sql`
        select relname as name, greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(c.oid) as bytes
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and relkind = 'r'`),
    ).map(({ name, rows, bytes }) => [String(name), { rows: Number(rows), bytes: Number(bytes) }]),
  );
  const sized = (table: string) => sizes.get(table) ?? { rows: null, bytes: null };
  const { days, bytes } = keep.deadLetters;
  return [
    ...KEPT_TABLES.map(({ table, what, kept }) => {
      const allowance = keep[kept];
      return { name: table, what, bound: allowed(allowance.number, allowance.bytes, allowance.days), ...sized(table) };
    }),
    ...BOUNDED_TABLES.map(({ table, what, by }) => ({
      name: table,
      what,
      bound: boundOf(table, by, keep),
      ...sized(table),
    })),
    {
      name: 'PENSTOCK_DEAD_LETTERS_{orgId}',
      what: 'dead letters of an organisation, per partition',
      bound: allowed(null, bytes, days),
      rows: null,
      bytes: null,
    },
    {
      name: 'penstock-state-{pipelineId}',
      what: 'state of a pipeline',
      bound: 'compacted: one record per key; gone when the pipeline is stopped',
      rows: null,
      bytes: null,
    },
  ];
};
