import type { CutEntry, InputEntry, StateManifest } from '@penstock/engine';
import { manifestFormatOf } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { AppError, consumerGroupOf, messageOf, type RunSpec, repartitionTopicOf, stateTopicOf } from '@penstock/model';
import { compileRun, type RunDocument } from '../plan/compile-run.ts';
import { storesOf } from './plan-stores.ts';

/** What a version of Penstock without manifests has kept needs of Kafka to be described. */
export type FirstEditionPort = Pick<TopicAdmin, 'describeTopic' | 'committedOffsets' | 'listTopics'>;

/**
 * Describes what the first edition kept, which did not describe itself: by the document that ran last, from which the
 * plan follows, and by the topics there are. Undefined where nothing was kept. Errors: `STATE_UNDESCRIBED` where that
 * document does not compile any more, or the topics are not those of its plan.
 */
export const describeFirstEdition = async (
  spec: Pick<RunSpec, 'pipelineId' | 'previous'> & RunDocument,
  kafka: FirstEditionPort,
  sourcePartitions: number,
): Promise<StateManifest | undefined> => {
  const { pipelineId } = spec;
  const state = await kafka.describeTopic(stateTopicOf(pipelineId));
  const cutTopics = await cutTopicsOf(pipelineId, kafka);
  // What was cut then was cut for more than one partition; what was not says by the state topic how many there were.
  const before = cutTopics.length === 0 ? (state?.partitions ?? sourcePartitions) : Math.max(2, sourcePartitions);
  const run = spec.previous === undefined ? spec : { ...spec, ...spec.previous };
  const plan = compiled(() => compileRun(run, { sourcePartitions: before }));
  // It knew documents of one source.
  const source = plan.sources[0]?.spec;
  const committed =
    source?.kind === 'topic' ? await kafka.committedOffsets(consumerGroupOf(pipelineId), source.topic) : new Map();
  if (state === undefined && cutTopics.length === 0 && committed.size === 0) return undefined;

  const cuts: CutEntry[] = [];
  const inputs: InputEntry[] = source?.kind === 'topic' ? [{ topic: source.topic, topicId: '', partitions: 0 }] : [];
  const places: { topic: string | null; partitions: number }[] = [
    { topic: source?.kind === 'topic' ? source.topic : null, partitions: before },
  ];
  for (const { index, before: stage, partitionedBy } of plan.cuts) {
    const topic = repartitionTopicOf(pipelineId, String(index));
    const found = await kafka.describeTopic(topic);
    if (found === undefined) throw undescribed(`its topic "${topic}" is missing`);
    cuts.push({ topic, before: stage, partitionedBy });
    // A group that knows the source and not the cut has never read that: it is read from its first record.
    const isRead = (await kafka.committedOffsets(consumerGroupOf(pipelineId), topic)).size > 0;
    if (isRead || committed.size === 0) inputs.push({ topic, topicId: found.id, partitions: 0 });
    places.push({ topic, partitions: found.partitions });
  }
  // It knew one version of each store.
  const stores = storesOf(plan, places).map((store) => ({ ...store, version: 1 }));
  // An id that no topic has: there was one, and it is gone.
  return {
    format: manifestFormatOf(stores),
    inputs,
    cuts,
    stores,
    stateTopicId: stores.length === 0 ? null : (state?.id ?? ''),
  };
};

/** Only those named by a number: what is named otherwise was made with a manifest. */
const cutTopicsOf = async (pipelineId: string, kafka: FirstEditionPort): Promise<string[]> => {
  const prefix = repartitionTopicOf(pipelineId, '');
  const names = (await kafka.listTopics()).map(({ name }) => name);
  return names.filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)));
};

const compiled = <T>(compile: () => T): T => {
  try {
    return compile();
  } catch (error) {
    throw undescribed(`the document that wrote it does not compile any more (${messageOf(error)})`);
  }
};

const undescribed = (why: string): AppError =>
  new AppError(
    'STATE_UNDESCRIBED',
    `The pipeline has kept state with an earlier version of Penstock, which did not describe it, and ${why}. Stop the pipeline, which clears its state, to begin anew.`,
    { domain: 'user' },
  );
