import type { Services } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';

/**
 * Something a stage asks a service outside for, record by record. The engine collects what the records of a batch need,
 * asks once for each key, a bounded number at a time, and keeps answers; `process` then finds them without waiting. A
 * question that fails is an error of its records.
 */
// biome-ignore lint/suspicious/noExplicitAny: look-ups that do not look at the configuration, or at others, fit any operator
export interface LookUpDefinition<Q, A, C = any, B = any> {
  /** Unique within the operator; in the counters. */
  readonly name: string;
  readonly policy: (config: C) => LookUpPolicy;
  /** Asking changes something outside: it is not done in previews. */
  readonly hasEffects?: (config: C) => boolean;
  /**
   * Another look-up of the operator whose answers say what to ask here: it is asked first. So what many answers have in
   * common, as the parent of many assets, is asked for and kept once.
   */
  readonly after?: LookUpDefinition<unknown, B>;
  /** Called once for each stage in each thread; it may keep what its questions share, such as a token. */
  readonly open: (config: C) => LookUp<Q, A, B>;
}

/** Times in ms. */
export interface LookUpPolicy {
  /** How long an answer is good; 0: for the batch that asked. */
  readonly ttlMs: number;
  /** The same for the answer that there is nothing. */
  readonly missingTtlMs: number;
  /** Bounds of the answers that are kept, over all tasks of a thread: those not used for longest go first. */
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** Questions under way at the same time, over all tasks of a thread. */
  readonly concurrency: number;
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Further attempts, after failures that say they may pass (`AppError.retryable`). */
  readonly retries: number;
}

/** A question of a record. */
export interface LookUpNeed<Q> {
  /** Equal keys have equal answers. Undefined: it is asked for this record alone, and its answer is not kept. */
  readonly key: string | undefined;
  readonly question: Q;
}

// biome-ignore lint/suspicious/noExplicitAny: see `LookUpDefinition`
export interface LookUp<Q, A, B = any> {
  /**
   * What the stage has to ask for a record; empty for one that it will not pass on. What it throws is an error of the
   * record. `before`: what the look-up that is asked first has answered for the record.
   */
  needs(record: StreamRecord, before: readonly LookUpAnswer<B>[]): readonly LookUpNeed<Q>[];
  /**
   * Asks once. Resolves to the decoded answer, undefined where there is nothing. An `AppError` gives the code and text of
   * the failure; one that is `retryable` may say in `params.retryAfterMs` when the service wants to be asked again.
   */
  ask(question: Q, services: Services, signal: AbortSignal): Promise<A | undefined>;
  /**
   * Called once, before the first question, where the service says by itself which answers have become old: `forget` is
   * called with their keys. What is under way meanwhile answers who waits for it, and is not kept.
   */
  follow?(services: Services, forget: (keys: readonly string[] | 'all') => void): void;
  /** Of a kept answer, in bytes, about; without it only their number is bounded. */
  sizeOf?(answer: A): number;
}

/** The answers to the questions of the records that the stage works on. */
export interface LookUpAnswers<A> {
  /** In the order of `needs`. */
  of(record: StreamRecord): readonly LookUpAnswer<A>[];
}

export interface LookUpAnswer<A> {
  /** Undefined: there is nothing. */
  readonly value: A | undefined;
  /** It was known before the batch. */
  readonly isKept: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: see `LookUpDefinition`
export const defineLookUp = <Q, A, C = any, B = any>(
  definition: LookUpDefinition<Q, A, C, B>,
): LookUpDefinition<Q, A, C, B> => definition;
