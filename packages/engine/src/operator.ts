import type { Issue, JsonObject, JsonValue } from '@penstock/model';
import type { Static, TObject } from 'typebox';
import type { Clock } from './ports.ts';
import type { StreamRecord } from './record/stream-record.ts';

/**
 * The contract between the engine and an operator. An operator is one folder with one definition; validation,
 * defaults, forms and the reference documentation derive from it. The engine knows no operator by name.
 */

/** A reference to a measurement point, `{modelId}::{pointId}` in documents. */
export interface PointReference {
  readonly modelId: string;
  readonly pointId: string;
}

/** Where a stage sends what it made of its records. Valid only during the call it was passed to. */
export interface Emitter {
  emit(record: StreamRecord): void;
  /** Ends a record for a reason that is part of the operator's behaviour; counted under `reason` (kebab-case). */
  drop(record: StreamRecord, reason: string): void;
  /** Ends a record as an error; the engine then does what the stage's "On Record Error" says. */
  error(record: StreamRecord, code: string, message: string): void;
}

/**
 * State of one stage in one task, by key. Entries changed since the last commit are written to the changelog in the
 * same transaction as the output they led to. `S` must survive `encode` and `decode` of the definition.
 */
export interface KeyedState<S> {
  get(assetId: string, pointId: string): S | undefined;
  /** Stores the value and marks the entry as changed. A value mutated in place must be put again. */
  put(assetId: string, pointId: string, value: S): void;
  delete(assetId: string, pointId: string): void;
  /** Visits every entry, in no particular order; the callback may put or delete the entry it is given. */
  forEach(visit: (value: S, assetId: string, pointId: string) => void): void;
}

export interface StageContext<S = never> {
  readonly instanceName: string;
  readonly state: KeyedState<S>;
  readonly clock: Clock;
  readonly isPreview: boolean;
  readonly pipeline: PipelineFacts;
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

/** What definitions may know about the pipeline they are part of. */
export interface PipelineFacts {
  readonly pipelineId: string;
  readonly orgId: string;
  /** 0 real-time channel, 1 offline channel (contract A.13). */
  readonly messageChannel: 0 | 1;
}

/**
 * A running stage. Exactly one of `process` and `processBatch` is present.
 * A processor owns the records it is given: it may change and emit them, and must `copy()` one before emitting it twice.
 */
export interface Processor {
  /** One record at a time. What it throws becomes an error of that record (code `STAGE_FAILED`). */
  process?(record: StreamRecord, out: Emitter): void;
  /** All records of a batch at once, in order. May be asynchronous for I/O; then concurrency is its own to bound. */
  processBatch?(records: readonly StreamRecord[], out: Emitter): void | Promise<void>;
  /**
   * Called about once a second of the clock, for fixed-frequency triggers: the one thing that is not a function of
   * the input alone.
   */
  tick?(nowMs: number, out: Emitter): void;
  close?(): void | Promise<void>;
}

/** Record fields that a key is made of, for example `['assetId', 'pointId']`. */
export type KeyFields = readonly string[];

/** What a Kafka source reads. */
export type SourceSpec =
  | {
      readonly kind: 'topic';
      readonly topic: string;
      readonly offsetReset: 'earliest' | 'latest';
      /** Fields whose values decide the partition of a record in this topic; undefined: not known. */
      readonly partitionedBy: KeyFields | undefined;
      /** Records with a longer value are errors. */
      readonly maxRecordBytes: number;
      /** Kafka client settings the user gave, already checked against the allow-list. */
      readonly clientSettings: Readonly<Record<string, string>>;
    }
  | {
      /** Records that are in the document itself; for debugging. */
      readonly kind: 'inline';
      /** One text per record. */
      readonly values: readonly string[];
      readonly stopAfterFirstBatch: boolean;
    };

export type TargetSpec =
  | {
      readonly kind: 'topic';
      readonly topic: string;
      /** Message key of a record. */
      readonly key: (record: StreamRecord) => string | null;
      /** Text whose hash chooses the partition; `null` leaves the choice to the writer. */
      readonly partitionKey: (record: StreamRecord) => string | null;
      readonly clientSettings: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'discard' };

interface DefinitionBase<C extends TObject> {
  /** Folder name and id in the reference: `fixed-time-window-aggregator`. */
  readonly id: string;
  /** `stageName` in documents. */
  readonly stageName: string;
  /** `library` in documents. */
  readonly library: string;
  /** Other `stageName`s that mean this operator (plain SDC and EnOS documents). */
  readonly stageNameAliases?: readonly string[];
  /** `stageVersion` in documents. */
  readonly version: number;
  /** Name in the console, as in contract E: `Fixed Time Window Aggregator`. */
  readonly label: string;
  readonly labelAliases?: readonly string[];
  /** Class part of instance names: `FixedTimeWindowAggregator` in `FixedTimeWindowAggregator_01`. */
  readonly instancePrefix: string;
  readonly instancePrefixAliases?: readonly string[];
  /** Operator libraries of contract E that contain it, for example `['0.1.0', '0.3.0']`. */
  readonly libraries: readonly string[];
  readonly category:
    | 'source'
    | 'target'
    | 'select'
    | 'quality'
    | 'window'
    | 'state'
    | 'script'
    | 'lookup'
    | 'generate'
    | 'format';
  readonly keywords: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** Markdown paragraphs for the reference: what it does, and what late, duplicate and missing input do. */
  readonly description: string;
  /** JSON Schema of the configuration as an object (the document's `configuration` rows by name), with defaults. */
  readonly config: C;
  /** Rules a schema cannot say. `path` of the issues is relative to the configuration object (`/inputOutput/0/…`). */
  readonly check?: (config: Static<C>, pipeline: PipelineFacts) => readonly Issue[];
  readonly examples: readonly OperatorExample[];
}

/** Rendered in the reference and run as a test. Records as JSON objects. */
export interface OperatorExample {
  readonly title: string;
  readonly config: JsonObject;
  readonly input: readonly JsonObject[];
  readonly output: readonly JsonObject[];
  /** Codes of the errors, in order. */
  readonly errors?: readonly string[];
  /** Reasons of the drops, in order. */
  readonly dropped?: readonly string[];
}

export interface SourceDefinition<C extends TObject = TObject> extends DefinitionBase<C> {
  readonly kind: 'source';
  /** False where only Standalone Mode can run it. */
  readonly cluster: boolean;
  readonly source: (config: Static<C>, pipeline: PipelineFacts) => SourceSpec;
}

export interface TargetDefinition<C extends TObject = TObject> extends DefinitionBase<C> {
  readonly kind: 'target';
  readonly target: (config: Static<C>, pipeline: PipelineFacts) => TargetSpec;
}

/** How a stateful operator's entries are keyed, kept and shown. */
export interface StateDefinition<C extends TObject, S> {
  /**
   * Fields that decide which entry a record touches: the plan sees to it that all records of a key reach one task.
   * Undefined: the state belongs to the task, not to a key, and the stage runs wherever its records arrive.
   */
  readonly keyFields: (config: Static<C>) => KeyFields | undefined;
  readonly encode: (state: S) => JsonValue;
  readonly decode: (stored: JsonValue) => S;
  /** The item of Get Stage State for an entry (contract A.3), or undefined where there is nothing to show. */
  readonly toItem?: (state: S, assetId: string, pointId: string) => JsonObject | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds definitions of any state type
export interface ProcessorDefinition<C extends TObject = TObject, S = any> extends DefinitionBase<C> {
  readonly kind: 'processor';
  readonly state?: StateDefinition<C, S>;
  /** Top-level record fields it may change; `'any'` for scripts. Decides where the plan has to be cut again. */
  readonly changes: (config: Static<C>) => readonly string[] | 'any';
  /**
   * When present, the stage passes a record on only if one of these points matches and never changes a record;
   * the engine may then drop other records before they are parsed.
   */
  readonly selects?: (config: Static<C>) => readonly PointReference[];
  /** Input and output points for stream lineage; undefined where the operator does not support it. */
  readonly lineage?: (config: Static<C>) => {
    readonly inputs: readonly PointReference[];
    readonly outputs: readonly PointReference[];
  };
  readonly create: (config: Static<C>, context: StageContext<S>) => Processor | Promise<Processor>;
}

export type OperatorDefinition = SourceDefinition | TargetDefinition | ProcessorDefinition;

export const defineSource = <C extends TObject>(
  definition: Omit<SourceDefinition<C>, 'kind'>,
): SourceDefinition<C> => ({
  kind: 'source',
  ...definition,
});
export const defineTarget = <C extends TObject>(
  definition: Omit<TargetDefinition<C>, 'kind'>,
): TargetDefinition<C> => ({
  kind: 'target',
  ...definition,
});
export const defineProcessor = <C extends TObject, S = never>(
  definition: Omit<ProcessorDefinition<C, S>, 'kind'>,
): ProcessorDefinition<C, S> => ({ kind: 'processor', ...definition });
