import { type Static, Type } from 'typebox';
import { assetSchema, modelSchema, nodeSchema, pointSchema, treeSchema } from '../../../assets/shapes/entries.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { nullable, orgParams, time } from '../../plugins/schemas.ts';

const kept = {
  revision: Type.Integer({ description: "The store's, in which it became what it is; the ETag." }),
  createdAt: time('When it was made'),
  updatedAt: time('When it was changed last'),
};
const tags = Type.Record(Type.String(), Type.String());
const values = Type.Record(Type.String(), Type.Unknown());
const named = { name: Type.String(), description: Type.String(), tags };
const modelIdPath = Type.String({ description: '`/root/child`, as records name the inheritance of their model.' });

const id = Type.String({ minLength: 1, maxLength: 128 });
export const modelParams = Type.Object({ ...orgParams.properties, modelId: id });
export const assetParams = Type.Object({ ...orgParams.properties, assetId: id });
export const treeParams = Type.Object({ ...orgParams.properties, treeId: id });
export const nodeParams = Type.Object({ ...treeParams.properties, assetId: id });
export const ifMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'ETag of the entry you have seen, "0" for one that is not there yet, or *.' }),
  ),
});

const { modelId: _modelId, ...modelFields } = modelSchema.properties;
const { assetId: _assetId, ...assetFields } = assetSchema.properties;
const { treeId: _treeId, ...treeFields } = treeSchema.properties;
const { assetId: _nodeId, ...nodeFields } = nodeSchema.properties;
const body = { additionalProperties: false } as const;
export const modelBody = Type.Object(modelFields, body);
export const assetBody = Type.Object(assetFields, body);
export const treeBody = Type.Object(treeFields, body);
export const nodeBody = Type.Object(nodeFields, body);

const model = {
  modelId: Type.String(),
  parentId: nullable(Type.String()),
  modelIdPath,
  ...named,
  ...kept,
};
export const modelSummarySchema = nameSchema(
  'AssetModelSummary',
  Type.Object({ ...model, ownPoints: Type.Integer({ description: 'Points of its own.' }) }),
);
const pointView = Type.Object({
  ...pointSchema.properties,
  inheritedFrom: nullable(Type.String({ description: 'The ancestor it comes from; null: its own.' })),
});
export const modelDetailSchema = nameSchema(
  'AssetModel',
  Type.Object({
    ...model,
    points: Type.Array(pointView, { description: "Its own and its ancestors', the root's first." }),
  }),
);
const asset = {
  assetId: Type.String(),
  modelId: Type.String(),
  modelIdPath,
  ...named,
  label: Type.String(),
  timezone: nullable(Type.String()),
  attributes: values,
  extraInfo: values,
  ...kept,
};
export const assetViewSchema = nameSchema('Asset', Type.Object(asset));
export const assetDetailSchema = nameSchema(
  'AssetDetail',
  Type.Object({
    ...asset,
    places: Type.Array(Type.Object({ treeId: Type.String(), parentId: nullable(Type.String()) }), {
      description: 'The trees it is in, and what it is below there; null: a root.',
    }),
  }),
);
export const treeViewSchema = nameSchema('AssetTree', Type.Object({ treeId: Type.String(), ...named, ...kept }));
export const nodeViewSchema = nameSchema(
  'AssetPlace',
  Type.Object({
    assetId: Type.String(),
    parentId: nullable(Type.String()),
    name: Type.String(),
    modelId: Type.String(),
    children: Type.Integer({ description: 'Places directly below it.' }),
    revision: Type.Integer(),
  }),
);
export const assetStoreSchema = nameSchema(
  'AssetStore',
  Type.Object({
    revision: Type.Integer({ description: 'Counts up with every change.' }),
    models: Type.Integer(),
    points: Type.Integer(),
    assets: Type.Integer(),
    trees: Type.Integer(),
    nodes: Type.Integer({ description: 'Places of assets in trees.' }),
    updatedAt: nullable(time('Last change; null: none so far')),
    updatedBy: nullable(Type.String()),
  }),
);
const kindOutcome = nameSchema(
  'AssetKindOutcome',
  Type.Object({
    created: Type.Integer(),
    changed: Type.Integer(),
    unchanged: Type.Integer(),
    removed: Type.Integer(),
  }),
);
export const importOutcomeSchema = nameSchema(
  'AssetImportOutcome',
  Type.Object({
    revision: Type.Integer({ description: "The store's afterwards." }),
    models: kindOutcome,
    assets: kindOutcome,
    trees: kindOutcome,
    nodes: kindOutcome,
  }),
);
const list = (description: string) => Type.Array(values, { description });
const ids = Type.Array(Type.String());
export const assetChangesSchema = nameSchema(
  'AssetChanges',
  Type.Object({
    storeId: Type.String({ description: 'Another one: what you know is of another store; begin anew.' }),
    revision: Type.Integer({
      description: '`since` of the next question, once all pages were read; the same on each.',
    }),
    models: list('As in an import.'),
    assets: list('As in an import.'),
    trees: list('As in an import.'),
    nodes: list('As in an import.'),
    removed: Type.Object({
      models: ids,
      assets: ids,
      trees: ids,
      nodes: Type.Array(Type.Object({ treeId: Type.String(), assetId: Type.String() })),
    }),
    nextCursor: nullable(Type.String({ description: 'Where the next page begins; null on the last.' })),
  }),
);
export type ImportOutcome = Static<typeof importOutcomeSchema>;
