import type { JsonObject, JsonValue, RunSpec } from '@penstock/model';
import type { GivenStore } from '@penstock/testkit';

/** A message of a pipeline's input. */
export interface GoldenMessage {
  readonly key: string | null;
  /** Decides the partition of the input topic it is in. */
  readonly partitionKey: string;
  readonly value: string | Uint8Array | null;
}

export interface GoldenTopics {
  readonly input: string;
  /** By the names of `GoldenPipeline.outputs`. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * A pipeline with its input, both always the same, whose output is a function of the input alone. It is run in
 * different modes, at different speeds and through crashes; whatever differs then is an error.
 */
export interface GoldenPipeline {
  /** Of lower-case letters and dashes; unique. */
  readonly name: string;
  /** Settings of the output topics by a name within the pipeline. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /**
   * What has an order: every partition of the outputs where nothing changes its partition on the way, else only the
   * records of the same key; nothing where results wait for partitions that might still bring something (behind a cut).
   */
  readonly ordered: 'partition' | 'key' | 'none';
  /** Codes of the dead letters that the input is made to lead to, sorted. */
  readonly deadLetters: readonly string[];
  /** What its organisation has in the asset store, where stages ask for it. */
  readonly assets?: GivenStore;
  /** Libraries of its organisation's own. */
  readonly ownLibraries?: RunSpec['ownLibraries'];
  /** Reference data of its organisation, by name, where stages go by it. */
  readonly references?: Readonly<Record<string, JsonValue>>;
  /**
   * What a real cluster has to show of it that real workers with a driver in their place (`run-ranges.ts`) cannot, and
   * no other golden pipeline does. Without it, it is worked off by ranges alone.
   */
  readonly onCluster?: string;
  document(topics: GoldenTopics): JsonObject;
  input(): readonly GoldenMessage[];
}

/** Partitions of the input topics and of the output topics. */
export const GOLDEN_PARTITIONS = 4;
/** Short, so that many transactions are made. */
export const COMMIT_INTERVAL_MS = 100;
