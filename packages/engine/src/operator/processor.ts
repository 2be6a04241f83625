import type { Issue } from '@penstock/model';
import type { Static, TObject } from 'typebox';
import type { LookUpDefinition } from '../look-ups/look-up.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { ReferenceDefinition } from '../references/reference.ts';
import type { StageContext } from './context.ts';
import type { DefinitionBase } from './definition-base.ts';
import type { Emitter } from './emitter.ts';
import type { KeySpec } from './key.ts';
import type { ScheduleDefinition, ScheduleSlot } from './schedule.ts';
import type { StateDefinition } from './state.ts';
import type { StoreDefinition } from './store.ts';

/** A reference to a measurement point, `{modelId}::{pointId}` in documents. */
export interface PointReference {
  readonly modelId: string;
  readonly pointId: string;
}

/** A reference to data of the format of 0.4.0 (contract E.5), `{measurementId}` in documents; without two colons. */
export interface MeasurementReference {
  readonly measurementId: string;
}

/** What data a stage takes or puts out, in either format. */
export type DataReference = PointReference | MeasurementReference;

/** `{modelId}::{pointId}` or `{measurementId}`: no two references have the same name. */
export const nameOfReference = (reference: DataReference): string =>
  'measurementId' in reference ? reference.measurementId : `${reference.modelId}::${reference.pointId}`;

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
   * Called once, before the first record and the first slot, when the stage's stores hold what was kept: for what is to
   * be rebuilt from them. What it throws ends the start.
   */
  opened?(): void | Promise<void>;
  /** Works off a slot of one of the definition's `schedules`. May be asynchronous for I/O. */
  scheduled?(slot: ScheduleSlot, out: Emitter): void | Promise<void>;
  /**
   * Called behind a cut when more may be certain of how far keys are than their own records say: a stage that holds
   * something back asks `eventTime.release` for each key.
   */
  progress?(out: Emitter): void;
  close?(): void | Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds definitions of any state type
export interface ProcessorDefinition<C extends TObject = TObject, S = any> extends DefinitionBase<C> {
  readonly kind: 'processor';
  /**
   * What brings its records together: the plan sees to it that all records of a key reach one task, whether or not the
   * stage keeps anything. Undefined: nothing does, and it runs wherever its records are.
   */
  readonly requires?: (config: Static<C>) => KeySpec | undefined;
  /** It is there to distribute records: they are brought together anew even where they lie by its key already. */
  readonly redistributes?: boolean;
  /** The short way for the one store most operators have: of the stage itself, by asset and point. */
  readonly state?: StateDefinition<S, Static<C>>;
  /** Further stores it keeps, for `context.store`. */
  // biome-ignore lint/suspicious/noExplicitAny: of any state type
  readonly stores?: readonly StoreDefinition<any, Static<C>>[];
  /** What it asks services outside for its records, for `context.lookUp`. */
  // biome-ignore lint/suspicious/noExplicitAny: of any question and answer
  readonly lookUps?: readonly LookUpDefinition<any, any, Static<C>>[];
  /** Data of the organisation it goes by, complete before its first record, for `context.reference`. */
  // biome-ignore lint/suspicious/noExplicitAny: of any data
  readonly references?: readonly ReferenceDefinition<any>[];
  /** By the clock: its stage gets their slots by `scheduled`. */
  readonly schedules?: readonly ScheduleDefinition<Static<C>>[];
  /** For operators that tell their output lanes apart: what is wrong with those of the stage, relative to its configuration. */
  readonly checkLanes?: (config: Static<C>, lanes: readonly string[]) => readonly Issue[];
  /**
   * What comes out depends on which records come together: it gets the whole of each batch that the source defines, in
   * one call of `processBatch`. Tasks that run such a stage gather their input into these batches.
   */
  readonly worksOnBatches?: boolean;
  /** It puts out records of its own, at times of its own: what comes out is not one record for each that came in. */
  readonly makesRecords?: boolean;
  /** False where the same input can lead to other output (scripts): it is not tried by repeating it. */
  readonly deterministic?: boolean;
  /** Top-level record fields it may change; `'any'` for scripts. Decides where the plan has to be cut again. */
  readonly changes: (config: Static<C>) => readonly string[] | 'any';
  /**
   * How long one call may take, in ms, where that is more than an instant: a script with a time limit, a request. The
   * engine commits before such a call, so that no transaction is open meanwhile, and sets its time-outs by it.
   */
  readonly longestCallMs?: (config: Static<C>) => number;
  /**
   * When present, the stage passes a record on only if one of these points or measurements matches and never changes a record;
   * the engine may then drop other records before they are parsed.
   */
  readonly selects?: (config: Static<C>) => readonly DataReference[];
  /**
   * Input and output points, or measurements, for stream lineage; undefined where the operator does not support it. Lists of the same
   * length belong together entry by entry. An operator that names inputs handles nothing else.
   */
  readonly lineage?: (config: Static<C>) => {
    readonly inputs: readonly DataReference[];
    readonly outputs: readonly DataReference[];
  };
  readonly create: (config: Static<C>, context: StageContext<S>) => Processor | Promise<Processor>;
}

export const defineProcessor = <C extends TObject, S = undefined>(
  definition: Omit<ProcessorDefinition<C, S>, 'kind'>,
): ProcessorDefinition<C, S> => ({ kind: 'processor', ...definition });
