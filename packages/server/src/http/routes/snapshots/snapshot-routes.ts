import { AppError } from '@penstock/model';
import { snapshotRecordSchema } from '@penstock/model/messages';
import { Type } from 'typebox';
import type { SnapshotDesk } from '../../../snapshot/snapshot-desk.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { closingOf } from '../../plugins/closing.ts';
import { ApiError } from '../../plugins/error-handler.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';

export interface SnapshotRouteDeps extends UseCaseDeps {
  readonly snapshots: SnapshotDesk;
}

/** As it was caught; stage and direction are where it stands. */
const recordSchema = nameSchema('SnapshotRecord', Type.Omit(snapshotRecordSchema, ['stage', 'direction']));

const answerSchema = nameSchema(
  'Snapshot',
  Type.Object({
    records: Type.Array(
      Type.Object({
        stage: Type.String({ description: 'Instance name.' }),
        label: Type.String(),
        input: Type.Array(recordSchema),
        output: Type.Array(recordSchema),
      }),
      { description: 'Stage by stage in the order of the pipeline; also those that no record passed.' },
    ),
    complete: Type.Boolean({
      description: 'False when time ran out, or the run ended, before every stage had shown as many as asked for.',
    }),
    waitedMs: Type.Integer(),
  }),
);

/** Looking at records of a running pipeline. */
export const registerSnapshotRoutes = (app: ApiInstance, deps: SnapshotRouteDeps): void => {
  void app.post(
    '/pipelines/:pipelineId/snapshot',
    {
      config: { permission: 'data.read' },
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'Look at the next records that pass the stages of a running pipeline, which goes on undisturbed',
        description:
          'What a leading Point Selector drops is left out: it is dropped before it becomes a record. One snapshot of a pipeline at a time.',
        params: pipelineParams,
        body: Type.Object({
          records: Type.Integer({ minimum: 1, maximum: 50, default: 10, description: 'Per stage and direction.' }),
          stage: Type.Optional(Type.String({ maxLength: 1000, description: 'Instance name: only this stage.' })),
          timeoutMs: Type.Integer({ minimum: 1000, maximum: 30_000, default: 10_000 }),
        }),
        response: responses({ 200: answerSchema }, 409, 422, 429, 503),
      },
    },
    async (request, reply) => {
      const target = await targetOf(deps, request, request.params.pipelineId);
      return deps.snapshots.take(target, request.body, closingOf(reply.raw)).catch(refuse) as never;
    },
  );
};

const refuse = (error: unknown): never => {
  if (error instanceof AppError && error.code === 'SNAPSHOT_BUSY') throw new ApiError(429, error.code, error.message);
  throw error;
};
