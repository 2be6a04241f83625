import type { Static, TObject } from 'typebox';
import type { Clock, InputPartition, Position, SqlPool, TopicAppender } from '../ports.ts';
import type { StreamRecord } from '../record/stream-record.ts';
import type { PipelineFacts } from './context.ts';
import type { DefinitionBase } from './definition-base.ts';
import type { Emitter } from './emitter.ts';

/**
 * What a target makes of records that are worked off again after a crash:
 *
 * - `exactly-once`: what it writes stands or falls with the position in the input
 * - `idempotent`: they are written again, and that changes nothing
 * - `at-least-once`: they may be there twice
 */
export type DeliveryPromise = 'exactly-once' | 'idempotent' | 'at-least-once';

/** A Kafka topic that a target writes through the log of its task. */
export interface TargetTopic {
  readonly topic: string;
  /** Kafka client settings the user gave, already checked against the allow-list. */
  readonly clientSettings: Readonly<Record<string, string>>;
}

/** What a stage's target is, resolved once, in the plan: what has to be known of it before it runs, and how to open it. */
export interface TargetPort {
  readonly promise: DeliveryPromise;
  /** Topics that are checked before the run begins, and written in the transactions of the task. */
  readonly topics: readonly TargetTopic[];
  /** It ends records on purpose: nothing comes out that could be looked at. */
  readonly isEnd?: boolean;
  /** It reaches something beside the log of its task, so that a preview must not open it. */
  readonly isOutside?: boolean;
  /** Called for each task of the stage, each time the task is made. */
  open(context: TargetContext): Target | Promise<Target>;
}

/** What an open target may use. */
export interface TargetContext {
  readonly instanceName: string;
  readonly pipeline: PipelineFacts;
  /** Looked up once for many records. */
  readonly clock: Clock;
  /** The database of a connection that the stage names. Throws where the run was not given it. */
  sql(connection: string): SqlPool;
  /** For one of the topics of the port. */
  appender(topic: string): TopicAppender;
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

/**
 * A target in one task. Exactly one of `write` and `writeBatch` is present. Each emits the records it has taken, and
 * makes errors of those it refuses, in the same call or in a later one; what is not known to be written at `flush` is.
 *
 * What keeps a target from writing at all is no error of a record: it throws `targetUnreachable` for what may pass by
 * itself, and the task waits and begins again at its last commit, and `targetUnusable` for what somebody has to mend.
 */
export interface Target {
  /** One record at a time, for targets that only fill buffers: no promise per record. */
  write?(record: StreamRecord, out: Emitter): void;
  /** The records of a batch, in order. */
  writeBatch?(records: readonly StreamRecord[], out: Emitter): void | Promise<void>;
  /**
   * It holds as much as it should in memory: the task commits before it goes on.
   */
  readonly isFull?: boolean;
  /**
   * Called once, before it is known where the task begins: when it resolves, no older owner of the task writes any more.
   * Only then is the position asked for. Kafka has fenced older owners before, but a target learns of its owners by
   * itself, and one that comes late must not go by a position from before somebody else's commits.
   */
  claim?(input: InputPartition): undefined | Promise<void>;
  /**
   * Called once, before the first record, with where the task begins in its input. A target that outlived the task's
   * last commit answers the offset up to which it has written already what the task is about to do once more. The claim
   * may be lost by now: then it throws, as `flush` does.
   */
  begin?(start: Position): undefined | Promise<number | undefined>;
  /**
   * A record of what it has written already: it is emitted, or made the error that it was. What happens by the clock
   * meanwhile is not among them, for it happens at other times than before.
   */
  again?(record: StreamRecord, out: Emitter): void;
  /**
   * Called before each commit of the task: afterwards all it was given is written, and stands. `position` is where the
   * task would go on after the commit; undefined where it has none. The task's own commit may still fail.
   */
  flush?(position: Position | undefined, out: Emitter): void | Promise<void>;
  /** The task's own commit has succeeded. */
  committed?(position: Position | undefined): void;
  close?(): void | Promise<void>;
}

export interface TargetDefinition<C extends TObject = TObject> extends DefinitionBase<C> {
  readonly kind: 'target';
  readonly target: (config: Static<C>, pipeline: PipelineFacts) => TargetPort;
}

export const defineTarget = <C extends TObject>(
  definition: Omit<TargetDefinition<C>, 'kind'>,
): TargetDefinition<C> => ({
  kind: 'target',
  ...definition,
});
