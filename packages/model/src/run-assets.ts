import { Type } from 'typebox';
import type { JsonValue } from './json.ts';
import type { Draft, Message } from './messages/message.ts';

/**
 * How a worker, or the process of a preview, asks the service for assets of its organisation, what is around them in
 * trees and what points are, and learns which of what it knows has changed: `POST /internal/v1/runs/{runId}/assets` with the run's token; a preview over its own line.
 */

/** Of one question. */
export const MAX_ASSETS_ASKED = 200;
/** The longest id an asset can have. */
export const MAX_ASSET_ID = 128;
/** Of one question, places and points each. */
export const MAX_PLACES_ASKED = 200;
export const MAX_POINTS_ASKED = 200;
/** Assets around one, in all trees of a question together; where there are more, none is told. */
export const MAX_NEIGHBOURS = 2000;
/** Ids that a reply names as changed; beyond that it says `all`. */
export const MAX_ASSETS_CHANGED = 1000;

/** What an asset store was when somebody read it. */
export const assetStateSchema = Type.Object({
  /** Random; empty where there is no store yet. */
  storeId: Type.String({ maxLength: 100 }),
  /** Counts the changes of the store. */
  revision: Type.Integer({ minimum: 0 }),
});
export type AssetState = Message<typeof assetStateSchema>;

const askedId = Type.String({ maxLength: MAX_ASSET_ID });

/** What is asked of the place of an asset in the trees with a tag. */
export const placesQuestionSchema = Type.Object({
  assetId: askedId,
  /** Of the trees. */
  tagKey: askedId,
  tagValue: Type.String({ maxLength: 256 }),
  /** `below`: the assets directly below it; `all-below`: those as well that are further down. */
  side: Type.Union([Type.Literal('above'), Type.Literal('below'), Type.Literal('all-below')]),
});
export type PlacesQuestion = Message<typeof placesQuestionSchema>;

/** Which point is asked for: by its id, or by what it measures, `by` says which; of a model or of an ancestor of it. */
export const pointQuestionSchema = Type.Object({
  modelId: askedId,
  by: Type.Union([Type.Literal('point'), Type.Literal('measurement')]),
  id: askedId,
});
export type PointQuestion = Message<typeof pointQuestionSchema>;

export const assetsRequestSchema = Type.Object({
  /** What the asker knows is at least as new as this; absent: it knows nothing. */
  known: Type.Optional(assetStateSchema),
  /** With neither places nor points none: only what has changed is asked for. */
  assetIds: Type.Array(askedId, { maxItems: MAX_ASSETS_ASKED }),
  places: Type.Optional(Type.Array(placesQuestionSchema, { maxItems: MAX_PLACES_ASKED })),
  points: Type.Optional(Type.Array(pointQuestionSchema, { maxItems: MAX_POINTS_ASKED })),
});
export type AssetsRequest = Message<typeof assetsRequestSchema>;

const values = Type.Unsafe<Readonly<Record<string, JsonValue>>>({ type: 'object', additionalProperties: true });
const tags = Type.Unsafe<Readonly<Record<string, string>>>({
  type: 'object',
  additionalProperties: { type: 'string' },
});

/** An asset without its place in trees. */
export const assetFactsSchema = Type.Object({
  assetId: Type.String(),
  modelId: Type.String(),
  /** `/root/child`. */
  modelIdPath: Type.String(),
  name: Type.String(),
  description: Type.String(),
  label: Type.String(),
  /** `+08:00` or a name; null: not known. */
  timezone: Type.Union([Type.String(), Type.Null()]),
  attributes: values,
  tags,
  extraInfo: values,
});
export type AssetFacts = Message<typeof assetFactsSchema>;

/** An asset's place in a tree, and who is next to it on the side that was asked for. */
export const treePlaceSchema = Type.Object({
  treeId: Type.String(),
  name: Type.String(),
  description: Type.String(),
  /** The one asset at the top; null: there are several. */
  rootId: Type.Union([Type.String(), Type.Null()]),
  /** In the order of their ids. */
  assetIds: Type.Array(Type.String()),
});
export type TreePlace = Message<typeof treePlaceSchema>;

/** A point as a model defines it. */
export const pointFactsSchema = Type.Object({
  pointId: Type.String(),
  /** The model that defines it: the one asked for, or an ancestor. */
  modelId: Type.String(),
  name: Type.String(),
  description: Type.String(),
  /** Of all that follow: empty where it is not known. */
  dataType: Type.String(),
  signalType: Type.String(),
  unit: Type.String(),
  measurementId: Type.String(),
  accessMode: Type.String(),
  priority: Type.String(),
  createTime: Type.String(),
  hasQuality: Type.Boolean(),
  attributes: values,
  tags,
});
export type PointFacts = Message<typeof pointFactsSchema>;

export const assetsReplySchema = Type.Object({
  /** The store as of which all of the reply is, or newer: `known` of the next question. */
  state: assetStateSchema,
  /** What is not any more as it was at `known`: ids of assets; `all` where that is too much, or not known. */
  changed: Type.Union([Type.Literal('all'), Type.Array(Type.String())]),
  /** Those of the ids asked for that there are. */
  assets: Type.Array(assetFactsSchema),
  /** Ids that had no room in the reply: to be asked for again. */
  left: Type.Array(Type.String()),
  /** Whether trees are not any more as they were at `known`; absent: as `changed` says of everything. */
  placesChanged: Type.Optional(Type.Boolean()),
  /** The same of models and their points. */
  pointsChanged: Type.Optional(Type.Boolean()),
  /** Answers to the questions for places, by their index; one that is not here had no room and is to be asked again. */
  places: Type.Optional(
    Type.Array(
      Type.Object({
        at: Type.Integer({ minimum: 0 }),
        /** None: the asset is in no such tree. */
        trees: Type.Array(treePlaceSchema),
        /** There are more than may be told, and none is. */
        isTooMany: Type.Boolean(),
      }),
    ),
  ),
  /** The same for points; null: there is none. */
  points: Type.Optional(
    Type.Array(Type.Object({ at: Type.Integer({ minimum: 0 }), point: Type.Union([pointFactsSchema, Type.Null()]) })),
  ),
});
export type AssetsReply = Message<typeof assetsReplySchema>;
/** The same for who makes one. */
export type AssetsReplyDraft = Draft<typeof assetsReplySchema>;
