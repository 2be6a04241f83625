import { resultOf } from '@penstock/client';
import type { CommandContext } from '../../context.ts';
import { CommandFailure, ExitCode } from '../../failure.ts';
import type { Plan, PlannedPipeline } from './plan-pipelines.ts';

export interface ApplyOptions {
  readonly release: boolean;
  /** Delete what is not in the folder. */
  readonly prune: boolean;
  /** Release although the next start would be refused. */
  readonly acceptRefusals: boolean;
  readonly note?: string;
}

/** States in which a pipeline has a worker or is about to. */
const BUSY = new Set(['STARTING', 'RUNNING', 'PAUSING', 'STOPPING']);

/**
 * Everything that stands against a plan, as the service says when it is asked to do it and take it back. Errors: exit
 * code 1 with what is refused.
 */
export const checkPlan = async (context: CommandContext, plan: Plan, options: ApplyOptions): Promise<void> => {
  if (options.release && !options.acceptRefusals) refuseForecast(plan);
  if (options.prune) refusePruning(plan);
  await send(context, plan, options, true);
};

/**
 * Brings a plan into the organisation, all of it or nothing: what was planned over has to be there still as it was
 * seen. Pipelines that are not in the folder are deleted after that, one by one. Errors: exit code 1.
 */
export const applyPlan = async (context: CommandContext, plan: Plan, options: ApplyOptions) => {
  await checkPlan(context, plan, options);
  const applied = await send(context, plan, options, false);
  const deleted: string[] = [];
  for (const { pipelineId, name } of options.prune ? plan.others : []) {
    await resultOf(context.client.api.DELETE('/api/v1/pipelines/{pipelineId}', { params: { path: { pipelineId } } }));
    deleted.push(name);
  }
  return { applied, deleted };
};

const refuseForecast = ({ pipelines }: Plan): void => {
  const refused = pipelines.filter(
    ({ forecast }) => forecast !== undefined && 'refusals' in forecast && forecast.refusals.length > 0,
  );
  if (refused.length > 0)
    throw new CommandFailure(
      ExitCode.Failed,
      `Nothing was applied: the next start of ${namesOf(refused)} would be refused (see the plan). Change the document, or release it all the same with --accept-refusals and do what the refusal says.`,
    );
};

const refusePruning = ({ others }: Plan): void => {
  const busy = others.filter(({ status }) => BUSY.has(status));
  if (busy.length > 0)
    throw new CommandFailure(
      ExitCode.Failed,
      `Nothing was applied: ${namesOf(busy)} would be deleted and ${busy.length === 1 ? 'is' : 'are'} under way. Stop first what is to go.`,
    );
};

const namesOf = (pipelines: readonly { readonly name: string }[]): string =>
  pipelines.map(({ name }) => `"${name}"`).join(', ');

const send = async (context: CommandContext, { orgId, pipelines }: Plan, options: ApplyOptions, dryRun: boolean) => {
  const due = pipelines.filter(({ action }) => action !== 'none');
  if (due.length === 0) return [];
  const answer = await resultOf(
    context.client.api.POST('/api/v1/organizations/{orgId}/pipelines/apply', {
      params: { path: { orgId } },
      body: {
        pipelines: due.map((one) => changeOf(one, options)),
        dryRun,
        ...(options.note === undefined ? {} : { note: options.note }),
      },
      signal: context.signal,
    }),
  );
  return answer.pipelines;
};

const changeOf = ({ action, wanted, found }: PlannedPipeline, { release }: ApplyOptions) => {
  const { name, description, messageChannel, group, labels, document } = wanted;
  const seen =
    found === undefined
      ? {}
      : {
          pipelineId: found.pipelineId,
          expectedRevision: found.revision,
          ...(found.version === null ? {} : { expectedVersion: found.version }),
        };
  const saved = {
    description,
    messageChannel,
    document,
    ...(group === undefined ? {} : { group }),
    ...(labels === undefined ? {} : { labels: [...labels] }),
  };
  return { name, ...seen, release, ...(action === 'release' ? {} : saved) };
};
