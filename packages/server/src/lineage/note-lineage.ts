import { isDeepStrictEqual } from 'node:util';
import type { PipelineFlows, PipelineLineage } from '@penstock/engine';
import { eq, sql } from 'drizzle-orm';
import { lineages, pipelineLineages } from '../store/schema-lineage.ts';
import type { Database } from '../store/store.ts';
import type { UseCaseDeps } from '../use-case/use-case.ts';

/** A version of a pipeline that is released. */
export interface ReleasedVersion {
  readonly pipelineId: string;
  readonly orgId: string;
  /** As the version has it: the design copy may have another one by now. */
  readonly messageChannel: number;
  readonly number: number;
  /** What system pipelines handle is what the others need: they add nothing to it. */
  readonly isSystem: boolean;
}

type Deps = Pick<UseCaseDeps, 'clock' | 'newId'>;

/** Of a document that does not compile. */
const NO_FLOWS: PipelineFlows = { reads: [], writes: [], flows: [] };

/**
 * Keeps which points a released version reads and puts out, in a transaction that has locked the organisation. Undefined:
 * nobody could look, and it is found out when somebody asks.
 */
export const noteLineage = async (
  deps: Deps,
  tx: Database,
  { pipelineId, orgId, messageChannel, number, isSystem }: ReleasedVersion,
  lineage: PipelineLineage | undefined,
  { reads, writes, flows }: PipelineFlows = NO_FLOWS,
): Promise<void> => {
  if (lineage === undefined || isSystem) return;
  const { inputs, outputs } = lineage;
  const row = { orgId, messageChannel, versionNumber: number, inputs, outputs, reads, writes, flows };
  const before = await findLineage(tx, pipelineId);
  await tx
    .insert(pipelineLineages)
    .values({ pipelineId, ...row })
    .onConflictDoUpdate({ target: pipelineLineages.pipelineId, set: row });
  const isSame =
    before === undefined
      ? isEmpty(lineage)
      : isDeepStrictEqual([before.messageChannel, before.inputs, before.outputs], [messageChannel, inputs, outputs]);
  if (isSame) return;
  for (const channel of new Set([messageChannel, before?.messageChannel ?? messageChannel]))
    await countUp(deps, tx, orgId, channel);
};

/** Before a pipeline is deleted, in a transaction that has locked the organisation. */
export const forgetLineage = async (deps: Deps, tx: Database, pipelineId: string): Promise<void> => {
  const before = await findLineage(tx, pipelineId);
  if (before === undefined) return;
  await tx.delete(pipelineLineages).where(eq(pipelineLineages.pipelineId, pipelineId));
  if (!isEmpty(before)) await countUp(deps, tx, before.orgId, before.messageChannel);
};

const findLineage = async (
  tx: Database,
  pipelineId: string,
): Promise<typeof pipelineLineages.$inferSelect | undefined> => {
  const [row] = await tx.select().from(pipelineLineages).where(eq(pipelineLineages.pipelineId, pipelineId));
  return row;
};

const isEmpty = ({ inputs, outputs }: PipelineLineage): boolean => inputs.length === 0 && outputs.length === 0;

const countUp = async ({ clock, newId }: Deps, tx: Database, orgId: string, messageChannel: number): Promise<void> => {
  const now = { stamp: newId(), changedAt: clock.now() };
  await tx
    .insert(lineages)
    .values({ orgId, messageChannel, revision: 1, ...now })
    .onConflictDoUpdate({
      target: [lineages.orgId, lineages.messageChannel],
      set: { revision: sql`${lineages.revision} + 1`, ...now },
    });
};
