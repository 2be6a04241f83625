import {
  batchReportSchema,
  clusterReportSchema,
  executorReportSchema,
  partWorkSchema,
  runEventSchema,
  stageCountersSchema,
  taskProgressSchema,
  workerFiguresSchema,
  workerIdentitySchema,
  workerPhaseSchema,
} from '@penstock/model/messages';
import { Type } from 'typebox';
import { explanationSchema } from '../../plugins/explain-codes.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { nullable, shown, text, time } from '../../plugins/schemas.ts';

const reason = nullable(Type.Object({ code: Type.String(), message: Type.String() }));
const desired = nullable(Type.Union([Type.Literal('run'), Type.Literal('pause'), Type.Literal('stop')]));

export const observedSchema = nameSchema(
  'ObservedState',
  Type.Object({
    state: Type.String({ description: 'STARTING, RUNNING, PAUSED, …: what was last seen, never what is hoped for.' }),
    since: time('Since when'),
    ageMs: Type.Integer({ description: 'Age of the evidence.' }),
    source: Type.Union(
      [Type.Literal('heartbeat'), Type.Literal('process'), Type.Literal('yarn'), Type.Literal('database')],
      {
        description:
          'heartbeat: the worker or driver says so; process: the supervisor sees it; yarn: the ResourceManager says so; ' +
          'database: nothing is under way.',
      },
    ),
    reason,
    attempts: Type.Integer({ description: 'Workers launched for the current run.' }),
  }),
);

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
  updatedBy: text('Who changed it last: an access key, or `admin`; empty where that is not known.'),
  revision: Type.Integer({ description: 'Of the design copy; counts up with each change of it.' }),
  version: nullable(Type.Integer({ description: 'The released version.' })),
  group: nullable(text('The group it is in.')),
  labels: Type.Array(Type.String()),
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
  lag: nullable(Type.Integer({ description: 'Records of the topics of all sources not yet committed.' })),
  droppedTotal: Type.Integer({ description: 'Records dropped for a stated reason since the worker started.' }),
  errorsTotal: Type.Integer({ description: 'Error records since the worker started.' }),
};

export const pipelineSummarySchema = nameSchema('PipelineSummary', Type.Object(summaryFields));

export const applicationSchema = nameSchema(
  'YarnApplication',
  Type.Object(
    {
      applicationId: Type.String(),
      state: Type.String({ description: "YARN's word: NEW, SUBMITTED, ACCEPTED, RUNNING, FINISHED, FAILED, KILLED" }),
      finalStatus: Type.String({
        description: 'UNDEFINED until it has ended; then SUCCEEDED, FAILED, KILLED or ENDED',
      }),
      diagnostics: Type.String({ description: "YARN's diagnosis, as one short line." }),
      attempts: Type.Integer({ description: 'Drivers YARN has started so far.' }),
      queue: Type.String(),
      trackingUrl: Type.String(),
      waiting: nullable(Type.String({ description: 'Why it has not got what it asked for, where it is waiting.' })),
      startedAt: time('Accepted by YARN'),
      finishedAt: nullable(time('End of the application')),
      memoryMb: Type.Integer({ description: 'Memory of its containers, MiB' }),
      vcores: Type.Integer(),
      containers: Type.Integer({ description: 'Containers it has: driver and executors.' }),
    },
    { description: 'The YARN application, as it was last seen; kept after its end.' },
  ),
);

export const shownTask = shown(taskProgressSchema);
export const shownExecutor = shown(Type.Omit(executorReportSchema, ['jvmPid']));
export const shownIdentity = shown(workerIdentitySchema);
export const shownFigures = shown(workerFiguresSchema);

const workerSchema = nameSchema(
  'RunWorker',
  Type.Object({
    ...shownIdentity.schema.properties,
    phase: workerPhaseSchema,
    heartbeatAt: time('Last heartbeat'),
    ...shownFigures.schema.properties,
  }),
);

/** Made of the parts of the heartbeats that it shows. */
export const runSchema = nameSchema(
  'RunView',
  Type.Object({
    runId: Type.String(),
    startedAt: time('Start of the run'),
    endedAt: nullable(time('End of the run')),
    worker: nullable(workerSchema),
    tasks: Type.Array(nameSchema('RunTask', shownTask.schema)),
    stages: Type.Record(Type.String(), nameSchema('StageCounters', stageCountersSchema)),
    work: nullable(
      Type.Record(Type.String(), nameSchema('PartWork', partWorkSchema), {
        description: 'By index of the part of the plan; null where the worker does not measure time.',
      }),
    ),
    application: nullable(applicationSchema),
    executors: Type.Array(nameSchema('RunExecutor', shownExecutor.schema), {
      description: 'Cluster Mode: as the driver last told of them.',
    }),
    batches: nullable(nameSchema('RunBatches', batchReportSchema)),
    backPressureRate: nullable(clusterReportSchema.properties.backPressureRate),
  }),
);

export const pipelineDetailSchema = nameSchema(
  'Pipeline',
  Type.Object({
    ...summaryFields,
    run: nullable(runSchema),
    versions: Type.Integer({ description: 'Released versions kept.' }),
    documents: Type.Object({ design: Type.String(), released: nullable(Type.String()) }),
  }),
);

export const versionSchema = nameSchema(
  'PipelineVersion',
  Type.Object({
    number: Type.Integer(),
    name: Type.String(),
    description: Type.String(),
    templateType: Type.Integer(),
    templateVersion: Type.String(),
    messageChannel: Type.Integer(),
    releasedAt: time('Release'),
    releasedBy: Type.String(),
    note: nullable(text('What whoever released it had to say of it.')),
    isOnline: Type.Boolean(),
  }),
);

export const eventSchema = nameSchema(
  'PipelineEvent',
  Type.Object({
    ...runEventSchema.properties,
    at: time('When'),
    runId: nullable(Type.String()),
    explanation: Type.Optional(explanationSchema),
  }),
);

export const sampleSchema = nameSchema(
  'PipelineSample',
  Type.Object({
    ts: time('When'),
    lag: Type.Integer(),
    offset: Type.Integer(),
    recordsIn: Type.Integer(),
    recordsOut: Type.Integer(),
    errors: Type.Integer(),
    rssMb: Type.Integer(),
  }),
);
