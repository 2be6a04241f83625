import { parseSupervision } from '@penstock/modes';
import type { Static } from 'typebox';
import { findRun, listRunEvents, listRuns, type RunPosition } from '../../../history/list-runs.ts';
import { parseDesired } from '../../../runs/run-store.ts';
import type { runs } from '../../../store/schema.ts';
import { findPipeline } from '../../../use-case/find-pipeline.ts';
import { type UseCaseDeps, UseCaseError } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { bearer, pageOf, pageQuery, pipelineParams, responses } from '../../plugins/schemas.ts';
import { targetOf } from '../pipelines/pipeline-routes.ts';
import { runOf } from '../pipelines/run-view.ts';
import { runDetailSchema, runParams, runSummarySchema } from './run-schemas.ts';

const base = { tags: ['Pipelines'], security: bearer };
const MAX_EVENTS = 100;

export const runUnknown = (runId: string): UseCaseError =>
  new UseCaseError('RUN_UNKNOWN', 'not-found', 'The pipeline has no such run, or it is no longer kept.', {
    params: { runId },
  });

/** Runs of a pipeline, those that are over included, for as long as they are kept. */
export const registerRunRoutes = (app: ApiInstance, deps: UseCaseDeps): void => {
  void app.get(
    '/pipelines/:pipelineId/runs',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'Runs, the last one first: when, which version, how they ended',
        params: pipelineParams,
        querystring: pageQuery,
        response: responses({ 200: pageOf(runSummarySchema) }),
      },
    },
    async (request) => {
      const { db } = deps.store;
      const { orgId, pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const { limit, cursor } = request.query;
      const { currentRunId } = await findPipeline(db, orgId, pipelineId);
      const after = decodeCursor(cursor, positionOf);
      // One more than asked for says whether there is another page.
      const { rows, total } = await listRuns(db, pipelineId, { limit: limit + 1, after });
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        items: shown.map((run) => summaryOf(run, currentRunId)),
        nextCursor: last === undefined ? null : encodeCursor([last.createdAt, last.runId]),
        total,
      };
    },
  );
  void app.get(
    '/pipelines/:pipelineId/runs/:runId',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        ...base,
        summary: 'One run: its launches, the last word of its worker where that is kept, its events',
        params: runParams,
        response: responses({ 200: runDetailSchema }),
      },
    },
    async (request) => {
      const { db } = deps.store;
      const { orgId, pipelineId } = await targetOf(deps, request, request.params.pipelineId);
      const found = await findRun(db, pipelineId, request.params.runId);
      if (found === undefined) throw runUnknown(request.params.runId);
      const { currentRunId } = await findPipeline(db, orgId, pipelineId);
      const { run, leaseOwner, ...seen } = found;
      const events = await listRunEvents(db, pipelineId, run.runId, MAX_EVENTS);
      return {
        ...summaryOf(run, currentRunId),
        launch: launchOf(run, leaseOwner),
        report: seen.heartbeat === null ? null : runOf(deps.modes, { ...run, ...seen }),
        events: events.map(({ at, code, message, severity, runId }) => ({ at, code, message, severity, runId })),
      };
    },
  );
};

type Row = typeof runs.$inferSelect;

const summaryOf = (run: Row, currentRunId: string | null): Static<typeof runSummarySchema> => ({
  runId: run.runId,
  pipelineId: run.pipelineId,
  version: run.versionNumber,
  isCurrent: run.runId === currentRunId,
  executionMode: run.executionMode,
  kafkaRate: run.kafkaRate,
  resource: {
    standaloneCu: run.standaloneMilli / 1000,
    serverCu: run.serverMilli / 1000,
    yarnCu: run.yarnMilli / 1000,
  },
  desired: parseDesired(run.desired),
  startedAt: run.createdAt,
  runningAt: run.runningAt,
  endedAt: run.endedAt,
  endedAs: run.endedAs,
  launches: run.attempts,
  reason: run.reasonCode === null ? null : { code: run.reasonCode, message: run.reasonMessage ?? '' },
});

const launchOf = (run: Row, leaseOwner: string | null): Static<typeof runDetailSchema>['launch'] => {
  const { launch, failures, asked, notice, givenUp } = parseSupervision(run.launcherState);
  const isOpen = run.endedAt === null;
  return {
    isOut: isOpen && launch !== undefined,
    launchTag: run.launchTag,
    applicationId: run.applicationId,
    host: run.workerHost,
    pid: run.workerPid,
    supervisedBy: isOpen ? leaseOwner : null,
    failuresInARow: failures,
    nextAttemptAt: isOpen ? run.nextAttemptAt : null,
    askedToEndAt: asked?.kill ?? asked?.graceful ?? null,
    notice: isOpen && notice !== undefined ? { code: notice.code, message: notice.message } : null,
    givenUp: givenUp === undefined ? null : { code: givenUp.code, message: givenUp.message },
  };
};

const positionOf = (value: unknown): RunPosition | undefined => {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [createdAt, runId] = value as readonly unknown[];
  if (!Number.isSafeInteger(createdAt) || typeof runId !== 'string' || runId.includes('\u0000')) return undefined;
  return { createdAt: Number(createdAt), runId };
};
