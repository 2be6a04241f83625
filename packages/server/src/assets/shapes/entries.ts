import { type Static, type TSchema, Type } from 'typebox';

/**
 * What the asset store holds, as it is written and imported. An entry is the whole thing: what it leaves out is empty
 * afterwards, whatever was there; except for the points of a model, which stay as they are where `points` is left out.
 */

/** No blank and no comma (lists of ids are separated by it), nothing that cannot be seen. */
const ID_CHARS = '[^\\s,\\u0000-\\u001f\\u007f]';
const id = (pattern: string, description: string) => Type.String({ pattern, description });
const text = (maxLength: number, description?: string) =>
  Type.String({
    maxLength,
    pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]*$',
    ...(description === undefined ? {} : { description }),
  });
const oneLine = (maxLength: number, description?: string) =>
  Type.String({
    maxLength,
    pattern: '^[^\\u0000-\\u001f\\u007f]*$',
    ...(description === undefined ? {} : { description }),
  });
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Options name points as `modelId::pointId` and paths of inheritance as `/parent/child`. */
export const modelIdSchema = id('^[^\\s,/:\\u0000-\\u001f\\u007f]{1,128}$', 'Id of a model; no blank, "," "/" or ":".');
export const pointIdSchema = id(`^(?!.*::)${ID_CHARS}{1,128}$`, 'Id of a point; no blank, "," or "::".');
export const assetIdSchema = id(`^${ID_CHARS}{1,128}$`, 'Id of an asset; no blank or ",".');
export const treeIdSchema = id(`^${ID_CHARS}{1,128}$`, 'Id of a tree; no blank or ",".');

/** Options name tags as `key::value`. */
const tags = Type.Record(Type.String({ pattern: '^[^:,\\u0000-\\u001f\\u007f]{1,64}$' }), oneLine(256), {
  maxProperties: 50,
  additionalProperties: false,
  description: 'Values by key; a key has no ":" or ",".',
});
const attributes = Type.Record(
  Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]{1,128}$' }),
  Type.Unsafe<AttributeValue>({ description: 'Any JSON value.' }),
  { maxProperties: 200, additionalProperties: false, description: 'Values by name.' },
);
const object = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

/** Whatever JSON can say. */
export type AttributeValue = unknown;

export const DATA_TYPES = [
  ...['BOOLEAN', 'INTEGER', 'LONG', 'FLOAT', 'DOUBLE', 'STRING', 'ENUM'],
  ...['DATE', 'TIMESTAMP', 'LIST', 'MAP'],
] as const;
export const SIGNAL_TYPES = ['AI', 'DI', 'PI', 'Generic'] as const;

const named = { name: Type.Optional(oneLine(200)), description: Type.Optional(text(2000)) };

export const pointSchema = object({
  pointId: pointIdSchema,
  ...named,
  dataType: Type.Optional(Type.Unsafe<string>({ type: 'string', enum: [...DATA_TYPES] })),
  signalType: Type.Optional(Type.Unsafe<string>({ type: 'string', enum: [...SIGNAL_TYPES] })),
  unit: Type.Optional(oneLine(40)),
  measurementId: Type.Optional(oneLine(128, 'What the point measures, whatever the model (formats of library 0.4.0).')),
  hasQuality: Type.Optional(Type.Boolean({ description: 'Whether its values come with a quality.' })),
  accessMode: Type.Optional(oneLine(40)),
  priority: Type.Optional(oneLine(40)),
  createTime: Type.Optional(oneLine(40)),
  attributes: Type.Optional(attributes),
  tags: Type.Optional(tags),
});

/** Points of one model, those it inherits not counted. */
export const MAX_OWN_POINTS = 2000;

export const modelSchema = object({
  modelId: modelIdSchema,
  parentId: Type.Optional(orNull(modelIdSchema)),
  ...named,
  tags: Type.Optional(tags),
  points: Type.Optional(
    Type.Array(pointSchema, { maxItems: MAX_OWN_POINTS, description: 'Its own; absent: as they are.' }),
  ),
});

export const assetSchema = object({
  assetId: assetIdSchema,
  modelId: modelIdSchema,
  ...named,
  label: Type.Optional(oneLine(200)),
  timezone: Type.Optional(orNull(oneLine(64, '"+08:00", or a name such as "Europe/Berlin"; null: not known.'))),
  attributes: Type.Optional(attributes),
  tags: Type.Optional(tags),
  extraInfo: Type.Optional(attributes),
});

export const nodeSchema = object({
  assetId: assetIdSchema,
  parentId: Type.Optional(orNull(assetIdSchema)),
});

export const treeSchema = object({ treeId: treeIdSchema, ...named, tags: Type.Optional(tags) });

/** As `pointSchema` has it; written down, since the linter cannot reckon with what is inferred of it. */
export interface PointEntry {
  pointId: string;
  name?: string;
  description?: string;
  dataType?: string;
  signalType?: string;
  unit?: string;
  measurementId?: string;
  hasQuality?: boolean;
  accessMode?: string;
  priority?: string;
  createTime?: string;
  attributes?: Record<string, AttributeValue>;
  tags?: Record<string, string>;
}
/** As `modelSchema` has it. */
export interface ModelEntry {
  modelId: string;
  parentId?: string | null;
  name?: string;
  description?: string;
  tags?: Record<string, string>;
  points?: PointEntry[];
}
export type AssetEntry = Static<typeof assetSchema>;
export type TreeEntry = Static<typeof treeSchema>;
export type NodeEntry = Static<typeof nodeSchema> & { readonly treeId: string };

/** A point of a model that is made or changed by itself. */
export type ModelPointEntry = PointEntry & { readonly modelId: string };

/** What has ids in the store. */
export const ASSET_KINDS = ['models', 'assets', 'trees', 'nodes'] as const;
export type AssetKind = (typeof ASSET_KINDS)[number];
