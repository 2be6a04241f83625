import { PenstockError, resultOf } from '@penstock/client';
import type { CommandContext } from './context.ts';
import { CommandFailure, ExitCode } from './failure.ts';
import { allItems } from './pages.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of the pipeline a user means: an id, the beginning of one (at least 4 characters), or an exact name. */
export const pipelineIdOf = async (context: CommandContext, given: string): Promise<string> => {
  if (UUID.test(given)) return given.toLowerCase();
  const pipelines = await allPipelines(context, await context.orgId());
  const byName = pipelines.filter((pipeline) => pipeline.name === given);
  const byId = given.length >= 4 ? pipelines.filter((pipeline) => pipeline.pipelineId.startsWith(given)) : [];
  const found = byName.length > 0 ? byName : byId;
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.pipelineId;
  throw new CommandFailure(
    ExitCode.Failed,
    found.length === 0
      ? `There is no pipeline with the id or name "${given}" (penstock pipelines list shows them).`
      : `"${given}" means several pipelines: ${found.map((pipeline) => pipeline.pipelineId).join(', ')}. Give the id.`,
  );
};

/** All pipelines of an organisation. */
export const allPipelines = (context: CommandContext, orgId: string, status?: string) =>
  allItems((page) =>
    resultOf(
      context.client.api.GET('/api/v1/organizations/{orgId}/pipelines', {
        params: { path: { orgId }, query: { ...page, ...(status === undefined ? {} : { status }) } },
        signal: context.signal,
      }),
    ),
  );

export type PipelineSummary = Awaited<ReturnType<typeof allPipelines>>[number];

export const isUnreachable = (error: unknown): boolean =>
  error instanceof PenstockError && error.code === 'CLIENT_UNREACHABLE';
