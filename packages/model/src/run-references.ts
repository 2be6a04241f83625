import { Type } from 'typebox';
import type { JsonValue } from './json.ts';
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

/** The reference data `lineage`, and the version of its form. */
export const LINEAGE = 'lineage';
export const LINEAGE_VERSION = 1;

/**
 * Which points released pipelines of a message channel read, and which they put out: each once, as `{modelId}::{pointId}`.
 */
export interface Lineage {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
