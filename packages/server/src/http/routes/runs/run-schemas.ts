import { Type } from 'typebox';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { nullable, pipelineParams, text, time } from '../../plugins/schemas.ts';
import { eventSchema, runSchema } from '../pipelines/pipeline-schemas.ts';

export const runParams = Type.Object({
  ...pipelineParams.properties,
  runId: Type.String({ minLength: 1, maxLength: 64 }),
});

const reason = nullable(Type.Object({ code: Type.String(), message: Type.String() }));
const summaryFields = {
  runId: Type.String(),
  pipelineId: Type.String(),
  version: Type.Integer({ description: 'The released version that ran.' }),
  isCurrent: Type.Boolean({ description: 'Whether it is the one the pipeline has now, or had last.' }),
  executionMode: Type.Integer({ description: '0 Standalone Mode, 1 Cluster Mode' }),
  kafkaRate: Type.Integer({ description: 'Records per second, as it was set last.' }),
  resource: Type.Object(
    { standaloneCu: Type.Number(), serverCu: Type.Number(), yarnCu: Type.Number() },
    { description: 'CU it had reserved.' },
  ),
  desired: Type.Union([Type.Literal('run'), Type.Literal('pause'), Type.Literal('stop')]),
  startedAt: time('Start call'),
  runningAt: nullable(time('First seen running; null: it never ran')),
  endedAt: nullable(time('End')),
  endedAs: nullable(text('State of the pipeline its end led to; null while it is open, and where that is not known.')),
  launches: Type.Integer({ description: 'Workers or applications launched for it.' }),
  reason: { ...reason, description: 'What last went wrong with it, whether it ended of it or not.' } as typeof reason,
};

export const runSummarySchema = nameSchema('Run', Type.Object(summaryFields));

export const runDetailSchema = nameSchema(
  'RunDetail',
  Type.Object({
    ...summaryFields,
    launch: Type.Object(
      {
        isOut: Type.Boolean({ description: 'Whether there may be a worker or an application of it.' }),
        launchTag: nullable(text('Tag of the application in YARN.')),
        applicationId: nullable(Type.String()),
        host: nullable(Type.String()),
        pid: nullable(Type.Integer()),
        supervisedBy: nullable(text('The service instance that looks after it.')),
        failuresInARow: Type.Integer({ description: 'Without progress in between.' }),
        nextAttemptAt: nullable(time('Not launched again before')),
        askedToEndAt: nullable(time('When the worker was asked to end')),
        notice: { ...reason, description: 'What is to be known of it while nothing is to be done.' } as typeof reason,
        givenUp: { ...reason, description: 'Why no further launch is tried.' } as typeof reason,
      },
      { description: 'What the supervisor knows of its launches.' },
    ),
    report: nullable(runSchema),
    events: Type.Array(eventSchema, { description: 'The newest hundred, newest first.' }),
  }),
);
