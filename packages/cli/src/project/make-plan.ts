import { resultOf } from '@penstock/client';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { CommandContext } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import { issueLines } from '../issues.ts';
import { allPipelines } from '../pipeline-reference.ts';
import { diffDocuments, type StageChange } from './diff-documents.ts';
import type { ProjectPipeline } from './read-project.ts';

export interface PlannedPipeline {
  readonly name: string;
  readonly action: 'create' | 'update' | 'none';
  readonly wanted: ProjectPipeline;
  readonly pipelineId?: string;
  readonly status?: string;
  /** The design copy as it is now. */
  readonly before?: JsonObject;
  readonly changes: readonly StageChange[];
}

/** How the service shows a secret: it cannot be compared, and stays as it is where it comes back. */
const MASK = '******';

/**
 * Compares a folder's pipelines with those of the organisation, by name. Every document is checked by the service
 * first, so that a plan can be applied. Errors: exit code 1 with what is wrong with which.
 */
export const makePlan = async (
  context: CommandContext,
  pipelines: readonly ProjectPipeline[],
): Promise<readonly PlannedPipeline[]> => {
  const orgId = await context.orgId();
  const { api } = context.client;
  for (const { file, document } of pipelines) {
    const checked = await resultOf(api.POST('/api/v1/validate', { body: { document, orgId } }));
    if (!checked.valid)
      throw new CommandFailure(ExitCode.Failed, [`${file} is not valid.`, ...issueLines(checked.issues)].join('\n'));
  }
  const existing = await allPipelines(context, orgId);
  const plan: PlannedPipeline[] = [];
  for (const wanted of pipelines) {
    const same = existing.filter(({ name }) => name === wanted.name);
    const [found] = same;
    if (same.length > 1)
      throw new CommandFailure(ExitCode.Failed, `There are ${same.length} pipelines called "${wanted.name}" already.`);
    if (found === undefined) {
      plan.push({ name: wanted.name, action: 'create', wanted, changes: diffDocuments(undefined, wanted.document) });
      continue;
    }
    const { pipelineId, status, description } = found;
    const before = await documentOf(context, pipelineId);
    const comparable = before === undefined ? undefined : unmasked(before, wanted.document);
    const changes = diffDocuments(isJsonObject(comparable) ? comparable : undefined, wanted.document);
    const isSame = changes.length === 0 && before !== undefined && description === wanted.description;
    plan.push({
      name: wanted.name,
      action: isSame ? 'none' : 'update',
      wanted,
      pipelineId,
      status,
      ...(before === undefined ? {} : { before }),
      changes,
    });
  }
  return plan;
};

const documentOf = async (context: CommandContext, pipelineId: string): Promise<JsonObject | undefined> => {
  const document: unknown = await resultOf(
    context.client.api.GET('/api/v1/pipelines/{pipelineId}/document', {
      params: { path: { pipelineId }, query: { released: false } },
    }),
  );
  return isJsonObject(document as JsonValue) ? (document as JsonObject) : undefined;
};

/** What is masked in one is taken from the other. */
const unmasked = (shown: JsonValue | undefined, wanted: JsonValue | undefined): JsonValue => {
  if (shown === MASK && typeof wanted === 'string') return wanted;
  if (Array.isArray(shown))
    return shown.map((item, index) => unmasked(item, Array.isArray(wanted) ? wanted[index] : undefined));
  if (isJsonObject(shown)) {
    const other = isJsonObject(wanted) ? wanted : {};
    return Object.fromEntries(Object.entries(shown).map(([key, value]) => [key, unmasked(value, other[key])]));
  }
  return shown ?? null;
};
