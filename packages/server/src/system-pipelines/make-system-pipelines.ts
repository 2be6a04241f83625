import type { PipelineFlows } from '@penstock/engine';
import { internalTopicOf, PipelineState } from '@penstock/model';
import { and, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines, pipelineVersions } from '../store/schema.ts';
import { recordAudit, recordEvent } from '../use-case/record-event.ts';
import { type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { type SystemPipeline, systemPipelinesOf } from './system-documents.ts';

/** The pipeline whose release may need them, and who has released it. */
interface Needing {
  readonly orgId: string;
  readonly messageChannel: number;
  readonly isSystem: boolean;
  readonly actor: string;
}

/** Of the operator library with the Normalizer. */
const VERSION = '0.3.0';

/**
 * Data Reader and Data Writer of a message channel (contract C.3): made, released and not started, with the first
 * release that reads or writes the channel's internal topic, in the transaction of that release, which has locked the
 * organisation. Which points they handle is the lineage, so that nothing has to be changed later on.
 */
export const makeSystemPipelines = async (
  deps: Pick<UseCaseDeps, 'clock' | 'newId'>,
  tx: Database,
  { orgId, messageChannel, isSystem, actor }: Needing,
  { reads, writes }: Pick<PipelineFlows, 'reads' | 'writes'>,
): Promise<void> => {
  const channel = messageChannel === 1 ? 1 : 0;
  const internal = internalTopicOf(orgId, channel);
  if (isSystem || ![...reads, ...writes].includes(internal)) return;
  const rows = await tx
    .select({ name: pipelines.name })
    .from(pipelines)
    .where(and(eq(pipelines.orgId, orgId), eq(pipelines.isSystem, true), eq(pipelines.messageChannel, channel)));
  const known = new Set(rows.map(({ name }) => name));
  for (const pipeline of systemPipelinesOf(channel))
    if (!known.has(pipeline.name)) await make(deps, tx, { orgId, channel, actor }, pipeline);
};

const make = async (
  { clock, newId }: Pick<UseCaseDeps, 'clock' | 'newId'>,
  tx: Database,
  { orgId, channel, actor }: { readonly orgId: string; readonly channel: 0 | 1; readonly actor: string },
  { name, description, document }: SystemPipeline,
): Promise<void> => {
  const [pipelineId, now] = [newId(), clock.now()];
  const copy = {
    ...{ name, description, templateType: 1, templateName: null, templateVersion: VERSION },
    ...{ messageChannel: channel, document: JSON.stringify(document), alarmConfig: null },
  };
  await tx.insert(pipelines).values({
    ...{ pipelineId, orgId, isSystem: true, ...copy },
    ...{ createdAt: now, updatedAt: now, updatedBy: actor },
    ...{ status: PipelineState.Published, statusSince: now, releasedNumber: 1 },
  });
  await tx
    .insert(pipelineVersions)
    .values({ pipelineId, number: 1, ...copy, releasedAt: now, releasedBy: actor, note: null });
  await recordEvent(tx, {
    pipelineId,
    at: now,
    code: 'SYSTEM_PIPELINE_MADE',
    message: `"${name}" was made, for a pipeline was released that uses the internal topic. Start it before that pipeline.`,
    severity: 'info',
  });
  await recordAudit(tx, { at: now, orgId, actor, action: 'pipeline.create', target: pipelineId, detail: name });
};

/** System pipelines are operated like others; what they do is not for people to change. */
export const systemPipeline = (): UseCaseError =>
  new UseCaseError(
    'PIPELINE_IS_SYSTEM',
    'conflict',
    'This is a system pipeline, which follows what the others need: it can be operated, but not be changed or released.',
  );
