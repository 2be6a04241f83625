import { Type } from 'typebox';
import type { JsonObject, JsonValue } from './json.ts';
import type { Draft, Message } from './messages/message.ts';

/**
 * How a worker, or the process of a preview, asks the service for reference data of its organisation, and learns whether
 * what it has is still all there is: `POST /internal/v1/runs/{runId}/references` with the run's token; a preview over its
 * own line. The data comes as a whole or, where nothing has changed, not at all.
 */

/** Characters of a reply at most: what does not fit into one is refused, since part of it would be taken for all. */
export const MAX_REFERENCE_CHARS = 16 * 1024 * 1024;

export const referenceRequestSchema = Type.Object({
  /** Which data: `lineage`. */
  name: Type.String({ minLength: 1, maxLength: 100 }),
  /** Of the form that the asker reads. */
  version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** Which part of the data it needs, in the form of that data; absent: all of it. */
  query: Type.Optional(Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true })),
  /** The stamp of what it has; absent: nothing. */
  known: Type.Optional(Type.String({ maxLength: 100 })),
});
export type ReferenceRequest = Message<typeof referenceRequestSchema>;

export const referenceReplySchema = Type.Object({
  /** Counts up with every change, for people; a restored database may count from lower on. */
  revision: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  /** Made anew with every change: `known` of the next question. */
  stamp: Type.String({ minLength: 1, maxLength: 100 }),
  /** All of it; absent where the asker has it. */
  data: Type.Optional(Type.Unsafe<JsonValue>({})),
});
export type ReferenceReply = Message<typeof referenceReplySchema>;
/** The same for who makes one. */
export type ReferenceReplyDraft = Draft<typeof referenceReplySchema>;

/** Bytes of a question at most. */
export const MAX_REFERENCE_QUESTION = 512 * 1024;

/** The reference data `lineage`, and the version of its form. */
export const LINEAGE = 'lineage';
export const LINEAGE_VERSION = 2;

/**
 * Which points released pipelines of a message channel read, and which they put out: each once, as `{modelId}::{pointId}`.
 * From version 2 on also what they read and put out of the data format of library 0.4.0, as `{measurementId}`, which has no
 * two colons.
 */
export interface Lineage {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The reference data `selected-assets`, and the version of its form. */
export const SELECTED_ASSETS = 'selected-assets';
export const SELECTED_ASSETS_VERSION = 1;

/** Ways to name assets in a question for `selected-assets` at most. */
export const MAX_ASSET_SELECTORS = 1000;

const selectorText = Type.String({ minLength: 1, maxLength: 256 });

/** Some assets: those of a model and of those that inherit from it, with a tag, in a tree, or in all trees with a tag. */
export const assetSelectorSchema = Type.Union([
  Type.Object({ by: Type.Literal('model'), modelId: selectorText }),
  Type.Object({ by: Type.Literal('tag'), key: selectorText, value: selectorText }),
  Type.Object({ by: Type.Literal('tree'), treeId: selectorText }),
  Type.Object({ by: Type.Literal('tree-tag'), key: selectorText, value: selectorText }),
]);
export type AssetSelector = Message<typeof assetSelectorSchema>;

/** The query of `selected-assets`: assets that at least one of them means. */
export const assetSelectionSchema = Type.Object({
  selectors: Type.Array(assetSelectorSchema, { maxItems: MAX_ASSET_SELECTORS }),
});
export type AssetSelection = Message<typeof assetSelectionSchema>;

/** An asset, with as much of it as selectors go by. */
export interface SelectedAsset {
  readonly assetId: string;
  /** `/root/child`; its own model is the last one. */
  readonly modelIdPath: string;
  /** At least the tags that were asked for; absent: none of them. */
  readonly tags?: Readonly<Record<string, string>>;
  /** At least the trees that were asked for; absent: none of them. */
  readonly trees?: readonly string[];
}

export interface SelectedAssets {
  /** In the order of their ids. */
  readonly assets: readonly SelectedAsset[];
  /** Tags of the trees that assets are in, at least those asked for; by tree. */
  readonly treeTags: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
