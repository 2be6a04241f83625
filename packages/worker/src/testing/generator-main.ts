import { connectKafka, createTopicAdmin, openFeeds, PositionRecords } from '@penstock/kafka';
import { DeliveryGuarantee, manifestTopicOf } from '@penstock/model';
import { topicsOf } from '../plan/run-topics.ts';
import { openRunServices } from '../services/open-look-ups.ts';
import { SqlPools } from '../services/sql-pools.ts';
import { unlimitedPace } from '../task/pace.ts';
import { TaskRunner } from '../task/task-runner.ts';
import { generatorPlan } from './generator.ts';

/** Runs all tasks of a generator in a process of its own, for tests that kill it. */

const [bootstrapServers = '', pipelineId = '', partitions = ''] = process.argv.slice(2);
const sourcePartitions = Number(partitions);
const plan = generatorPlan({
  pipelineId,
  input: `${pipelineId}-in`,
  output: `${pipelineId}-out`,
  sourcePartitions,
  everyMs: 1000,
  missed: 'each',
  now: () => Date.now(),
});
const client = await connectKafka({ bootstrapServers }, { clientId: pipelineId });
const databases = new SqlPools({});
const spec = {
  runId: 'r1',
  pipelineId,
  orgId: 'o1',
  messageChannel: 0 as const,
  document: {},
  deliveryGuarantee: DeliveryGuarantee.ExactlyOnce,
  kafka: { bootstrapServers },
  threads: 1,
  memoryMb: 1024,
  kafkaRate: 1000,
  control: { endpointsFile: '', token: '' },
};
const deps = {
  spec,
  plan,
  topics: topicsOf(plan),
  cuts: [],
  sourcePartitions: [sourcePartitions],
  client,
  admin: createTopicAdmin(client),
  positions: new PositionRecords(client, manifestTopicOf(plan.facts.pipelineId)),
  feeds: openFeeds(client, { isolation: 'read-committed' }),
  pace: unlimitedPace,
  clock: { now: () => Date.now() },
  ...openRunServices(spec, plan, () => undefined),
  onEvent: ({ message }: { readonly message: string }) => process.stderr.write(`${message}\n`),
  onReady: () => undefined,
  onFirstCommit: () => undefined,
  confirmOwner: () => Promise.resolve(false),
  sql: (connection: string) => databases.of(connection),
};
const runs = Array.from({ length: sourcePartitions }, (_, partition) =>
  new TaskRunner({ part: 0, partition }, deps).run(),
);
await Promise.all(runs);
