import type { JsonObject, JsonValue, TaskTopics } from '@penstock/model';
import type { OperatorDefinition } from '../operator/index.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { OperatorRegistry } from '../plan/registry.ts';
import { MemoryLog, type MemoryMessage } from '../preview/memory-log.ts';
import { Task, type TaskOptions } from '../task/task.ts';
import { facts, testRegistry } from './operators.ts';

export const testTopics: TaskTopics = { deadLetters: 'dead', state: 'state', cuts: ['cut-0', 'cut-1'] };

/** The operators for tests and some more. */
export const registryWith = (...more: readonly unknown[]): OperatorRegistry => {
  const definitions = [...testRegistry.definitions, ...(more as OperatorDefinition[])];
  return {
    definitions,
    resolve: ({ stageName }) => definitions.find((definition) => definition.stageName === stageName),
  };
};

export const planOf = (
  document: JsonValue,
  registry: OperatorRegistry = testRegistry,
  sourcePartitions?: number,
): Plan => {
  const { plan, issues } = compilePlan(document, {
    registry,
    facts,
    ...(sourcePartitions === undefined ? {} : { sourcePartitions }),
  });
  if (plan === undefined) throw new Error(JSON.stringify(issues));
  return plan;
};

/** A task of a plan whose output is in memory. */
export const openTask = async (
  plan: Plan,
  options: Partial<TaskOptions> & { readonly partIndex?: number } = {},
): Promise<{ task: Task; log: MemoryLog }> => {
  const log = new MemoryLog();
  const part = plan.parts[options.partIndex ?? 0];
  if (part === undefined) throw new Error('The plan has no such part.');
  const task = await Task.open({
    plan,
    part,
    partition: 0,
    runId: 'r1',
    topics: testTopics,
    log,
    clock: { now: () => 1000 },
    headersOf: () => [],
    ...options,
  });
  return { task, log };
};

export const record = (fields: JsonObject): string =>
  JSON.stringify({ assetId: 'a', pointId: 'p', value: 1, ...fields });

/** Values written to a topic, in order. */
export const written = (log: MemoryLog, topic: string): (string | null)[] =>
  log.messages.filter((message) => message.topic === topic).map(({ value }) => value?.toString() ?? null);

export const headersOfMessage = (message: MemoryMessage | undefined): Record<string, string | undefined> =>
  Object.fromEntries((message?.headers ?? []).map(({ key, value }) => [key.toString(), value?.toString()]));
