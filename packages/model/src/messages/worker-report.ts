import { type TInteger, type TRecord, Type } from 'typebox';
import type { Draft, Message } from './message.ts';

/**
 * What a worker tells of its work. Heartbeats, the answers of workers to their Spark driver and the API's view of a run
 * are made of these parts. Bounds are far beyond what workers send: a heartbeat must not fail for its size.
 */

/** Bounds of whatever is counted. */
export const COUNT = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
export const count = Type.Integer(COUNT);
export const amount = Type.Number({ minimum: 0 });
/** A Kafka offset; -1 where not yet known. */
export const offset = Type.Integer({ minimum: -1, maximum: Number.MAX_SAFE_INTEGER });
export const shortName = Type.String({ maxLength: 255 });
export const runName = Type.String({ minLength: 1, maxLength: 100 });
const code = Type.String({ maxLength: 200 });
/** Told at any length: nothing is refused because a stack trace is long. The service keeps the beginning. */
const message = Type.String({ maxLength: 100_000 });

/** A task by its place: which part of the plan, which partition of that part's input. */
export const taskPlaceSchema = Type.Object({
  /** The first read the sources, one each (0 alone where there is one); others read repartition topics. */
  part: count,
  partition: count,
});
export type TaskPlace = Message<typeof taskPlaceSchema>;

/**
 * The part of a partition beyond its last stable offset: written, but behind the first record of a transaction that
 * neither commits nor aborts (KIP-98). It is not lag: nobody who reads committed records can have it yet.
 */
export const heldBackSchema = Type.Object(
  {
    /** Offsets between the last stable one and the high watermark: records, and markers of transactions. */
    records: count,
    /** Milliseconds since the last stable offset came to stand still. */
    forMs: amount,
  },
  { description: 'What an open transaction keeps from readers of committed records, and for how long.' },
);
export type HeldBack = Message<typeof heldBackSchema>;

/** Where a task stands. */
export const taskProgressSchema = Type.Object({
  ...taskPlaceSchema.properties,
  topic: Type.String({ maxLength: 300 }),
  committedOffset: offset,
  /** Last stable offset of the partition: what a read-committed consumer could reach. */
  endOffset: offset,
  lag: Type.Integer({ minimum: -1 }),
  /** Milliseconds since the task last moved its committed offset or was seen without backlog. */
  stalledMs: amount,
  lastCommitAgeMs: Type.Optional(
    Type.Number({ minimum: 0, description: 'Time since its last commit; not known before the first.' }),
  ),
  eventLagMs: Type.Optional(
    Type.Integer({
      ...COUNT,
      description:
        'How far the newest event time it has read lies behind: behind now where it has lag, else as it was when the last record came. Not known before a record with a time.',
    }),
  ),
  heldBack: Type.Optional(heldBackSchema),
  trouble: Type.Optional(
    Type.String({ maxLength: 1000, description: 'Why it was last taken up again, where it has not committed since.' }),
  ),
});
export type TaskProgress = Message<typeof taskProgressSchema>;

// Types of records are written out: Biome's type inference overflows its stack in what TypeBox says of them.
const byReason: TRecord<string, TInteger> = Type.Record(Type.String(), count, { maxProperties: 200 });

/** What a stage asked services outside, by one of its look-ups. */
export const lookUpCountersSchema = Type.Object({
  hits: Type.Integer({ ...COUNT, description: 'Questions whose answer was known, or asked for already.' }),
  misses: Type.Integer({ ...COUNT, description: 'Questions that had to be asked.' }),
  failures: Type.Integer({
    ...COUNT,
    description: 'Of those, the ones that failed for good: errors of their records.',
  }),
  requests: Type.Integer({ ...COUNT, description: 'Requests made for them; more than that where some were repeated.' }),
  requestMs: Type.Integer({ ...COUNT, description: 'Time these took, added up.' }),
});
export type LookUpCounters = Draft<typeof lookUpCountersSchema>;

const byLookUp: TRecord<string, typeof lookUpCountersSchema> = Type.Record(Type.String(), lookUpCountersSchema, {
  maxProperties: 20,
});

/** Counters of a stage since the worker started; never reset while it runs. */
export const stageCountersSchema = Type.Object({
  input: count,
  output: count,
  /** Records sent to the dead letters by this stage, by error code. */
  errors: byReason,
  /** Records dropped for a stated reason, by reason (`not-selected`, `late`, `precondition`, `discard:CODE`, …). */
  dropped: byReason,
  /** By name of the look-up; absent where the stage asks nothing. */
  lookUps: Type.Optional(byLookUp),
});
/** Sums are made by adding to them. */
export type StageCounters = Draft<typeof stageCountersSchema>;

/** By stage instance name. */
export const stagesSchema: TRecord<string, typeof stageCountersSchema> = Type.Record(
  Type.String(),
  stageCountersSchema,
  { maxProperties: 1000 },
);

const byStage: TRecord<string, TInteger> = Type.Record(Type.String(), count, { maxProperties: 1000 });

/** What a stage took of the time of a part, and the ways of records to it. */
export const stageWorkSchema = Type.Object({
  busyMs: Type.Integer({
    ...COUNT,
    description: 'Time tasks were in the stage, waiting for its answers and handing on its records included.',
  }),
  /** By the stage they came from. What goes through a repartition topic is counted where it is written to it. */
  from: byStage,
});
export type StageWork = Draft<typeof stageWorkSchema>;

const stageWork: TRecord<string, typeof stageWorkSchema> = Type.Record(Type.String(), stageWorkSchema, {
  maxProperties: 1000,
});

/** What the tasks of a part of the plan spent their time on, added up since the worker started. */
export const partWorkSchema = Type.Object({
  openMs: Type.Integer({
    ...COUNT,
    description: 'Time its tasks were ready to work: ten tasks have ten seconds each.',
  }),
  idleMs: Type.Integer({ ...COUNT, description: 'Of it, waiting for records.' }),
  rateMs: Type.Integer({
    ...COUNT,
    description: 'Of it, records were there but could not be read yet: because of the rate, or the end of a batch.',
  }),
  commitMs: Type.Integer({ ...COUNT, description: 'Of it, sending output and committing to Kafka.' }),
  commits: count,
  /** By instance name. A target may be in several parts. */
  stages: stageWork,
});
export type PartWork = Draft<typeof partWorkSchema>;

/**
 * How time was spent, by index of the part. While a task computes, others of its thread wait for their turn: that is
 * counted for none of them, so that what a thread is busy with shows whoever waits for it meanwhile.
 */
export const workSchema: TRecord<string, typeof partWorkSchema> = Type.Record(Type.String(), partWorkSchema, {
  maxProperties: 1000,
});
/** Sums are made by adding to them. */
export type Work = Record<string, PartWork>;

/** What a worker process has done and taken since it started. */
export const workerFiguresSchema = Type.Object({
  recordsRead: count,
  bytesRead: count,
  recordsWritten: count,
  rssMb: amount,
  /** User and system CPU time. */
  cpuMs: amount,
});
export type WorkerFigures = Message<typeof workerFiguresSchema>;

export const runFailureSchema = Type.Object({
  code,
  message,
  /** False when starting again without a change cannot help (the pipeline goes into error at once). */
  retryable: Type.Boolean(),
  stage: Type.Optional(Type.String({ maxLength: 1000 })),
});
export type RunFailure = Message<typeof runFailureSchema>;

/** What keeps a run from working although neither it nor its document is at fault: it goes on by itself. */
export const waitingSchema = Type.Object({
  /** What it waits for is in the code: those of Kafka that can pass. */
  code,
  message,
  since: Type.Number({ minimum: 0, description: 'Unix ms, by the clock of whoever waits.' }),
});
export type Waiting = Message<typeof waitingSchema>;

/** Something that happened in a run and that people may want to read later. */
export const runEventSchema = Type.Object({
  /** Unix ms. */
  at: amount,
  code,
  message,
  severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
});
export type RunEvent = Message<typeof runEventSchema>;
