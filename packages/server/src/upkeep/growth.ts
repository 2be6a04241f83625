import { sql } from 'drizzle-orm';
import type { Allowance, Settings } from '../settings/settings.ts';
import { rowsOf } from '../store/migrations.ts';
import type { Database } from '../store/store.ts';
import type { TextLanguage } from '../texts/codes-in-language.ts';
import { BOUNDED_TABLES, KEPT_TABLES } from './bounds.ts';
import { ALLOWANCE, DEAD_LETTERS, GROWTH_TEXTS, STATE } from './growth-texts.ts';

/** What bounds a table or topic, and how large it is now. */
export interface Growth {
  readonly name: string;
  readonly what: string;
  readonly bound: string;
  /** Null where the service does not count. */
  readonly rows: number | null;
  readonly bytes: number | null;
}

/** How much of it is kept, where the settings say that. */
const allowanceOf = (name: string, keep: Settings['keep']): Partial<Allowance> | undefined => {
  if (name === DEAD_LETTERS) return keep.deadLetters;
  if (name === 'changes') return keep.changes;
  if (name === 'samples') return keep.samples;
  const kept = KEPT_TABLES.find(({ table }) => table === name);
  return kept === undefined ? undefined : keep[kept.kept];
};

/** Everything that grows, with its bound, in a language. */
export const readGrowth = async (
  db: Database,
  keep: Settings['keep'],
  language: TextLanguage,
): Promise<readonly Growth[]> => {
  const sizes = new Map(
    rowsOf(
      await db.execute(sql`
        select relname as name, greatest(reltuples, 0)::bigint as rows, pg_total_relation_size(c.oid) as bytes
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and relkind = 'r'`),
    ).map(({ name, rows, bytes }) => [String(name), { rows: Number(rows), bytes: Number(bytes) }]),
  );
  const words = ALLOWANCE[language];
  const boundOf = (name: string, by: string | undefined): string => {
    const { number, bytes, days } = allowanceOf(name, keep) ?? {};
    const parts = [
      ...(number === undefined ? [] : [words.number(number)]),
      ...(bytes === undefined ? [] : [words.bytes(bytes)]),
      ...(days === undefined ? [] : [words.days(days)]),
    ].join(words.between);
    return [by, parts].filter((part) => part !== undefined && part !== '').join(': ');
  };
  const names = [...KEPT_TABLES, ...BOUNDED_TABLES].map(({ table }) => table);
  return [...names, DEAD_LETTERS, STATE].map((name) => {
    const text = GROWTH_TEXTS[language][name];
    if (text === undefined) throw new Error(`Nobody says in ${language} what "${name}" is`);
    return { name, what: text.what, bound: boundOf(name, text.by), ...(sizes.get(name) ?? NOT_COUNTED) };
  });
};

const NOT_COUNTED = { rows: null, bytes: null };
