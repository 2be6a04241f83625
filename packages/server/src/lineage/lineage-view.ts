import { and, asc, eq, isNotNull } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { pipelineLineages } from '../store/schema-lineage.ts';
import { requireOrganization } from '../use-case/find-organization.ts';

/** A released pipeline: the topics it reads and writes, and the points, as `{modelId}::{pointId}`, or `{measurementId}`. */
export interface LineagePipeline {
  readonly pipelineId: string;
  readonly name: string;
  readonly messageChannel: number;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What one pipeline writes another reads. */
export interface LineageLink {
  readonly from: string;
  readonly to: string;
  readonly topic: string;
  /** Those that the one puts out and the other reads; empty where one of them names no points. */
  readonly points: readonly string[];
}

export interface LineageView {
  readonly pipelines: readonly LineagePipeline[];
  readonly links: readonly LineageLink[];
}

/** Who reads what whom writes, of the released pipelines of an organisation. Errors: `ORGANIZATION_UNKNOWN`. */
export const readLineageView = async (db: Database, orgId: string): Promise<LineageView> => {
  await requireOrganization(db, orgId);
  const rows: LineagePipeline[] = await db
    .select({
      pipelineId: pipelines.pipelineId,
      name: pipelines.name,
      messageChannel: pipelineLineages.messageChannel,
      reads: pipelineLineages.reads,
      writes: pipelineLineages.writes,
      inputs: pipelineLineages.inputs,
      outputs: pipelineLineages.outputs,
    })
    .from(pipelineLineages)
    .innerJoin(pipelines, eq(pipelines.pipelineId, pipelineLineages.pipelineId))
    .where(and(eq(pipelineLineages.orgId, orgId), isNotNull(pipelines.releasedNumber)))
    .orderBy(asc(pipelines.name), asc(pipelines.pipelineId));
  return { pipelines: rows, links: linksOf(rows) };
};

const linksOf = (all: readonly LineagePipeline[]): LineageLink[] =>
  all.flatMap((writer) =>
    all.flatMap((reader) =>
      reader === writer ? [] : writer.writes.flatMap((topic) => linkOf(writer, reader, topic) ?? []),
    ),
  );

/** Pipelines that both name their points have something to do with each other where these meet. */
const linkOf = (writer: LineagePipeline, reader: LineagePipeline, topic: string): LineageLink | undefined => {
  if (!reader.reads.includes(topic)) return undefined;
  const wanted = new Set(reader.inputs);
  const points = writer.outputs.filter((point) => wanted.has(point));
  const areNamed = writer.outputs.length > 0 && reader.inputs.length > 0;
  if (areNamed && points.length === 0) return undefined;
  return { from: writer.pipelineId, to: reader.pipelineId, topic, points };
};
