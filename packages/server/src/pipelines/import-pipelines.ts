import { hasErrors, type Issue, isJsonObject, type JsonValue } from '@penstock/model';
import { and, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { lockOrganization } from '../use-case/find-pipeline.ts';
import { type Target, type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { checkSecrets, unmaskDocument } from './document-secrets.ts';
import type { ArchivedPipeline } from './pipeline-archive.ts';
import { savePipelineIn } from './save-pipeline.ts';

/** What happens to a pipeline whose name is taken: another one is made, that one is changed, or it is left out. */
export type OnTaken = 'create' | 'replace' | 'skip';

export interface Imported {
  readonly name: string;
  /** `ambiguous`: several pipelines have the name, so none is replaced. */
  readonly outcome: 'create' | 'replace' | 'skip' | 'ambiguous';
  /** Of the pipeline made or changed; null where there is none (yet). */
  readonly pipelineId: string | null;
  /** What a start would say of the document; masked secrets among it. */
  readonly issues: readonly Issue[];
}

/**
 * Takes in the pipelines of an archive, all or none; released and started is nothing. With `dryRun` it only says what
 * would become of each. Errors: those of a save, and `ARCHIVE_AMBIGUOUS` where it is not clear which one to replace.
 */
export const importPipelines = async (
  deps: UseCaseDeps,
  who: Pick<Target, 'orgId' | 'actor'>,
  archived: readonly ArchivedPipeline[],
  { onTaken, dryRun }: { readonly onTaken: OnTaken; readonly dryRun: boolean },
): Promise<readonly Imported[]> => {
  const plans: (Imported & { readonly save: ArchivedPipeline['save'] })[] = [];
  for (const { name, save } of archived) plans.push({ ...(await plan(deps, who.orgId, name, save, onTaken)), save });
  const unclear = plans.find(({ outcome }) => outcome === 'ambiguous');
  if (dryRun) return plans.map(({ save: _, ...told }) => told);
  if (unclear !== undefined)
    throw new UseCaseError(
      'ARCHIVE_AMBIGUOUS',
      'conflict',
      `Several pipelines are called "${unclear.name}": rename them, or import with "create".`,
      { params: { name: unclear.name } },
    );
  return deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, who.orgId);
    const done: Imported[] = [];
    for (const { save, ...told } of plans) {
      if (told.outcome === 'skip') {
        done.push(told);
        continue;
      }
      const pipelineId = await savePipelineIn(deps, tx, { ...who, pipelineId: told.pipelineId }, save);
      done.push({ ...told, pipelineId });
    }
    return done;
  });
};

const plan = async (
  deps: UseCaseDeps,
  orgId: string,
  name: string,
  save: ArchivedPipeline['save'],
  onTaken: OnTaken,
): Promise<Imported> => {
  const taken = onTaken === 'create' ? [] : await findByName(deps.store.db, orgId, name);
  const [first] = taken;
  const outcome =
    first === undefined ? 'create' : onTaken === 'skip' ? 'skip' : taken.length > 1 ? 'ambiguous' : 'replace';
  const issues = await check(deps, orgId, save, outcome === 'replace' ? (first?.document ?? null) : null);
  return { name, outcome, pipelineId: outcome === 'replace' ? (first?.pipelineId ?? null) : null, issues };
};

const findByName = (db: Database, orgId: string, name: string) =>
  db
    .select({ pipelineId: pipelines.pipelineId, document: pipelines.document })
    .from(pipelines)
    .where(and(eq(pipelines.orgId, orgId), eq(pipelines.name, name)))
    .limit(2);

const check = async (
  deps: UseCaseDeps,
  orgId: string,
  { document, templateType, messageChannel }: ArchivedPipeline['save'],
  stored: string | null,
): Promise<readonly Issue[]> => {
  if (document === undefined || (templateType ?? 1) !== 1) return [];
  const parsed: JsonValue = JSON.parse(unmaskDocument(document, stored));
  if (!isJsonObject(parsed)) return [];
  const { issues } = await deps.compile(parsed, { pipelineId: 'import', orgId, messageChannel: messageChannel ?? 0 });
  return [...issues, ...checkSecrets(parsed)].sort((a, b) => Number(hasErrors([b])) - Number(hasErrors([a])));
};
