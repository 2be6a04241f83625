import { MAX_SNAPSHOT_TEXT } from '@penstock/model';
import { Type } from 'typebox';

/** The heartbeat as it comes over HTTP: `Heartbeat` of the model, with bounds. */
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const offset = Type.Integer({ minimum: -1, maximum: Number.MAX_SAFE_INTEGER });
/** Far more than workers send: a heartbeat must not fail for what somebody wanted to look at. */
const MAX_SNAPSHOT_RECORDS = 50_000;
/** Told at any length, kept at `MAX_MESSAGE`: a heartbeat is not refused because a stack trace is long. */
const message = Type.String({ maxLength: 100_000 });
const name = Type.String({ maxLength: 255 });
const amount = Type.Number({ minimum: 0 });
const counters = Type.Record(Type.String(), count, { maxProperties: 200 });

const clusterReport = Type.Object({
  tag: Type.String({ minLength: 1, maxLength: 200 }),
  applicationId: Type.String({ pattern: '^application_[0-9]{1,20}_[0-9]{1,10}$' }),
  attempt: Type.Integer({ minimum: 1, maximum: 100_000 }),
  executors: Type.Array(
    Type.Object({
      executorId: name,
      host: name,
      // Empty where Spark does not say; anything else becomes part of an address.
      containerId: Type.String({ pattern: '^(container_[0-9a-z_]{1,100})?$' }),
      tasks: count,
      jvmPid: count,
      jvmRssMb: amount,
      jvmCpuMs: amount,
      workerPid: Type.Optional(count),
      workerRssMb: Type.Optional(amount),
      workerCpuMs: Type.Optional(amount),
    }),
    { maxItems: 2000 },
  ),
  batches: Type.Object({
    intervalMs: amount,
    completed: count,
    waiting: count,
    schedulingDelayMs: amount,
    processingMs: amount,
  }),
  backPressureRate: Type.Optional(amount),
});

export const heartbeatSchema = Type.Object({
  protocol: Type.Optional(Type.Integer({ minimum: 1 })),
  launchId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  runId: Type.String({ minLength: 1, maxLength: 100 }),
  workerId: Type.String({ minLength: 1, maxLength: 100 }),
  pid: Type.Integer({ minimum: 1 }),
  host: Type.String({ minLength: 1, maxLength: 255 }),
  startedAt: count,
  sequence: Type.Integer({ minimum: 1 }),
  phase: Type.Union([
    Type.Literal('starting'),
    Type.Literal('running'),
    Type.Literal('draining'),
    Type.Literal('stopped'),
    Type.Literal('failed'),
  ]),
  failure: Type.Optional(
    Type.Object({
      code: Type.String({ maxLength: 200 }),
      message,
      retryable: Type.Boolean(),
      stage: Type.Optional(Type.String({ maxLength: 1000 })),
    }),
  ),
  startProgress: Type.Optional(count),
  waiting: Type.Optional(
    Type.Object({ code: Type.String({ maxLength: 200 }), message, since: Type.Number({ minimum: 0 }) }),
  ),
  tasks: Type.Array(
    Type.Object({
      part: count,
      topic: Type.String({ maxLength: 300 }),
      partition: count,
      committedOffset: offset,
      endOffset: offset,
      lag: Type.Integer({ minimum: -1 }),
      stalledMs: Type.Number({ minimum: 0 }),
      lastCommitAgeMs: Type.Optional(Type.Number({ minimum: 0 })),
      heldBack: Type.Optional(Type.Object({ records: count, forMs: Type.Number({ minimum: 0 }) })),
      trouble: Type.Optional(Type.String({ maxLength: 1000 })),
    }),
    { maxItems: 20_000 },
  ),
  stages: Type.Record(
    Type.String(),
    Type.Object({ input: count, output: count, errors: counters, dropped: counters }),
    { maxProperties: 1000 },
  ),
  recordsRead: count,
  bytesRead: count,
  recordsWritten: count,
  rssMb: Type.Number({ minimum: 0 }),
  cpuMs: Type.Number({ minimum: 0 }),
  events: Type.Array(
    Type.Object({
      at: Type.Number({ minimum: 0 }),
      code: Type.String({ maxLength: 200 }),
      message,
      severity: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
    }),
    { maxItems: 500 },
  ),
  cluster: Type.Optional(clusterReport),
  snapshot: Type.Optional(
    Type.Object({
      id: Type.String({ minLength: 1, maxLength: 100 }),
      records: Type.Array(
        Type.Object({
          stage: Type.String(),
          direction: Type.Union([Type.Literal('input'), Type.Literal('output')]),
          part: count,
          partition: count,
          text: Type.String({ maxLength: MAX_SNAPSHOT_TEXT }),
          isCut: Type.Boolean(),
        }),
        { maxItems: MAX_SNAPSHOT_RECORDS },
      ),
    }),
  ),
});

export const heartbeatReplySchema = Type.Object({
  desired: Type.Union([Type.Literal('run'), Type.Literal('pause'), Type.Literal('stop'), Type.Literal('exit')]),
  kafkaRate: Type.Integer(),
  intervalMs: Type.Integer(),
  snapshot: Type.Optional(
    Type.Object({ id: Type.String(), records: Type.Integer(), stage: Type.Optional(Type.String()) }),
  ),
});
