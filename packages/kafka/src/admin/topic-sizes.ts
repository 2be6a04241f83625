import { describeLogDirsV4 } from '@platformatic/kafka';
import { CONTROL, DEFAULT_REQUEST_TIMEOUT_MS, type KafkaClient, type RetryLimits } from '../link/kafka-client.ts';
import { ProtocolFailure } from '../link/protocol-errors.ts';

/**
 * Bytes that topics take on the brokers' disks: of each partition its largest replica, since followers may be behind. A
 * topic that does not exist is left out. Needs the right to describe the cluster; rejects with `KAFKA_NOT_AUTHORIZED`
 * where the user has not got it.
 */
export const readTopicSizes = async (
  client: KafkaClient,
  topics: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const limits: RetryLimits = {
    what: 'Reading the sizes of topics',
    deadline: performance.now() + DEFAULT_REQUEST_TIMEOUT_MS,
  };
  return client.retrying(limits, async () => {
    const { brokers, topics: known } = await client.snapshot([...topics]);
    const asked = [...known.values()].flatMap((topic) =>
      topic === undefined ? [] : [{ name: topic.name, partitions: [...topic.partitions.keys()] }],
    );
    const largest = new Map(asked.map(({ name }) => [name, new Map<number, number>()]));
    if (asked.length === 0) return new Map();
    for (const { nodeId } of brokers)
      for (const { name, partitionIndex, bytes } of await sizesAt(client, nodeId, asked)) {
        const sizes = largest.get(name);
        sizes?.set(partitionIndex, Math.max(bytes, sizes.get(partitionIndex) ?? 0));
      }
    return new Map([...largest].map(([name, sizes]) => [name, sum(sizes.values())]));
  });
};

type Asked = { name: string; partitions: number[] };

const sizesAt = async (client: KafkaClient, nodeId: number, asked: Asked[]) => {
  const { errorCode, results } = await client.send(nodeId, CONTROL, describeLogDirsV4.api, asked);
  if (errorCode !== 0) throw new ProtocolFailure(errorCode);
  return results.flatMap((dir) => {
    if (dir.errorCode !== 0) throw new ProtocolFailure(dir.errorCode);
    return dir.topics.flatMap(({ name, partitions }) =>
      partitions
        // A replica that is being moved to another disk is there twice.
        .filter(({ isFutureKey }) => !isFutureKey)
        .map(({ partitionIndex, partitionSize }) => ({ name, partitionIndex, bytes: Number(partitionSize) })),
    );
  });
};

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
