import type { ResourceClaim } from '@penstock/engine';
import {
  hasErrors,
  type Issue,
  isJsonObject,
  type JsonValue,
  nextState,
  parseStartRequest,
  type StartRequest,
} from '@penstock/model';
import type { Admission } from '@penstock/modes';
import { eq } from 'drizzle-orm';
import { checkSecrets } from '../pipelines/document-secrets.ts';
import { findStartLock, takeStartLock } from '../runs/start-lock.ts';
import type { Database } from '../store/open-store.ts';
import { pipelines, runs } from '../store/schema.ts';
import { remarkNotRunning } from '../system-pipelines/remark-not-running.ts';
import {
  detailWithNote,
  findPipeline,
  findVersion,
  lockOrganization,
  lockTarget,
  type PipelineRow,
  requireSeen,
  withNote,
} from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { pipelineUnknown, type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { admit } from './admission.ts';
import { claimedTooMuch } from './claimed-memory.ts';

/**
 * Start Pipeline (contract A.9). Returns when the launch is accepted: a run is written that a supervisor picks up.
 *
 * Refused for the first reason that applies, in this order: no such pipeline (61108), its status (61165), another
 * start under way (61121), document or parameters (61100), no grant for the mode (61128), not enough left (61126).
 * The document is compiled before the transaction, since that takes a while; the transaction then checks everything
 * else again under the organisation's lock, and that the document is still the one compiled.
 */
export const startPipeline = async (
  deps: UseCaseDeps,
  target: Target,
  body: unknown,
): Promise<{ readonly runId: string }> => {
  deps.assertOwnSite?.();
  for (let attempt = 0; ; attempt += 1) {
    const seen = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
    requireSeen(seen, target);
    await checkStartable(deps.store.db, seen, deps.clock.now());
    const prepared = await prepare(deps, seen, body);
    const runId = await deps.store.db.transaction((tx) => admitAndWrite(deps, tx, target, seen, prepared));
    if (runId !== undefined) {
      deps.wake?.();
      return { runId };
    }
    if (attempt === 3)
      throw new UseCaseError('START_IN_PROGRESS', 'conflict', 'The pipeline keeps being released while it is started.');
  }
};

interface Prepared {
  readonly issues: readonly Issue[];
  readonly request: StartRequest | undefined;
  readonly sourcePartitions: number | undefined;
  /** Why it can never be run here. */
  readonly objection?: Objection | undefined;
}

interface Objection {
  /** What there is not enough of. */
  readonly resource: 'cluster' | 'memory';
  readonly message: string;
}

const checkStartable = async (db: Database, pipeline: PipelineRow, now: number): Promise<void> => {
  if (nextState(pipeline.status, 'start') === undefined)
    throw new UseCaseError(
      'PIPELINE_STATUS_FORBIDS',
      'conflict',
      `A pipeline with status ${pipeline.status} cannot be started.`,
      { params: { status: pipeline.status, command: 'start' } },
    );
  const lock = await findStartLock(db, pipeline.orgId, now);
  if (lock !== undefined)
    throw new UseCaseError(
      'START_IN_PROGRESS',
      'conflict',
      'Another pipeline of the organisation is being started. Try again when it runs.',
      { params: { runId: lock.runId } },
    );
};

/** Everything that can be found out before the transaction: are the parameters right, would the document run? */
const prepare = async (deps: UseCaseDeps, pipeline: PipelineRow, body: unknown): Promise<Prepared> => {
  const { value: request, issues: requestIssues } = parseStartRequest(body);
  const version = await findVersion(deps.store.db, pipeline.pipelineId, pipeline.releasedNumber);
  if (version === undefined) throw pipelineUnknown(pipeline.pipelineId);
  const document: JsonValue = JSON.parse(version.document);
  if (!isJsonObject(document)) return refuse([...requestIssues, notAnObject()]);
  const {
    issues,
    sourceTopics = [],
    claims = [],
    document: compiled,
  } = await deps.compile(document, {
    pipelineId: pipeline.pipelineId,
    orgId: pipeline.orgId,
    messageChannel: version.messageChannel === 1 ? 1 : 0,
    templateType: version.templateType,
    isReleased: true,
    isSystem: pipeline.isSystem,
    ...(request === undefined ? {} : { mode: deps.modes.of(request.executionMode) }),
  });
  const sourcePartitions = await partitionsOf(deps, sourceTopics);
  const admission: Admission =
    request === undefined
      ? { issues: [] }
      : await deps.modes.of(request.executionMode).admit(request.resourceConfig, body as JsonValue);
  return {
    issues: [
      ...requestIssues,
      ...admission.issues,
      ...issues,
      ...(compiled !== undefined && version.compiled === null ? [releaseAgain()] : []),
      ...checkSecrets(document),
    ],
    request,
    sourcePartitions,
    objection:
      admission.objection === undefined
        ? memoryObjection(deps, request, claims)
        : { resource: 'cluster', message: admission.objection },
  };
};

/** Whether a worker has the memory that stages claim; where there can be no such worker that is said already. */
const memoryObjection = (
  deps: UseCaseDeps,
  request: StartRequest | undefined,
  claims: readonly ResourceClaim[],
): Objection | undefined => {
  const size =
    request === undefined ? undefined : deps.modes.of(request.executionMode).workerSize(request.resourceConfig);
  const message = size === undefined ? undefined : claimedTooMuch(claims, size);
  return message === undefined ? undefined : { resource: 'memory', message };
};

const refuse = (issues: readonly Issue[]): Prepared => ({ issues, request: undefined, sourcePartitions: undefined });

/** Of the widest topic. Not known now (no such topic yet, or Kafka is away): the worker waits for both. */
const partitionsOf = async (deps: UseCaseDeps, topics: readonly string[]): Promise<number | undefined> => {
  const found = await Promise.all(topics.map((topic) => deps.stateStore.partitionCount(topic).catch(() => undefined)));
  const known = found.flatMap((count) => count ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
};

/** What a form stands for is frozen at the release, and at that of this version it stood for nothing. */
const releaseAgain = (): Issue => ({
  code: 'TEMPLATE_RELEASED_BROKEN',
  severity: 'error',
  path: '',
  message: 'When this version was released its form could not be compiled; by now it can. Release the pipeline again.',
});

const notAnObject = (): Issue => ({
  code: 'DOCUMENT_INVALID',
  severity: 'error',
  path: '',
  message: 'The document must be a JSON object.',
});

/** Undefined: another version was released meanwhile, so the document has to be compiled again. */
const admitAndWrite = async (
  deps: UseCaseDeps,
  tx: Database,
  target: Target,
  seen: PipelineRow,
  prepared: Prepared,
): Promise<string | undefined> => {
  const now = deps.clock.now();
  if (!(await lockOrganization(tx, target.orgId))) throw pipelineUnknown(target.pipelineId);
  const pipeline = await lockTarget(tx, target);
  await checkStartable(tx, pipeline, now);
  if (pipeline.releasedNumber !== seen.releasedNumber) return undefined;
  const { request } = prepared;
  if (hasErrors(prepared.issues) || request === undefined || pipeline.releasedNumber === null)
    throw new UseCaseError('DOCUMENT_INVALID', 'invalid', 'The pipeline cannot be started as it is.', {
      issues: prepared.issues,
    });
  const mode = deps.modes.of(request.executionMode);
  const reservation = await admit(tx, target.orgId, mode, request.resourceConfig);
  if (prepared.objection !== undefined)
    throw new UseCaseError('RESOURCE_NOT_ENOUGH', 'quota', prepared.objection.message, {
      params: { resource: prepared.objection.resource },
    });

  const runId = deps.newId();
  const resourceConfig = JSON.stringify(request.resourceConfig);
  await tx.insert(runs).values({
    runId,
    pipelineId: pipeline.pipelineId,
    orgId: pipeline.orgId,
    versionNumber: pipeline.releasedNumber,
    desired: 'run',
    executionMode: request.executionMode,
    kafkaRate: request.kafkaRate,
    resourceConfig,
    ...reservation,
    createdAt: now,
    desiredAt: now,
  });
  await tx
    .update(pipelines)
    .set({
      status: 'STARTING',
      statusSince: now,
      reasonCode: null,
      reasonMessage: null,
      desired: 'run',
      currentRunId: runId,
      executionMode: request.executionMode,
      kafkaRate: request.kafkaRate,
      resourceConfig,
      keepsState: true,
      sourcePartitions: prepared.sourcePartitions ?? pipeline.sourcePartitions,
    })
    .where(eq(pipelines.pipelineId, pipeline.pipelineId));
  await takeStartLock(tx, { orgId: pipeline.orgId, runId, owner: deps.instanceId }, now);
  await recordEvent(tx, {
    pipelineId: pipeline.pipelineId,
    runId,
    at: now,
    code: 'START_ACCEPTED',
    message: withNote(
      `Start of version ${pipeline.releasedNumber} accepted (${mode.title}, ${request.kafkaRate} records/s).`,
      target,
    ),
    severity: 'info',
  });
  const remark = await remarkNotRunning(tx, pipeline, now);
  if (remark !== undefined) await recordEvent(tx, { ...remark, pipelineId: pipeline.pipelineId, runId });
  await recordAudit(tx, {
    at: now,
    orgId: pipeline.orgId,
    actor: target.actor,
    action: 'pipeline.start',
    target: pipeline.pipelineId,
    detail: detailWithNote(runId, target),
  });
  return runId;
};
