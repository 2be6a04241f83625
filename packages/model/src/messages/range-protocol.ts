import { Type } from 'typebox';
import type { Message } from './message.ts';
import { runLayoutSchema } from './run-layout.ts';
import { snapshotRequestSchema, snapshotResultSchema } from './snapshot.ts';
import {
  count,
  offset,
  runEventSchema,
  runFailureSchema,
  stagesSchema,
  taskPlaceSchema,
  taskProgressSchema,
  workerFiguresSchema,
  workSchema,
} from './worker-report.ts';

/**
 * What a Spark executor and the worker beside it say to each other, over the worker's standard input and output: each
 * message is its length in bytes (unsigned, 4 bytes, big-endian) and that much JSON in UTF-8. The executor asks, the
 * worker answers; answers carry the number of what they answer and may overtake each other. The worker ends when its
 * standard input does. Its console output goes to standard error.
 *
 * The Java side is `Protocol` and `WorkerProcess` of `cluster/spark-driver`.
 */

const id = Type.Integer({ minimum: 0 });

/** Offsets `[from, until)` of the input of a task. */
export const taskRangeSchema = Type.Object({ ...taskPlaceSchema.properties, from: count, until: count });
export type TaskRange = Message<typeof taskRangeSchema>;

/** Is somebody there? */
export const helloRequestSchema = Type.Object({ id, kind: Type.Literal('hello') });

/**
 * Compiles the document with what Kafka knows of its topics, makes the topics it needs, and says what there is to read.
 * Asked once at the start and every 15 s later, to learn of new partitions.
 */
export const prepareRequestSchema = Type.Object({
  id,
  kind: Type.Literal('prepare'),
  /** Also delete from the repartition topics what has been processed. */
  purge: Type.Boolean(),
  /** The one tasks run by already; what does not go with it is refused with `PLAN_CHANGED`. */
  layout: Type.Optional(runLayoutSchema),
});

/**
 * Takes over tasks: fences older owners, restores state, finds the position. What takes longer than 15 s is answered
 * with an error, `START_UNDER_WAY` or what is waited for, and goes on: to be asked again.
 */
export const openRequestSchema = Type.Object({
  id,
  kind: Type.Literal('open'),
  thread: count,
  layout: runLayoutSchema,
  places: Type.Array(taskPlaceSchema),
});

/**
 * Processes ranges and commits each. Names every task that belongs to the thread, those without anything to read with
 * an empty range: what it does not name is closed, and what is not open yet is opened.
 */
export const runRequestSchema = Type.Object({
  id,
  kind: Type.Literal('run'),
  thread: count,
  layout: runLayoutSchema,
  /** Records per second; only a source without a topic is paced by it here. */
  kafkaRate: count,
  ranges: Type.Array(taskRangeSchema),
  snapshot: Type.Optional(snapshotRequestSchema),
});

export const rangeRequestSchema = Type.Union([
  helloRequestSchema,
  prepareRequestSchema,
  openRequestSchema,
  runRequestSchema,
]);
export type RangeRequest = Message<typeof rangeRequestSchema>;

export const helloAnswerSchema = Type.Object({ workerId: Type.String(), pid: count, threads: count });
export type HelloAnswer = Message<typeof helloAnswerSchema>;

export const prepareAnswerSchema = Type.Object({
  /** Handed back with every later request; means nothing to the driver. */
  layout: runLayoutSchema,
  /** The pipeline's commit interval: the time between two batches. */
  batchIntervalMs: count,
  /** What each part of the plan reads, by index; a source that is no topic has none: one place for records in the document, several for a clock. */
  parts: Type.Array(Type.Object({ topic: Type.Union([Type.String(), Type.Null()]), partitions: count })),
  /** How many of the parts, the first ones, are those of sources; absent: one. All of these are under one rate. */
  sources: Type.Optional(count),
});
export type PrepareAnswer = Message<typeof prepareAnswerSchema>;

export const taskPositionSchema = Type.Object({
  ...taskPlaceSchema.properties,
  /** Null for a source without a topic, which has no position. */
  committedOffset: Type.Union([offset, Type.Null()]),
  /** How far the input reaches; -1 where not known. */
  endOffset: offset,
});
export type TaskPosition = Message<typeof taskPositionSchema>;

export const openAnswerSchema = Type.Object({ positions: Type.Array(taskPositionSchema) });
export type OpenAnswer = Message<typeof openAnswerSchema>;

/** The worker as a whole, all threads; counted since its process started. */
export const workerReportSchema = Type.Object({
  workerId: Type.String(),
  pid: count,
  ...workerFiguresSchema.properties,
  stages: stagesSchema,
  work: Type.Optional(workSchema),
  /** What happened since the last answer. */
  events: Type.Array(runEventSchema),
  /** What was caught so far for the snapshot of the request. */
  snapshot: Type.Optional(snapshotResultSchema),
});
export type WorkerReport = Message<typeof workerReportSchema>;

export const runAnswerSchema = Type.Object({
  /** Of the tasks named in the request. `committedOffset` is at or beyond the end of the range. */
  tasks: Type.Array(taskProgressSchema),
  /** True once a source without a topic has no more records. */
  isFinished: Type.Boolean(),
  report: workerReportSchema,
});
export type RunAnswer = Message<typeof runAnswerSchema>;

/**
 * What the thread has done so far to get ready, so that a start that takes long can be told from one that stands still.
 */
const startProgress = Type.Optional(count);

/** `retryable`: asking again, here or elsewhere, may help. */
export const rangeRefusalSchema = Type.Object({
  id,
  ok: Type.Literal(false),
  startProgress,
  error: runFailureSchema,
});
export type RangeRefusal = Message<typeof rangeRefusalSchema>;

const done = { id, ok: Type.Literal(true), startProgress };
export const rangeAnswerSchema = Type.Union([
  Type.Object({ ...done, ...helloAnswerSchema.properties }),
  Type.Object({ ...done, ...prepareAnswerSchema.properties }),
  Type.Object({ ...done, ...openAnswerSchema.properties }),
  Type.Object({ ...done, ...runAnswerSchema.properties }),
  rangeRefusalSchema,
]);
export type RangeAnswer = Message<typeof rangeAnswerSchema>;
