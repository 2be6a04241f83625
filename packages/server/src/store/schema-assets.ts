import { bigint, customType, index, integer, jsonb, pgTable, primaryKey, serial, text } from 'drizzle-orm/pg-core';
import { organizations } from './schema.ts';

/**
 * What organisations measure: models, assets and trees. Conventions as in `schema.ts`. Everything of an organisation is
 * written by one use case under the lock of its `asset_stores` row, which checks what refers to what; so no foreign
 * keys lead from table to table here, but to the store, with which all of it goes.
 */
const at = (name: string) => bigint(name, { mode: 'number' });
/** The store's revision in which the row became what it is. */
const revision = () => bigint('revision', { mode: 'number' }).notNull();
const store = () =>
  text('org_id')
    .notNull()
    .references(() => assetStores.orgId, { onDelete: 'cascade' });

const tsvector = customType<{ data: string; driverData: string }>({ dataType: () => 'tsvector' });

/** One per organisation that has used it: how far it has changed, and how much is in it. */
export const assetStores = pgTable('asset_stores', {
  orgId: text('org_id')
    .primaryKey()
    .references(() => organizations.orgId, { onDelete: 'cascade' }),
  /** Random: a store that was deleted and made again is another one, whatever its revision. */
  storeId: text('store_id').notNull(),
  /** Stands before its words in the index, so that nobody searches among those of others. */
  number: serial('number').notNull(),
  /** Counts up with every change. */
  revision: bigint('revision', { mode: 'number' }).notNull().default(0),
  /** Removals up to this revision are forgotten: whoever knows less has to begin anew. */
  removalsKnownFrom: bigint('removals_known_from', { mode: 'number' }).notNull().default(0),
  models: integer('models').notNull().default(0),
  points: integer('points').notNull().default(0),
  assets: integer('assets').notNull().default(0),
  trees: integer('trees').notNull().default(0),
  nodes: integer('nodes').notNull().default(0),
  updatedAt: at('updated_at').notNull(),
  /** Who changed it last. */
  updatedBy: text('updated_by').notNull(),
});

/** Types of assets. */
export const assetModels = pgTable(
  'asset_models',
  {
    orgId: store(),
    modelId: text('model_id').notNull(),
    /** The model it inherits from. */
    parentId: text('parent_id'),
    name: text('name').notNull(),
    description: text('description').notNull(),
    tags: jsonb('tags').$type<Readonly<Record<string, string>>>().notNull(),
    /** `PointEntry`s, its own only. */
    points: jsonb('points').$type<readonly Readonly<Record<string, unknown>>[]>().notNull(),
    revision: revision(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.modelId] }),
    index('asset_models_by_revision').on(table.orgId, table.revision, table.modelId),
  ],
);

export const assets = pgTable(
  'assets',
  {
    orgId: store(),
    assetId: text('asset_id').notNull(),
    modelId: text('model_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    label: text('label').notNull(),
    /** `+08:00` or a name; null: not known. */
    timezone: text('timezone'),
    attributes: jsonb('attributes').$type<Readonly<Record<string, unknown>>>().notNull(),
    tags: jsonb('tags').$type<Readonly<Record<string, string>>>().notNull(),
    extraInfo: jsonb('extra_info').$type<Readonly<Record<string, unknown>>>().notNull(),
    /** `searchWords`, each behind the number of the store. */
    words: tsvector('words').notNull(),
    revision: revision(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.assetId] }),
    index('assets_by_model').on(table.orgId, table.modelId, table.assetId),
    index('assets_by_revision').on(table.orgId, table.revision, table.assetId),
    index('assets_by_words').using('gin', table.words),
  ],
);

/** Ways to put assets under one another: by site, by grid, by owner. */
export const assetTrees = pgTable(
  'asset_trees',
  {
    orgId: store(),
    treeId: text('tree_id').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    tags: jsonb('tags').$type<Readonly<Record<string, string>>>().notNull(),
    revision: revision(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.treeId] }),
    index('asset_trees_by_revision').on(table.orgId, table.revision, table.treeId),
  ],
);

/** An asset's place in a tree: one at most, so there is one parent at most. */
export const assetTreeNodes = pgTable(
  'asset_tree_nodes',
  {
    orgId: store(),
    treeId: text('tree_id').notNull(),
    assetId: text('asset_id').notNull(),
    /** Null: a root of the tree. */
    parentId: text('parent_id'),
    revision: revision(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.treeId, table.assetId] }),
    index('asset_tree_nodes_by_parent').on(table.orgId, table.treeId, table.parentId, table.assetId),
    index('asset_tree_nodes_by_asset').on(table.orgId, table.assetId),
    index('asset_tree_nodes_by_revision').on(table.orgId, table.revision, table.treeId, table.assetId),
  ],
);

/** What was removed and is not back, for those who have a copy. */
export const assetRemovals = pgTable(
  'asset_removals',
  {
    orgId: store(),
    /** `models`, `assets`, `trees` or `nodes`. */
    kind: text('kind').notNull(),
    /** Of the model, the asset or the tree; of a node its tree, and its asset beside it. */
    id: text('id').notNull(),
    nodeId: text('node_id').notNull().default(''),
    revision: revision(),
  },
  (table) => [
    primaryKey({ columns: [table.orgId, table.kind, table.id, table.nodeId] }),
    index('asset_removals_by_revision').on(table.orgId, table.revision, table.kind, table.id, table.nodeId),
  ],
);
