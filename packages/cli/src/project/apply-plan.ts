import { resultOf } from '@penstock/client';
import type { JsonObject } from '@penstock/model';
import type { CommandContext } from '../context.ts';
import { CommandFailure, ExitCode } from '../failure.ts';
import type { PlannedPipeline } from './make-plan.ts';

/** States in which a pipeline has a worker or is about to: it cannot be released then. */
const BUSY = new Set(['STARTING', 'RUNNING', 'PAUSING', 'STOPPING']);

/**
 * Brings a plan into the organisation. What can be refused is asked before anything is written; where a write fails all
 * the same, what was written is put back, so that either all of it is there or none. A pipeline that is as wanted
 * is not touched.
 */
export const applyPlan = async (
  context: CommandContext,
  plan: readonly PlannedPipeline[],
  options: { readonly release: boolean },
): Promise<void> => {
  const due = plan.filter(({ action }) => action !== 'none');
  const busy = due.filter(({ status }) => status !== undefined && BUSY.has(status));
  if (options.release && busy.length > 0)
    throw new CommandFailure(
      ExitCode.Failed,
      `Nothing was applied: ${busy.map(({ name, status }) => `"${name}" is ${status}`).join(', ')}. ` +
        'Pause what is to be released first, or apply without --release.',
    );
  const enos = await context.enos();
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const written: string[] = [];
    for (const { wanted, pipelineId, before } of due) {
      const saved = await enos.save(pipelineId ?? null, requestOf(wanted, wanted.document));
      written.push(saved);
      if (pipelineId === undefined) undo.push(() => remove(context, saved));
      else if (before !== undefined) undo.push(() => enos.save(pipelineId, requestOf(wanted, before)));
    }
    if (options.release) for (const pipelineId of written) await enos.release(pipelineId);
  } catch (error) {
    const failures: string[] = [];
    for (const step of undo.toReversed()) {
      try {
        await step();
      } catch (failure) {
        failures.push(failure instanceof Error ? failure.message : String(failure));
      }
    }
    const outcome =
      failures.length === 0
        ? 'nothing is changed'
        : `what was written could not all be put back: ${failures.join('; ')}`;
    throw new CommandFailure(
      ExitCode.Failed,
      `${error instanceof Error ? error.message : String(error)} (${outcome}; a release that was made stays online)`,
    );
  }
};

const requestOf = ({ name, description, messageChannel }: PlannedPipeline['wanted'], document: JsonObject) => ({
  name,
  desc: description,
  templateType: 1,
  messageChannel,
  pipelineJson: document,
});

const remove = (context: CommandContext, pipelineId: string): Promise<unknown> =>
  resultOf(context.client.api.DELETE('/api/v1/pipelines/{pipelineId}', { params: { path: { pipelineId } } }));
