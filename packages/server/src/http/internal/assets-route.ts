import { assetsReplySchema, assetsRequestSchema } from '@penstock/model/messages';
import { eq } from 'drizzle-orm';
import { Type } from 'typebox';
import { readRunAssets } from '../../assets/read/read-run-assets.ts';
import type { HeartbeatDeps } from '../../runs/heartbeat/receive-heartbeat.ts';
import { runs } from '../../store/schema.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { problemSchema } from '../plugins/problem.ts';
import { admitRun, refuseRun } from './run-token.ts';

/** Room for as many ids as may be asked for, whatever they are written with. */
const MAX_REQUEST_BYTES = 256 * 1024;

/** Where workers ask for assets of their run's organisation, and no other: bearer is the run's token. */
export const registerAssetsRoute = (app: ApiInstance, deps: Pick<HeartbeatDeps, 'store'>): void => {
  void app.post(
    '/internal/v1/runs/:runId/assets',
    {
      config: { permission: 'run-token' },
      bodyLimit: MAX_REQUEST_BYTES,
      logLevel: 'warn',
      schema: {
        hide: true,
        params: Type.Object({ runId: Type.String({ minLength: 1, maxLength: 100 }) }),
        body: assetsRequestSchema,
        response: { 200: assetsReplySchema, 401: problemSchema, 404: problemSchema, 410: problemSchema },
      },
      onRequest: admitRun(deps),
    },
    async (request, reply) => {
      const { db } = deps.store;
      const [run] = await db.select({ orgId: runs.orgId }).from(runs).where(eq(runs.runId, request.params.runId));
      if (run === undefined) return refuseRun(request, reply, 'unknown-run');
      return reply.code(200).send(await readRunAssets(db, run.orgId, request.body));
    },
  );
};
