import { inputTopicOf, manifestFormatOf, planPipeline, type StateManifest } from '@penstock/engine';
import { consumerGroupOf, type JsonObject, manifestTopicOf, transactionalIdOf } from '@penstock/model';
import { cutsOf, storesOf } from '@penstock/worker/plan-stores';
import { checkRun, topicsOf } from '@penstock/worker/run-plan';
import { clockPipelines } from '../clock/clock-pipelines.ts';
import { GOLDEN_PARTITIONS } from '../golden-pipeline.ts';
import { goldenPipelines } from '../golden-pipelines.ts';
import { exampleLibrary } from '../own/own-library.ts';
import { unequalDocument } from '../unequal/unequal-partitions.ts';

/** Documents whose plans are written down, by name. */
export const pinnedDocuments = (): ReadonlyMap<string, JsonObject> =>
  new Map([
    ...goldenPipelines.map(({ name, outputs, document }): [string, JsonObject] => {
      const topics = Object.fromEntries(Object.keys(outputs).map((output) => [output, `out-${output}`]));
      return [name, document({ input: 'in', outputs: topics })];
    }),
    ...clockPipelines.map(({ name, document }): [string, JsonObject] => [name, document('in', 'out')]),
    ['unequal-partitions', unequalDocument('in', 'out')],
  ]);

/** Kafka's id of every topic here. */
const TOPIC_ID = 'topic-id';

/**
 * What a document of one source leads to in Kafka: what is read and by whom, names of topics, groups and transactions,
 * and the manifest of what is kept. Pipelines that have run with another version go on only where all of it is as it was.
 */
export const describePlan = (document: JsonObject): JsonObject => {
  const facts = { orgId: 'org', messageChannel: 0 as const, ownLibraries: [exampleLibrary] };
  const run = { document, pipelineId: 'pipeline', ...facts };
  const plan = planPipeline(checkRun(run), { sourcePartitions: GOLDEN_PARTITIONS });
  const topics = topicsOf(plan);
  const inputs = plan.parts.map((part) => ({
    topic: inputTopicOf(plan, part, topics.cuts),
    partitions: GOLDEN_PARTITIONS,
  }));
  const stores = storesOf(plan, inputs);
  const manifest: StateManifest = {
    format: manifestFormatOf(stores),
    inputs: inputs.flatMap(({ topic, partitions }) =>
      topic === null ? [] : [{ topic, topicId: TOPIC_ID, partitions }],
    ),
    cuts: cutsOf(plan, topics.cuts),
    stores,
    stateTopicId: stores.length === 0 ? null : TOPIC_ID,
  };
  return JSON.parse(
    JSON.stringify({
      deliveryGuarantee: plan.deliveryGuarantee,
      commitIntervalMs: plan.commitIntervalMs,
      time: plan.time,
      parts: plan.parts.map((part, index) => ({
        reads: inputs[index]?.topic ?? null,
        transactionalId: transactionalIdOf(run.pipelineId, part.index, 3),
        batch: part.batch ?? null,
        entry: part.entry,
        stages: part.stages.map(({ instanceName, definition, route, laneRoutes }) => ({
          instanceName,
          operator: definition.id,
          route,
          laneRoutes,
        })),
      })),
      topics,
      group: consumerGroupOf(run.pipelineId),
      manifestTopic: manifestTopicOf(run.pipelineId),
      manifest,
    }),
  ) as JsonObject;
};
