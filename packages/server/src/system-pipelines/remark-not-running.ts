import { internalTopicOf, PipelineState, type RunEvent } from '@penstock/model';
import { and, eq } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { pipelineLineages } from '../store/schema-lineage.ts';
import { type SystemRole, systemPipelinesOf } from './system-documents.ts';

const UNDER_WAY: readonly string[] = [PipelineState.Running, PipelineState.Starting];

/**
 * What is to be said with the start of a pipeline whose records nobody brings, or whose results nobody takes on, since
 * a system pipeline is not running (contract C.3: they are to run first). Undefined: nothing.
 */
export const remarkNotRunning = async (
  tx: Database,
  {
    orgId,
    pipelineId,
    messageChannel,
    isSystem,
  }: {
    readonly orgId: string;
    readonly pipelineId: string;
    readonly messageChannel: number;
    readonly isSystem: boolean;
  },
  now: number,
): Promise<RunEvent | undefined> => {
  if (isSystem) return undefined;
  const [lineage] = await tx
    .select({ reads: pipelineLineages.reads, writes: pipelineLineages.writes })
    .from(pipelineLineages)
    .where(eq(pipelineLineages.pipelineId, pipelineId));
  const channel = messageChannel === 1 ? 1 : 0;
  const internal = internalTopicOf(orgId, channel);
  const isNeeded: Readonly<Record<SystemRole, boolean>> = {
    reader: lineage?.reads.includes(internal) ?? false,
    writer: lineage?.writes.includes(internal) ?? false,
  };
  if (!isNeeded.reader && !isNeeded.writer) return undefined;
  const running = await tx
    .select({ name: pipelines.name, status: pipelines.status })
    .from(pipelines)
    .where(and(eq(pipelines.orgId, orgId), eq(pipelines.isSystem, true), eq(pipelines.messageChannel, channel)));
  const missing = systemPipelinesOf(channel)
    .filter(({ role }) => isNeeded[role])
    .filter(({ name }) => running.some((one) => one.name === name && !UNDER_WAY.includes(one.status)))
    .map(({ name }) => `"${name}"`);
  if (missing.length === 0) return undefined;
  const [are, them] = missing.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return {
    at: now,
    code: 'SYSTEM_PIPELINE_NOT_RUNNING',
    severity: 'warning',
    message: `${missing.join(' and ')} ${are} not running. What devices upload comes to the internal topic, and what pipelines put out goes on from there, by the system pipelines: start ${them}, unless something else does that.`,
  };
};
