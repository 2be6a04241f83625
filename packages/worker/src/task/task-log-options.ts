import { keepsState, type Plan } from '@penstock/engine';
import type { TaskLogOptions } from '@penstock/kafka';
import { consumerGroupOf, manifestTopicOf, type TaskPlace, type TaskTopics, transactionalIdOf } from '@penstock/model';

/** How the log of a task is opened: under which ids, for which topics, and with what the user set for its targets. */
export const taskLogOptions = (plan: Plan, { part, partition }: TaskPlace, topics: TaskTopics): TaskLogOptions => {
  const { pipelineId } = plan.facts;
  const { stages = [], entry } = plan.parts[part] ?? {};
  const cuts = [...(entry?.cuts ?? []), ...stages.flatMap(({ route }) => route.cuts)];
  const written = new Set([topics.deadLetters, ...cuts.map((cut) => topics.cuts[cut] as string)]);
  // Where two targets of a part set the same thing differently the later one counts: they share a producer.
  const clientSettings: Record<string, string> = {};
  if (stages.some(keepsState)) written.add(topics.state);
  for (const { target } of stages)
    for (const topic of target?.topics ?? []) {
      written.add(topic.topic);
      Object.assign(clientSettings, topic.clientSettings);
    }
  const slowMs = slowestPassMs(plan);
  return {
    transactionalId: transactionalIdOf(pipelineId, part, partition),
    groupId: consumerGroupOf(pipelineId),
    guarantee: plan.deliveryGuarantee,
    topics: [...written],
    positionsTopic: manifestTopicOf(pipelineId),
    clientSettings,
    transactionTimeoutMs: Math.min(MAX_TRANSACTION_MS, TRANSACTION_MS + slowMs * CALLS_IN_BETWEEN),
  };
};

const TRANSACTION_MS = 60_000;
/** What brokers allow at most unless told otherwise (`transaction.max.timeout.ms`). */
const MAX_TRANSACTION_MS = 900_000;
/** A task has no transaction open while it is in a slow call, but others of its thread may be in theirs meanwhile. */
const CALLS_IN_BETWEEN = 16;

/** How long the slow calls of all stages may take, each once. */
const slowestPassMs = (plan: Plan): number =>
  plan.parts
    .flatMap(({ stages }) => stages)
    .reduce((sum, { definition, config }) => {
      return sum + (definition.kind === 'processor' ? (definition.longestCallMs?.(config) ?? 0) : 0);
    }, 0);
