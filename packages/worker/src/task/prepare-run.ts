import type { Plan } from '@penstock/engine';
import type { TopicAdmin } from '@penstock/kafka';
import { AppError, type RunEvent, type RunSpec } from '@penstock/model';
import type { Assignment, TaskPlace } from '../standalone/thread-messages.ts';
import { checkRun } from './compile-run.ts';
import { prepareTopics } from './run-topics.ts';
import { planOfRun } from './source-partitioning.ts';
import { wait } from './wait.ts';

/** Compiles the document with what Kafka knows of its topics, makes the topics it needs, and says what tasks there are. */
export const prepareRun = async (spec: RunSpec, admin: TopicAdmin): Promise<Assignment> => {
  const pipeline = checkRun(spec);
  const { source } = pipeline;
  const sourcePartitions = source.kind === 'topic' ? await admin.partitionCount(source.topic) : 1;
  if (sourcePartitions === undefined)
    throw new AppError(
      'KAFKA_TOPIC_UNKNOWN',
      `The source topic "${source.kind === 'topic' ? source.topic : ''}" does not exist. Create it and start the pipeline again.`,
      { domain: 'user', params: source.kind === 'topic' ? { topic: source.topic } : {} },
    );
  const plan: Plan = await planOfRun(pipeline, admin, sourcePartitions);
  const threads = spec.threads * (spec.cluster?.executors ?? 1);
  const { partitions } = await prepareTopics(plan, admin, sourcePartitions, threads);
  const places = plan.parts.flatMap((part) =>
    Array.from({ length: partitions[part.index] ?? 0 }, (_, partition): TaskPlace => ({ part: part.index, partition })),
  );
  return { sourcePartitions, places };
};

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 10_000;

/** Kafka may be away for as long as it likes: tries until it works, and says so. Undefined once the signal has come. */
export const whenReachable = async <T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  onEvent: (event: RunEvent) => void,
): Promise<T | undefined> => {
  for (let pause = FIRST_WAIT_MS; !signal.aborted; pause = Math.min(pause * 2, MAX_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error;
      const message = `Not started yet, the next attempt is in ${pause} ms: ${error.message}`;
      onEvent({ at: Date.now(), code: error.code, severity: 'warning', message });
      await wait(pause, signal);
    }
  }
  return undefined;
};
