import { eq, type SQL, sql } from 'drizzle-orm';
import { rowsOf } from '../../store/migrations.ts';
import { assetStores } from '../../store/schema-assets.ts';
import type { Database } from '../../store/store.ts';
import { requireOrganization } from '../../use-case/find-organization.ts';
import { UseCaseError } from '../../use-case/use-case.ts';

/** In this order, so that what refers to something comes behind it; removals come last. */
export const CHANGE_SECTIONS = ['models', 'assets', 'trees', 'nodes', 'removed'] as const;
export type ChangeSection = (typeof CHANGE_SECTIONS)[number];

/** Where a reader is: behind a row of one kind, in the order of revisions; and what all pages have in common. */
export interface ChangesPosition {
  readonly since: number;
  /** The store's when the first page was read. */
  readonly upTo: number;
  readonly kind: ChangeSection;
  readonly revision: number;
  /** Null: before the first of that kind. */
  readonly id: string | null;
  readonly nodeId: string;
}

export interface ChangesRequest {
  readonly orgId: string;
  /** The store as the reader knows it; undefined: not yet. */
  readonly storeId?: string | undefined;
  /** Changes behind this revision; 0: everything there is. */
  readonly since: number;
  readonly after?: ChangesPosition | undefined;
  readonly limit: number;
}

type Entry = Readonly<Record<string, unknown>>;

export interface ChangesPage {
  readonly storeId: string;
  /** What to ask with next, once all pages were read: the same on every page. */
  readonly revision: number;
  readonly models: Entry[];
  readonly assets: Entry[];
  readonly trees: Entry[];
  readonly nodes: Entry[];
  readonly removed: {
    readonly models: string[];
    readonly assets: string[];
    readonly trees: string[];
    readonly nodes: { readonly treeId: string; readonly assetId: string }[];
  };
  readonly next: ChangesPosition | undefined;
}

const TABLES: Readonly<
  Record<ChangeSection, { readonly from: string; readonly id: string; readonly nodeId: string; readonly entry: string }>
> = {
  models: {
    from: 'asset_models',
    id: 'model_id',
    nodeId: `''::text`,
    entry: `'modelId', model_id, 'parentId', parent_id, 'name', name, 'description', description, 'tags', tags, 'points', points`,
  },
  assets: {
    from: 'assets',
    id: 'asset_id',
    nodeId: `''::text`,
    entry: `'assetId', asset_id, 'modelId', model_id, 'name', name, 'description', description, 'label', label, 'timezone', timezone, 'attributes', attributes, 'tags', tags, 'extraInfo', extra_info`,
  },
  trees: {
    from: 'asset_trees',
    id: 'tree_id',
    nodeId: `''::text`,
    entry: `'treeId', tree_id, 'name', name, 'description', description, 'tags', tags`,
  },
  nodes: {
    from: 'asset_tree_nodes',
    id: 'tree_id',
    nodeId: 'asset_id',
    entry: `'treeId', tree_id, 'assetId', asset_id, 'parentId', parent_id`,
  },
  removed: {
    from: 'asset_removals',
    id: `kind || ' ' || id`,
    nodeId: 'node_id',
    entry: `'kind', kind, 'id', id, 'nodeId', node_id`,
  },
};

/**
 * A page of everything that has changed since a revision, in the form of an import; since 0 it is all there is. An entry
 * that changes while pages are read comes again: whoever has read all pages knows the store at least as of the revision
 * that each of them names, and asks on from there.
 * Errors: `ORGANIZATION_UNKNOWN`, `ASSET_CHANGES_GONE` where the reader has to begin anew.
 */
export const readAssetChanges = async (db: Database, request: ChangesRequest): Promise<ChangesPage> => {
  const { orgId, limit, after } = request;
  const since = after?.since ?? request.since;
  await requireOrganization(db, orgId);
  const [store] = await db.select().from(assetStores).where(eq(assetStores.orgId, orgId));
  const isOther = request.storeId !== undefined && request.storeId !== store?.storeId;
  const isForgotten = since > 0 && (store === undefined || since < store.removalsKnownFrom || since > store.revision);
  if (isForgotten || (isOther && since > 0))
    throw new UseCaseError(
      'ASSET_CHANGES_GONE',
      'conflict',
      `Changes since revision ${since} are not known any more. Begin anew: read everything, since revision 0.`,
      { params: { since, revision: store?.revision ?? 0 } },
    );
  const page: ChangesPage & { next: ChangesPosition | undefined } = {
    storeId: store?.storeId ?? '',
    revision: after?.upTo ?? store?.revision ?? 0,
    models: [],
    assets: [],
    trees: [],
    nodes: [],
    removed: { models: [], assets: [], trees: [], nodes: [] },
    next: undefined,
  };
  let left = limit;
  // Whoever reads everything has nothing that could have been removed; what goes meanwhile comes with the next question.
  const sections = CHANGE_SECTIONS.filter((section) => since > 0 || section !== 'removed');
  for (const kind of sections.slice(after === undefined ? 0 : sections.indexOf(after.kind))) {
    const from = kind === after?.kind ? after : undefined;
    const rows = await readKind(db, orgId, kind, since, from, left + 1);
    for (const { entry } of rows.slice(0, left)) put(page, kind, entry);
    if (rows.length > left) {
      const last = rows[left - 1];
      const position = last?.position ?? { revision: since, id: null, nodeId: '' };
      page.next = { since, upTo: page.revision, kind, ...position };
      return page;
    }
    left -= rows.length;
  }
  return page;
};

const readKind = async (
  db: Database,
  orgId: string,
  kind: ChangeSection,
  since: number,
  after: ChangesPosition | undefined,
  limit: number,
) => {
  const { from, id, nodeId, entry } = TABLES[kind];
  const behind: SQL =
    after === undefined || after.id === null
      ? sql`revision > ${since}`
      : sql`(revision, ${sql.raw(id)}, ${sql.raw(nodeId)}) > (${after.revision}::bigint, ${after.id}::text, ${after.nodeId}::text)`;
  const rows = rowsOf(
    await db.execute(sql`
      select revision, ${sql.raw(id)} as id, ${sql.raw(nodeId)} as node_id, jsonb_build_object(${sql.raw(entry)}) as entry
      from ${sql.raw(from)} where org_id = ${orgId} and ${behind}
      order by revision, ${sql.raw(id)}, ${sql.raw(nodeId)} limit ${limit}`),
  );
  return rows.map((row) => ({
    position: { revision: Number(row.revision), id: String(row.id), nodeId: String(row.node_id) },
    entry: row.entry as Entry,
  }));
};

const put = (page: ChangesPage, kind: ChangeSection, entry: Entry): void => {
  if (kind !== 'removed') return void page[kind].push(entry);
  const [id, nodeId] = [String(entry.id), String(entry.nodeId)];
  if (entry.kind === 'nodes') page.removed.nodes.push({ treeId: id, assetId: nodeId });
  else if (entry.kind === 'models' || entry.kind === 'assets' || entry.kind === 'trees')
    page.removed[entry.kind].push(id);
  else throw new Error(`Something of the unknown kind "${String(entry.kind)}" was removed`);
};
