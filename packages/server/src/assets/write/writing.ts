import { eq, type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import { assetStores } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import type { AssetKind } from '../shapes/entries.ts';
import type { Problems } from '../shapes/problems.ts';

export type StoreRow = typeof assetStores.$inferSelect;

/** What became of the entries of a kind. */
export interface KindOutcome {
  created: number;
  changed: number;
  unchanged: number;
  removed: number;
}

/** One change of a store under way: the transaction, what it found and what it did so far. */
export interface Writing {
  readonly tx: Database;
  readonly orgId: string;
  /** The store as it was, held until the transaction ends. */
  readonly store: StoreRow;
  /** That everything changed gets. */
  readonly revision: number;
  readonly now: number;
  readonly problems: Problems;
  readonly outcome: Readonly<Record<AssetKind, KindOutcome>>;
}

/** Rows of one statement: enough to make its cost small, few enough to let others have a turn in between. */
const ROWS_AT_ONCE = 1000;

export const inChunks = function* <T>(all: readonly T[], size: number = ROWS_AT_ONCE): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
};

/** Ids as one parameter; `any` of it is a list of texts. */
export const idList = (ids: readonly string[]): SQL =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;

/** The organisation's store, made where it has none so far, and locked: changes of one happen one after the other. */
export const lockStore = async (
  tx: Database,
  { orgId, actor, storeId, now }: { orgId: string; actor: string; storeId: string; now: number },
): Promise<StoreRow> => {
  await tx
    .insert(assetStores)
    .values({ orgId, storeId, updatedAt: now, updatedBy: actor })
    .onConflictDoNothing({ target: assetStores.orgId });
  const [row] = await tx.select().from(assetStores).where(eq(assetStores.orgId, orgId)).for('update');
  if (row === undefined) throw new Error(`the asset store of ${orgId} is not there although it was made`);
  return row;
};

/**
 * Writes rows as they are to be: those that are so already stay untouched, with their revision. `rows` are objects with
 * the names of `columns`; `ids` are the columns of the primary key behind the organisation. Answers what was written.
 */
export const upsert = async (
  { tx, orgId, revision, now, outcome }: Writing,
  kind: AssetKind,
  table: { readonly name: string; readonly ids: readonly string[]; readonly columns: Readonly<Record<string, string>> },
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> => {
  const names = Object.keys(table.columns);
  const list = (each: (name: string) => string): SQL => sql.raw(names.map(each).join(', '));
  const others = names.filter((name) => !table.ids.includes(name));
  const set = (each: (name: string) => string): SQL => sql.raw(others.map(each).join(', '));
  const hasTimes = kind !== 'nodes';
  const times = (text: SQL): SQL => (hasTimes ? text : sql``);
  const target = sql.raw(`(org_id, ${table.ids.join(', ')})`);
  // What belongs to the search only follows from the rest.
  const compared = others.filter((name) => name !== 'words');
  const changes = sql.raw(
    `(${compared.map((name) => `t.${name}`).join(', ')}) is distinct from (${compared.map((name) => `excluded.${name}`).join(', ')})`,
  );
  for (const chunk of inChunks(rows)) {
    const written = rowsOf(
      await tx.execute(sql`
        insert into ${sql.raw(table.name)} as t (org_id, ${list((name) => name)}, revision${times(sql`, created_at, updated_at`)})
        select ${orgId}, ${list((name) => (name === 'words' ? 'array_to_tsvector(array(select jsonb_array_elements_text(r.words)))' : `r.${name}`))},
          ${revision}::bigint${times(sql`, ${now}::bigint, ${now}::bigint`)}
        from jsonb_to_recordset(${JSON.stringify(chunk)}::jsonb) as r(${list((name) => `${name} ${table.columns[name]}`)})
        on conflict ${target} do update set ${set((name) => `${name} = excluded.${name}`)}, revision = excluded.revision
          ${times(sql`, updated_at = excluded.updated_at`)}
        where ${changes}
        returning (xmax = 0) as inserted`),
    );
    const created = written.filter(({ inserted }) => inserted === true).length;
    outcome[kind].created += created;
    outcome[kind].changed += written.length - created;
    outcome[kind].unchanged += chunk.length - written.length;
  }
};
