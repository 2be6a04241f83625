import { Type } from 'typebox';
import type { JsonValue } from './json.ts';
import type { Draft, Message } from './messages/message.ts';

/**
 * How a worker, or the process of a preview, asks the service for assets of its organisation, and learns which of those
 * it knows have changed: `POST /internal/v1/runs/{runId}/assets` with the run's token; a preview over its own line.
 */

/** Of one question. */
export const MAX_ASSETS_ASKED = 200;
/** The longest id an asset can have. */
export const MAX_ASSET_ID = 128;
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

export const assetsRequestSchema = Type.Object({
  /** What the asker knows is at least as new as this; absent: it knows nothing. */
  known: Type.Optional(assetStateSchema),
  /** None: only what has changed is asked for. */
  assetIds: Type.Array(Type.String({ maxLength: MAX_ASSET_ID }), { maxItems: MAX_ASSETS_ASKED }),
});
export type AssetsRequest = Message<typeof assetsRequestSchema>;

const values = Type.Unsafe<Readonly<Record<string, JsonValue>>>({ type: 'object', additionalProperties: true });

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
  tags: Type.Unsafe<Readonly<Record<string, string>>>({ type: 'object', additionalProperties: { type: 'string' } }),
  extraInfo: values,
});
export type AssetFacts = Message<typeof assetFactsSchema>;

export const assetsReplySchema = Type.Object({
  /** The store as of which all of the reply is, or newer: `known` of the next question. */
  state: assetStateSchema,
  /** What is not any more as it was at `known`: ids of assets; `all` where that is too much, or not known. */
  changed: Type.Union([Type.Literal('all'), Type.Array(Type.String())]),
  /** Those of the ids asked for that there are. */
  assets: Type.Array(assetFactsSchema),
  /** Ids that had no room in the reply: to be asked for again. */
  left: Type.Array(Type.String()),
});
export type AssetsReply = Message<typeof assetsReplySchema>;
/** The same for who makes one. */
export type AssetsReplyDraft = Draft<typeof assetsReplySchema>;
