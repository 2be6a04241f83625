import { eq } from 'drizzle-orm';
import { pipelines } from '../store/schema.ts';
import { textProblem } from '../store/storable-text.ts';
import { lockTarget } from '../use-case/find-pipeline.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { fieldInvalid, type Target, type UseCaseDeps } from '../use-case/use-case.ts';
import type { Filing } from './save-pipeline.ts';

export const MAX_LABELS = 20;
export const MAX_LABEL = 60;

/** A group or labels as they are kept: trimmed, each label once. Errors: `FIELD_INVALID`. */
export const readFilingFields = ({ groupName, labels }: Filing): Filing => {
  const group = groupName?.trim();
  check('/group', group);
  const unique = labels === undefined ? undefined : [...new Set(labels.map((label) => label.trim()))].sort();
  unique?.forEach((label, index) => {
    if (label === '') throw fieldInvalid(`/labels/${index}`, 'A label must not be blank.');
    check(`/labels/${index}`, label);
  });
  if (unique !== undefined && unique.length > MAX_LABELS)
    throw fieldInvalid('/labels', `A pipeline has at most ${MAX_LABELS} labels.`);
  return {
    ...(groupName === undefined ? {} : { groupName: group === undefined || group === '' ? null : group }),
    ...(unique === undefined ? {} : { labels: unique }),
  };
};

const check = (path: string, text: string | undefined): void => {
  const problem = text === undefined ? undefined : textProblem(text, MAX_LABEL);
  if (problem !== undefined) throw fieldInvalid(path, `"${path.split('/')[1]}" ${problem}.`);
};

/**
 * Puts a pipeline into a group, or gives it labels, from any state. That changes nothing of what it does: its revision
 * stays. `add` and `remove` change labels one by one. Errors: `PIPELINE_UNKNOWN`, `FIELD_INVALID`.
 */
export const filePipeline = (
  deps: UseCaseDeps,
  target: Target,
  change: Filing & { readonly add?: readonly string[]; readonly remove?: readonly string[] },
): Promise<void> =>
  deps.store.db.transaction(async (tx) => {
    const pipeline = await lockTarget(tx, target);
    const base = change.labels ?? pipeline.labels;
    const gone = new Set(change.remove);
    const labels = [...base, ...(change.add ?? [])].filter((label) => !gone.has(label));
    const filed = readFilingFields({
      ...(change.groupName === undefined ? {} : { groupName: change.groupName }),
      labels,
    });
    await tx.update(pipelines).set(filed).where(eq(pipelines.pipelineId, pipeline.pipelineId));
    await recordAudit(tx, {
      at: deps.clock.now(),
      orgId: pipeline.orgId,
      actor: target.actor,
      action: 'pipeline.file',
      target: pipeline.pipelineId,
      detail: JSON.stringify(filed),
    });
  });
