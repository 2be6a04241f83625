import { hasErrors, type Issue } from '@penstock/model';
import { and, eq } from 'drizzle-orm';
import { unmaskDocument } from '../pipelines/document-secrets.ts';
import type { SaveRequest } from '../pipelines/parse-save-request.ts';
import { type Filing, savePipelineIn } from '../pipelines/save-pipeline.ts';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { findPipeline, lockOrganization } from '../use-case/find-pipeline.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { checkRelease, type ReleaseFindings, releasePipelineIn } from './release-pipeline.ts';

/** What is to become of one pipeline. */
export interface PipelineChange extends Pick<Target, 'expectedRevision' | 'expectedVersion'> {
  /** Null: one is made. */
  readonly pipelineId: string | null;
  readonly name: string;
  /** Absent: the design copy stays as it is. */
  readonly save?: SaveRequest & Filing;
  readonly release: boolean;
}

export interface AppliedChange {
  readonly name: string;
  /** Null for one that a dry run would make. */
  readonly pipelineId: string | null;
  readonly revision: number;
  /** What is released then. */
  readonly version: number | null;
  readonly issues: readonly Issue[];
}

type Who = Pick<Target, 'orgId' | 'actor' | 'note'>;

/**
 * Saves and releases several pipelines in one transaction: all of it or nothing. With `dryRun` everything is done and
 * taken back, so that what it refuses is what would be refused. A document that does not compile is refused here, where
 * a release alone would take it. Errors: those of saves and releases; `DOCUMENT_INVALID` with the issues of all
 * documents; `REVISION_OUTDATED` also where one is to be made whose name is taken by now.
 */
export const applyChanges = async (
  deps: UseCaseDeps,
  who: Who,
  changes: readonly PipelineChange[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly AppliedChange[]> => {
  const checked = await checkAll(deps, who.orgId, changes);
  try {
    return await deps.store.db.transaction(async (tx) => {
      await lockOrganization(tx, who.orgId);
      const applied: AppliedChange[] = [];
      for (const one of checked) applied.push(await applyOne(deps, tx, who, one));
      if (dryRun) throw new TakenBack(applied);
      return applied;
    });
  } catch (error) {
    if (error instanceof TakenBack)
      return error.applied.map((one, index) => ({ ...one, pipelineId: changes[index]?.pipelineId ?? null }));
    throw error;
  }
};

/** Ends a transaction whose outcome only is wanted. */
class TakenBack extends Error {
  readonly applied: readonly AppliedChange[];

  constructor(applied: readonly AppliedChange[]) {
    super('a dry run');
    this.applied = applied;
  }
}

interface Checked {
  readonly change: PipelineChange;
  /** The document that was looked at, as it will be kept. */
  readonly document: string | null;
  readonly findings: ReleaseFindings;
}

/** Documents are compiled outside the transaction, since that takes a while. */
const checkAll = async (deps: UseCaseDeps, orgId: string, changes: readonly PipelineChange[]): Promise<Checked[]> => {
  const checked: Checked[] = [];
  const wrong: Issue[] = [];
  for (const [index, change] of changes.entries()) {
    const one = await checkOne(deps, orgId, change);
    checked.push(one);
    for (const issue of hasErrors(one.findings.issues) ? one.findings.issues : [])
      wrong.push({ ...issue, path: `/pipelines/${index}/document${issue.path}` });
  }
  const [first] = wrong;
  if (first === undefined) return checked;
  throw new UseCaseError(
    'DOCUMENT_INVALID',
    'invalid',
    'Nothing was applied: there are documents that would not run.',
    {
      issues: wrong,
    },
  );
};

const checkOne = async (deps: UseCaseDeps, orgId: string, change: PipelineChange): Promise<Checked> => {
  const { pipelineId, save } = change;
  const stored = pipelineId === null ? undefined : await findPipeline(deps.store.db, orgId, pipelineId);
  const kept = stored?.document ?? null;
  const document = save?.document === undefined ? kept : unmaskDocument(save.document, kept);
  const findings = await checkRelease(deps, {
    pipelineId: pipelineId ?? 'apply',
    orgId,
    document,
    templateType: save?.templateType ?? stored?.templateType ?? 1,
    messageChannel: save?.messageChannel ?? stored?.messageChannel ?? 0,
  });
  return { change, document, findings };
};

const applyOne = async (
  deps: UseCaseDeps,
  tx: Database,
  who: Who,
  { change, document, findings }: Checked,
): Promise<AppliedChange> => {
  const { name, save, release, expectedRevision, expectedVersion } = change;
  if (change.pipelineId === null) await requireFree(tx, who.orgId, name);
  const seen = {
    ...(expectedRevision === undefined ? {} : { expectedRevision }),
    ...(expectedVersion === undefined ? {} : { expectedVersion }),
  };
  const pipelineId =
    save === undefined
      ? (change.pipelineId ?? '')
      : await savePipelineIn(deps, tx, { ...who, ...seen, pipelineId: change.pipelineId }, save);
  if (release) {
    // What was saved a moment ago has another revision than was seen, and nobody else can have changed it.
    const target = { ...who, pipelineId, ...(save === undefined ? seen : {}) };
    if ((await releasePipelineIn(deps, tx, target, document, findings)) === undefined) throw outdated(name);
  }
  const { revision, releasedNumber } = await findPipeline(tx, who.orgId, pipelineId);
  return { name, pipelineId, revision, version: releasedNumber, issues: findings.issues };
};

/** Errors: `REVISION_OUTDATED`: whoever wants to make it has not seen the one there is. */
const requireFree = async (tx: Database, orgId: string, name: string): Promise<void> => {
  const [taken] = await tx
    .select({ pipelineId: pipelines.pipelineId })
    .from(pipelines)
    .where(and(eq(pipelines.orgId, orgId), eq(pipelines.name, name)))
    .limit(1);
  if (taken !== undefined) throw outdated(name);
};

const outdated = (name: string): UseCaseError =>
  new UseCaseError(
    'REVISION_OUTDATED',
    'outdated',
    `"${name}" has been made or changed by somebody else meanwhile. Look at it again, then decide.`,
    { params: { name } },
  );
