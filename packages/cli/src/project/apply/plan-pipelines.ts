import { isDeepStrictEqual } from 'node:util';
import { resultOf } from '@penstock/client';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { CommandContext } from '../../context.ts';
import { CommandFailure, ExitCode, usageFailure } from '../../failure.ts';
import { allItems } from '../../pages.ts';
import type { PipelineSummary } from '../../pipeline-reference.ts';
import type { Project, ProjectPipeline } from '../folder/read-project.ts';
import { type Forecast, forecastOf } from './ask-forecast.ts';
import { diffDocuments, type StageChange } from './diff-documents.ts';
import { unmasked } from './unmask.ts';

export interface PlannedPipeline {
  readonly name: string;
  /** `release`: the design copy is as wanted and not what is online. */
  readonly action: 'create' | 'update' | 'release' | 'none';
  readonly wanted: ProjectPipeline;
  /** What there is of it. */
  readonly found: PipelineSummary | undefined;
  /** What differs from the design copy; for `release`, from what is online. */
  readonly changes: readonly StageChange[];
  /** Of what is said of the pipeline beside its document, what differs. */
  readonly facts: readonly string[];
  /** The folder has secrets, which cannot be compared with those that are stored. */
  readonly hasSecrets: boolean;
  readonly forecast: Forecast | undefined;
}

export interface Plan {
  readonly orgId: string;
  readonly pipelines: readonly PlannedPipeline[];
  /** Pipelines of the organisation that are not in the folder. */
  readonly others: readonly PipelineSummary[];
}

export interface PlanOptions {
  /** Also put online what is not. */
  readonly release: boolean;
  /** Save secrets again, whether or not anything else has changed. */
  readonly withSecrets: boolean;
}

/**
 * Compares a folder's pipelines with those of the organisation, by name, and asks what each change would do to what the
 * pipeline keeps. Changes nothing. Errors: exit code 2 where it is not clear which organisation is meant, 1 where
 * several pipelines have one name.
 */
export const planPipelines = async (context: CommandContext, project: Project, options: PlanOptions): Promise<Plan> => {
  const orgId = await organizationOf(context, project);
  const existing = await ownPipelines(context, orgId);
  const pipelines: PlannedPipeline[] = [];
  for (const wanted of project.pipelines) pipelines.push(await planOne(context, wanted, existing, options));
  const names = new Set(project.pipelines.map(({ name }) => name));
  return { orgId, pipelines, others: existing.filter(({ name }) => !names.has(name)) };
};

/** Whoever names another organisation than the environment has the wrong one of the two. */
const organizationOf = async (context: CommandContext, { organization, environment }: Project): Promise<string> => {
  const given = context.settings.givenOrgId;
  if (organization === undefined) return context.orgId();
  if (given !== undefined && given !== organization)
    throw usageFailure(
      `The environment "${environment}" is of organisation ${organization}, and ${given} is asked for.`,
    );
  return organization;
};

/** Those that the service made for itself are nobody's business. */
const ownPipelines = (context: CommandContext, orgId: string): Promise<PipelineSummary[]> =>
  allItems((page) =>
    resultOf(
      context.client.api.GET('/api/v1/organizations/{orgId}/pipelines', {
        params: { path: { orgId }, query: { ...page, system: false } },
        signal: context.signal,
      }),
    ),
  );

const planOne = async (
  context: CommandContext,
  wanted: ProjectPipeline,
  existing: readonly PipelineSummary[],
  { release, withSecrets }: PlanOptions,
): Promise<PlannedPipeline> => {
  const { name, document } = wanted;
  const [found, other] = existing.filter((one) => one.name === name);
  if (other !== undefined)
    throw new CommandFailure(
      ExitCode.Failed,
      `Several pipelines are called "${name}" (${found?.pipelineId}, ${other.pipelineId}): rename all but one.`,
    );
  const planned = { name, wanted, found };
  if (found === undefined) {
    const changes = diffDocuments(undefined, document);
    return { ...planned, action: 'create', changes, facts: [], hasSecrets: false, forecast: undefined };
  }
  const design = await compared(context, found.pipelineId, document, false);
  const facts = factsOf(found, wanted);
  const isSame = design.changes.length === 0 && facts.length === 0;
  const resaves = withSecrets && design.hasSecrets;
  const online =
    release && isSame && !resaves && found.version !== null
      ? (await compared(context, found.pipelineId, document, true)).changes
      : [];
  const isOnline = found.version !== null && online.length === 0;
  const action = !isSame || resaves ? 'update' : release && !isOnline ? 'release' : 'none';
  return {
    ...planned,
    action,
    changes: isSame ? online : design.changes,
    facts,
    hasSecrets: design.hasSecrets,
    forecast: action === 'none' ? undefined : await forecastOf(context, found.pipelineId, wanted),
  };
};

const compared = async (
  context: CommandContext,
  pipelineId: string,
  wanted: JsonObject,
  released: boolean,
): Promise<{ readonly changes: readonly StageChange[]; readonly hasSecrets: boolean }> => {
  const shown = (await resultOf(
    context.client.api.GET('/api/v1/pipelines/{pipelineId}/document', {
      params: { path: { pipelineId }, query: { released } },
    }),
  )) as JsonValue;
  if (!isJsonObject(shown)) return { changes: diffDocuments(undefined, wanted), hasSecrets: false };
  const { value, hasSecrets } = unmasked(shown, wanted);
  return { changes: diffDocuments(isJsonObject(value) ? value : {}, wanted), hasSecrets };
};

const factsOf = (found: PipelineSummary, { description, messageChannel, group, labels }: ProjectPipeline): string[] => [
  ...(found.description === description ? [] : ['description']),
  ...(found.messageChannel === messageChannel ? [] : ['messageChannel']),
  ...(group === undefined || found.group === group ? [] : ['group']),
  ...(labels === undefined || isDeepStrictEqual([...found.labels].sort(), [...labels].sort()) ? [] : ['labels']),
];
