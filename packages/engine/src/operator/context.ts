import type { PipelineFacts } from '@penstock/model';
import type { LookUpAnswers, LookUpDefinition } from '../look-ups/look-up.ts';
import type { Clock } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { Reference, ReferenceDefinition } from '../references/reference.ts';
import type { EventTime } from '../time/event-time.ts';
import type { Emitter } from './emitter.ts';
import type { KeyedState } from './state.ts';
import type { Store, StoreDefinition } from './store.ts';

export interface StageContext<S = never> {
  readonly instanceName: string;
  /** The store of the definition's `state`. */
  readonly state: KeyedState<S>;
  /** One of the stores that the definition names; throws for others, and for those its configuration does without. */
  store<T>(definition: StoreDefinition<T>): Store<T>;
  /**
   * The key of a record, one text per part, as the operator's `requires` says; empty where that names no parts.
   * Undefined: the record has no such key and has been made an error on `out` (`KEY_NOT_VALID`).
   */
  keyOf(record: StreamRecord, out: Emitter): readonly string[] | undefined;
  /** Answers to what the records in hand need, for one of the definition's `lookUps`; throws for others. */
  lookUp<Q, A>(definition: LookUpDefinition<Q, A>): LookUpAnswers<A>;
  /** Data that the stage goes by as a whole, one of the definition's `references`; throws for others. */
  reference<T>(definition: ReferenceDefinition<T>): Reference<T>;
  readonly clock: Clock;
  /** How far the event time of keys is. */
  readonly eventTime: EventTime;
  readonly isPreview: boolean;
  /** Names of the stage's output lanes, in the order of the document. */
  readonly lanes: readonly string[];
  readonly pipeline: PipelineFacts;
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

export type { PipelineFacts };
