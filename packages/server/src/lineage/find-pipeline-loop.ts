import type { PipelineFlows, TopicFlow } from '@penstock/engine';
import { and, eq, isNotNull, ne } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { pipelines } from '../store/schema.ts';
import { pipelineLineages } from '../store/schema-lineage.ts';
import { findLoop } from './flow-loop.ts';

/**
 * Whether a version that is to be released would send records round for ever together with other released pipelines of
 * the organisation: what one writes another reads and brings back. In words, with the way they would go.
 */
export const findPipelineLoop = async (
  tx: Database,
  { orgId, pipelineId, name }: { readonly orgId: string; readonly pipelineId: string; readonly name: string },
  { flows }: Pick<PipelineFlows, 'flows'>,
): Promise<string | undefined> => {
  if (flows.length === 0) return undefined;
  const others = await tx
    .select({ name: pipelines.name, flows: pipelineLineages.flows })
    .from(pipelineLineages)
    .innerJoin(pipelines, eq(pipelines.pipelineId, pipelineLineages.pipelineId))
    .where(
      and(
        eq(pipelineLineages.orgId, orgId),
        ne(pipelineLineages.pipelineId, pipelineId),
        isNotNull(pipelines.releasedNumber),
      ),
    )
    .orderBy(pipelineLineages.pipelineId);
  const loop = findLoop({ name, flows }, others.filter(hasFlows));
  if (loop === undefined) return undefined;
  const way = loop.map(({ pipeline, point, topic }) => `"${pipeline}" writes ${pointText(point)} to ${topic}`);
  return `Records would go round for ever: ${way.join(', ')}, which "${loop[0]?.pipeline}" reads. Put out other points, select the points to read, or write to another topic.`;
};

const hasFlows = ({ flows }: { readonly flows: readonly TopicFlow[] }): boolean => flows.length > 0;

const pointText = (point: string | undefined): string => (point === undefined ? 'all points' : `"${point}"`);
