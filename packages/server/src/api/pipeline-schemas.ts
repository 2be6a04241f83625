import { Type } from 'typebox';
import { nullable, time } from './schemas.ts';

const reason = nullable(Type.Object({ code: Type.String(), message: Type.String() }));
const desired = nullable(Type.Union([Type.Literal('run'), Type.Literal('pause'), Type.Literal('stop')]));

export const observedSchema = Type.Object({
  state: Type.String({ description: 'STARTING, RUNNING, PAUSED, …: what was last seen, never what is hoped for.' }),
  since: time('Since when'),
  ageMs: Type.Integer({ description: 'Age of the evidence.' }),
  source: Type.Union([Type.Literal('heartbeat'), Type.Literal('process'), Type.Literal('database')], {
    description: 'heartbeat: the worker says so; process: the supervisor sees it; database: nothing is under way.',
  }),
  reason,
  attempts: Type.Integer({ description: 'Workers launched for the current run.' }),
});

const summaryFields = {
  pipelineId: Type.String(),
  orgId: Type.String(),
  name: Type.String(),
  description: Type.String(),
  templateType: Type.Integer(),
  messageChannel: Type.Integer({ description: '0 real-time channel, 1 offline channel' }),
  released: Type.Boolean(),
  releasedAt: nullable(time('Release')),
  updatedAt: time('Last change of the design copy'),
  executionMode: nullable(Type.Integer({ description: '0 Standalone Mode, 1 Cluster Mode; as of the last start' })),
  kafkaRate: nullable(Type.Integer({ description: 'Records per second, for the whole pipeline' })),
  desired,
  status: Type.String({ description: "The EnOS API's word for the state." }),
  observed: observedSchema,
  resource: Type.Object({
    standaloneCu: Type.Optional(Type.Number()),
    serverCu: Type.Optional(Type.Number()),
    yarnCu: Type.Optional(Type.Number()),
  }),
  throughput: Type.Object({ recordsInPerSecond: Type.Number(), recordsOutPerSecond: Type.Number() }),
  lag: nullable(Type.Integer({ description: 'Records of the source topic not yet committed.' })),
  errorsTotal: Type.Integer({ description: 'Error records since the worker started.' }),
};

export const pipelineSummarySchema = Type.Object(summaryFields);

const counters = Type.Record(Type.String(), Type.Integer());
export const runSchema = Type.Object({
  runId: Type.String(),
  startedAt: time('Start of the run'),
  endedAt: nullable(time('End of the run')),
  worker: nullable(
    Type.Object({
      workerId: Type.String(),
      pid: Type.Integer(),
      host: Type.String(),
      startedAt: time('Start of the process'),
      phase: Type.String(),
      heartbeatAt: time('Last heartbeat'),
      recordsRead: Type.Integer(),
      bytesRead: Type.Integer(),
      recordsWritten: Type.Integer(),
      rssMb: Type.Number(),
      cpuMs: Type.Number(),
    }),
  ),
  tasks: Type.Array(
    Type.Object({
      part: Type.Integer(),
      topic: Type.String(),
      partition: Type.Integer(),
      committedOffset: Type.Integer(),
      endOffset: Type.Integer(),
      lag: Type.Integer(),
      stalledMs: Type.Number(),
    }),
  ),
  stages: Type.Record(
    Type.String(),
    Type.Object({ input: Type.Integer(), output: Type.Integer(), errors: counters, dropped: counters }),
  ),
});

export const pipelineDetailSchema = Type.Object({
  ...summaryFields,
  run: nullable(runSchema),
  versions: Type.Integer({ description: 'Released versions kept.' }),
  documents: Type.Object({ design: Type.String(), released: nullable(Type.String()) }),
});

export const versionSchema = Type.Object({
  number: Type.Integer(),
  name: Type.String(),
  description: Type.String(),
  templateType: Type.Integer(),
  templateVersion: Type.String(),
  messageChannel: Type.Integer(),
  releasedAt: time('Release'),
  releasedBy: Type.String(),
  isOnline: Type.Boolean(),
});

export const eventSchema = Type.Object({
  at: time('When'),
  code: Type.String(),
  message: Type.String(),
  severity: Type.String(),
  runId: nullable(Type.String()),
});

export const sampleSchema = Type.Object({
  ts: time('When'),
  lag: Type.Integer(),
  offset: Type.Integer(),
  recordsIn: Type.Integer(),
  recordsOut: Type.Integer(),
  errors: Type.Integer(),
  rssMb: Type.Integer(),
});
