import { MAX_REFERENCE_QUESTION } from '@penstock/model';
import { referenceReplySchema, referenceRequestSchema } from '@penstock/model/messages';
import { and, eq } from 'drizzle-orm';
import { Type } from 'typebox';
import type { LineageDeps } from '../../lineage/read-lineage.ts';
import { readReference } from '../../lineage/read-reference.ts';
import { pipelineVersions, runs } from '../../store/schema.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { problemSchema } from '../plugins/problem.ts';
import { admitRun, refuseRun } from './run-token.ts';

/** Where workers ask for reference data of their run's organisation and message channel: bearer is the run's token. */
export const registerReferencesRoute = (app: ApiInstance, deps: LineageDeps): void => {
  void app.post(
    '/internal/v1/runs/:runId/references',
    {
      config: { permission: 'run-token' },
      bodyLimit: MAX_REFERENCE_QUESTION,
      logLevel: 'warn',
      schema: {
        hide: true,
        params: Type.Object({ runId: Type.String({ minLength: 1, maxLength: 100 }) }),
        body: referenceRequestSchema,
        response: {
          200: referenceReplySchema,
          401: problemSchema,
          404: problemSchema,
          410: problemSchema,
          503: problemSchema,
        },
      },
      onRequest: admitRun(deps),
    },
    async (request, reply) => {
      const [run] = await deps.store.db
        .select({ orgId: runs.orgId, messageChannel: pipelineVersions.messageChannel })
        .from(runs)
        .innerJoin(
          pipelineVersions,
          and(eq(pipelineVersions.pipelineId, runs.pipelineId), eq(pipelineVersions.number, runs.versionNumber)),
        )
        .where(eq(runs.runId, request.params.runId));
      if (run === undefined) return refuseRun(request, reply, 'unknown-run');
      return reply.code(200).send(await readReference(deps, run, request.body));
    },
  );
};
