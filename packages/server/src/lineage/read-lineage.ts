import {
  isJsonObject,
  type JsonValue,
  type Lineage,
  MAX_REFERENCE_CHARS,
  type ReferenceReplyDraft,
} from '@penstock/model';
import { and, eq, isNull, ne, or } from 'drizzle-orm';
import { pipelines, pipelineVersions } from '../store/schema.ts';
import { lineages, pipelineLineages } from '../store/schema-lineage.ts';
import { lockOrganization, runningText } from '../use-case/find-pipeline.ts';
import { type UseCaseDeps, UseCaseError } from '../use-case/use-case.ts';
import { noteLineage, type ReleasedVersion } from './note-lineage.ts';

export type LineageDeps = Pick<UseCaseDeps, 'store' | 'clock' | 'newId' | 'compile'>;

/** Where nothing was ever released that has points. */
const NONE = { revision: 0, stamp: 'none' };

/**
 * Which points the released pipelines of an organisation and message channel read and put out; without them where
 * `known` is the stamp of how it still is. Errors: `LINEAGE_TOO_LARGE`, `COMPILE_BUSY`.
 */
export const readLineage = async (
  deps: LineageDeps,
  orgId: string,
  messageChannel: number,
  known: string | undefined,
  maxChars: number = MAX_REFERENCE_CHARS,
): Promise<ReferenceReplyDraft> => {
  await fillIn(deps, orgId, messageChannel);
  const { db } = deps.store;
  const [head = NONE] = await db
    .select({ revision: lineages.revision, stamp: lineages.stamp })
    .from(lineages)
    .where(and(eq(lineages.orgId, orgId), eq(lineages.messageChannel, messageChannel)));
  if (head.stamp === known) return head;
  // Read after the stamp: what changes in between is told once more with the next question.
  const rows = await db
    .select({ inputs: pipelineLineages.inputs, outputs: pipelineLineages.outputs })
    .from(pipelineLineages)
    .where(and(eq(pipelineLineages.orgId, orgId), eq(pipelineLineages.messageChannel, messageChannel)));
  const lineage: Lineage = {
    inputs: [...new Set(rows.flatMap(({ inputs }) => inputs))].sort(),
    outputs: [...new Set(rows.flatMap(({ outputs }) => outputs))].sort(),
  };
  const chars = JSON.stringify(lineage).length;
  // Room for the rest of the reply.
  if (chars > maxChars - 1000)
    throw new UseCaseError(
      'LINEAGE_TOO_LARGE',
      'unavailable',
      `The released pipelines of this message channel name ${lineage.inputs.length + lineage.outputs.length} points in ${chars} characters; ${maxChars - 1000} can be given to a pipeline that goes by them. Name fewer points, or delete pipelines that nobody needs.`,
    );
  return { ...head, data: { inputs: [...lineage.inputs], outputs: [...lineage.outputs] } };
};

/** Versions looked at for one question at most; the next one goes on with others. */
const AT_A_TIME = 20;

/**
 * Finds out what is not kept of versions that are released: those of a database that comes from before there was a
 * lineage, and those nobody could look at when they were released.
 */
const fillIn = async (deps: LineageDeps, orgId: string, messageChannel: number): Promise<void> => {
  const missing = await deps.store.db
    .select({
      pipelineId: pipelines.pipelineId,
      orgId: pipelines.orgId,
      isSystem: pipelines.isSystem,
      messageChannel: pipelineVersions.messageChannel,
      number: pipelineVersions.number,
    })
    .from(pipelines)
    .innerJoin(
      pipelineVersions,
      and(eq(pipelineVersions.pipelineId, pipelines.pipelineId), eq(pipelineVersions.number, pipelines.releasedNumber)),
    )
    .leftJoin(pipelineLineages, eq(pipelineLineages.pipelineId, pipelines.pipelineId))
    .where(
      and(
        eq(pipelines.orgId, orgId),
        eq(pipelines.isSystem, false),
        eq(pipelineVersions.messageChannel, messageChannel),
        or(isNull(pipelineLineages.pipelineId), ne(pipelineLineages.versionNumber, pipelineVersions.number)),
      ),
    )
    .limit(AT_A_TIME);
  for (const version of missing) await findOut(deps, version);
};

const findOut = async (deps: LineageDeps, version: ReleasedVersion): Promise<void> => {
  const { pipelineId, orgId, number, messageChannel } = version;
  const [released] = await deps.store.db
    .select({ document: pipelineVersions.document, compiled: pipelineVersions.compiled })
    .from(pipelineVersions)
    .where(and(eq(pipelineVersions.pipelineId, pipelineId), eq(pipelineVersions.number, number)));
  if (released === undefined) return;
  const document: JsonValue = JSON.parse(runningText(released));
  const facts = { pipelineId, orgId, messageChannel: messageChannel === 1 ? 1 : 0, isReleased: true } as const;
  // What nobody can look at in the time there is cannot be started either, and so reads nothing.
  const found = isJsonObject(document) ? await deps.compile(document, facts) : undefined;
  const lineage = found?.lineage ?? { inputs: [], outputs: [] };
  await deps.store.db.transaction(async (tx) => {
    await lockOrganization(tx, orgId);
    const [now] = await tx
      .select({ releasedNumber: pipelines.releasedNumber })
      .from(pipelines)
      .where(eq(pipelines.pipelineId, pipelineId));
    // Released anew meanwhile, or deleted: that was noted then.
    if (now?.releasedNumber === number) await noteLineage(deps, tx, version, lineage, found?.flows);
  });
};
