import { isDeepStrictEqual } from 'node:util';
import type { PipelineFlows, PipelineLineage } from '@penstock/engine';
import { type Issue, isJsonObject, type JsonObject, type JsonValue, nextState } from '@penstock/model';
import { and, desc, eq } from 'drizzle-orm';
import { findPipelineLoop } from '../lineage/find-pipeline-loop.ts';
import { noteLineage } from '../lineage/note-lineage.ts';
import { checkSecrets } from '../pipelines/document-secrets.ts';
import type { Database } from '../store/open-store.ts';
import { pipelines, pipelineVersions } from '../store/schema.ts';
import { makeSystemPipelines, systemPipeline } from '../system-pipelines/make-system-pipelines.ts';
import { detailWithNote, findPipeline, lockOrganization, lockTarget, withNote } from '../use-case/find-pipeline.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';

export interface Released {
  readonly version: number;
  /** What a start would refuse (errors), and what is worth knowing (warnings). */
  readonly issues: readonly Issue[];
}

/**
 * Release Pipeline (contract A.8): freezes the design copy as the next version and puts it online. A document that
 * does not compile is released all the same, for the contract has that refused at the start (61100); the answer and
 * an event say so now. Errors: `PIPELINE_UNKNOWN`, `PIPELINE_STATUS_FORBIDS` (61169), `REVISION_OUTDATED`,
 * `DOCUMENT_INVALID` (nothing saved yet, or a stage of a library of the organisation's own that it has not installed:
 * the contract knows no such libraries). Of a template the document that its form stands for is frozen with it, and that
 * is what runs: neither another version of the template nor another time zone of the organisation changes it.
 */
export const releasePipeline = async (deps: UseCaseDeps, target: Target): Promise<Released> => {
  const copy = await findPipeline(deps.store.db, target.orgId, target.pipelineId);
  // Compiled outside the transaction, since that takes a while.
  const findings = await checkRelease(deps, copy);
  const version = await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, target.orgId);
    return releasePipelineIn(deps, tx, target, copy.document, findings);
  });
  // Saved anew in between: what was checked is not what is released.
  return version === undefined ? releasePipeline(deps, target) : { version, issues: findings.issues };
};

/** What was found in a document that is to be released. */
export interface ReleaseFindings {
  readonly issues: readonly Issue[];
  /** Absent where nobody could look. */
  readonly lineage?: PipelineLineage;
  /** Absent where the document does not compile. */
  readonly flows?: PipelineFlows;
  /** Of a template: the document its form stands for; absent where the form has errors. */
  readonly compiled?: JsonObject;
}

/** What a start would say of a copy, and which points it reads and puts out. Errors: those of compiling. */
export const checkRelease = async (
  deps: Pick<UseCaseDeps, 'compile'>,
  { document, templateType, messageChannel, pipelineId, orgId }: ReleasedCopy,
): Promise<ReleaseFindings> =>
  document === null
    ? { issues: [] }
    : check(deps, document, { pipelineId, orgId, messageChannel: messageChannel === 1 ? 1 : 0, templateType });

export interface ReleasedCopy {
  readonly pipelineId: string;
  readonly orgId: string;
  /** JSON text; null where nothing was saved yet. */
  readonly document: string | null;
  readonly templateType: number;
  readonly messageChannel: number;
}

type Facts = {
  readonly pipelineId: string;
  readonly orgId: string;
  readonly messageChannel: 0 | 1;
  readonly templateType: number;
};

const check = async (deps: Pick<UseCaseDeps, 'compile'>, text: string, facts: Facts): Promise<ReleaseFindings> => {
  const document: JsonValue = JSON.parse(text);
  if (!isJsonObject(document))
    return { issues: [issueOf('DOCUMENT_NOT_OBJECT', 'The document must be a JSON object.')] };
  const { document: compiled, issues, lineage, flows } = await deps.compile(document, facts);
  return {
    issues: [...issues, ...checkSecrets(document)],
    ...(lineage === undefined ? {} : { lineage }),
    ...(flows === undefined ? {} : { flows }),
    ...(compiled === undefined ? {} : { compiled }),
  };
};

/**
 * A release as part of a transaction that is open and has locked the organisation. `findings`: what was found in
 * `checked`. Gives the version; undefined where the document is another than the one that was checked. Errors: as for
 * `releasePipeline`.
 */
export const releasePipelineIn = async (
  deps: UseCaseDeps,
  tx: Database,
  target: Target,
  checked: string | null,
  { issues, lineage, flows, compiled }: ReleaseFindings,
): Promise<number | undefined> => {
  const now = deps.clock.now();
  const pipeline = await lockTarget(tx, target);
  if (pipeline.isSystem) throw systemPipeline();
  const next = nextState(pipeline.status, 'release');
  if (next === undefined)
    throw new UseCaseError(
      'PIPELINE_STATUS_FORBIDS',
      'conflict',
      `A pipeline with status ${pipeline.status} cannot be released. Pause or stop it first.`,
      { params: { status: pipeline.status, command: 'release' } },
    );
  const unknown = issues.filter(({ code }) => code === 'STAGE_LIBRARY_UNKNOWN');
  const { document } = pipeline;
  if (document === null) throw invalid('DOCUMENT_REQUIRED', 'No configuration was saved yet: save "pipelineJson".');
  if (document !== checked) return undefined;
  if (unknown.length > 0)
    throw new UseCaseError('DOCUMENT_INVALID', 'invalid', unknown[0]?.message ?? '', { issues: unknown });
  const loop = flows === undefined ? undefined : await findPipelineLoop(tx, pipeline, flows);
  if (loop !== undefined) throw invalid('GRAPH_PIPELINE_LOOP', loop);
  const [last] = await tx
    .select()
    .from(pipelineVersions)
    .where(eq(pipelineVersions.pipelineId, pipeline.pipelineId))
    .orderBy(desc(pipelineVersions.number))
    .limit(1);
  const copy = {
    name: pipeline.name,
    description: pipeline.description,
    templateType: pipeline.templateType,
    templateName: pipeline.templateName,
    templateVersion: pipeline.templateVersion,
    messageChannel: pipeline.messageChannel,
    document,
    compiled: compiled === undefined ? null : JSON.stringify(compiled),
    alarmConfig: pipeline.alarmConfig,
  };
  // A release without a change is the same version again: a copy of up to 2 MB each time would say nothing new.
  const isSame = last !== undefined && isDeepStrictEqual({ ...last, ...copy }, last);
  const number = isSame ? last.number : (last?.number ?? 0) + 1;
  if (!isSame)
    await tx.insert(pipelineVersions).values({
      pipelineId: pipeline.pipelineId,
      number,
      ...copy,
      releasedAt: now,
      releasedBy: target.actor,
      note: target.note ?? null,
    });
  else if (target.note !== undefined)
    await tx
      .update(pipelineVersions)
      .set({ note: target.note })
      .where(and(eq(pipelineVersions.pipelineId, pipeline.pipelineId), eq(pipelineVersions.number, number)));
  await tx
    .update(pipelines)
    .set({ releasedNumber: number, status: next, statusSince: now, reasonCode: null, reasonMessage: null })
    .where(eq(pipelines.pipelineId, pipeline.pipelineId));
  await noteLineage(deps, tx, { ...pipeline, number }, lineage, flows);
  if (flows !== undefined) await makeSystemPipelines(deps, tx, { ...pipeline, actor: target.actor }, flows);
  await recordEvent(tx, {
    pipelineId: pipeline.pipelineId,
    at: now,
    code: 'RELEASED',
    message: withNote(`Version ${number} was released.`, target),
    severity: 'info',
  });
  const remark = releaseRemark(issues);
  if (remark !== undefined)
    await recordEvent(tx, {
      pipelineId: pipeline.pipelineId,
      at: now,
      code: 'RELEASED_WITH_ISSUES',
      message: `Version ${number}: ${remark}`,
      severity: 'warning',
    });
  await recordAudit(tx, {
    at: now,
    orgId: pipeline.orgId,
    actor: target.actor,
    action: 'pipeline.release',
    target: pipeline.pipelineId,
    detail: detailWithNote(String(number), target),
  });
  return number;
};

/** What the findings of a release come to, in words; undefined where there are none. */
export const releaseRemark = (issues: readonly Issue[]): string | undefined => {
  const errors = issues.filter(({ severity }) => severity === 'error');
  const [first] = [...errors, ...issues];
  if (first === undefined) return undefined;
  const more = issues.length - 1;
  const lead = errors.length > 0 ? 'It is released but cannot be started as it is. ' : '';
  const rest = more === 0 ? '' : ` (${more} more ${more === 1 ? 'finding' : 'findings'}: validate the document.)`;
  return `${lead}${first.path === '' ? '' : `${first.path}: `}${first.message}${rest}`;
};

const issueOf = (code: string, message: string): Issue => ({ code, severity: 'error', path: '', message });

const invalid = (code: string, message: string): UseCaseError =>
  new UseCaseError('DOCUMENT_INVALID', 'invalid', message, { issues: [issueOf(code, message)] });
