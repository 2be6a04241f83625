import { AppError } from '@penstock/model';
import { type Plan, type PlanPart, sourceOf } from '../plan/plan.ts';
import type { StreamRecord } from '../record/stream-record.ts';

/** The partition a key belongs to, of so many (murmur2, as Kafka's default partitioner has it). */
export type PartitionForKey = (key: string, partitions: number) => number;

/** Asset ids repeat; hashing each once is enough. Cleared when it gets this big. */
const MAX_KNOWN = 100_000;

export const SOURCE_PARTITIONING_REFUTED = 'SOURCE_PARTITIONING_REFUTED';

/**
 * Checks on the records that come what the plan believes of the source: that `assetId` decides the partition. A record
 * without `assetId` says nothing either way. Throws `SOURCE_PARTITIONING_REFUTED` before anything was done with the
 * batch, so that no state is ever split.
 */
export class PartitionCheck {
  readonly #topic: string;
  readonly #partition: number;
  readonly #partitions: number;
  readonly #partitionForKey: PartitionForKey;
  readonly #known = new Set<string>();

  constructor(topic: string, partition: number, partitions: number, partitionForKey: PartitionForKey) {
    this.#topic = topic;
    this.#partition = partition;
    this.#partitions = partitions;
    this.#partitionForKey = partitionForKey;
  }

  look(records: readonly StreamRecord[]): void {
    const known = this.#known;
    for (const record of records) {
      const { assetId } = record;
      if (assetId === undefined || known.has(assetId)) continue;
      const expected = this.#partitionForKey(assetId, this.#partitions);
      if (expected !== this.#partition) throw this.#refuted(record, assetId, expected);
      if (known.size >= MAX_KNOWN) known.clear();
      known.add(assetId);
    }
  }

  #refuted({ batch, index }: StreamRecord, assetId: string, expected: number): AppError {
    const offset = batch?.offsets[index];
    return new AppError(
      SOURCE_PARTITIONING_REFUTED,
      `Topic "${this.#topic}" is not partitioned by assetId: offset ${offset ?? '?'} of partition ${this.#partition} is of asset "${assetId}", which would belong to partition ${expected} of ${this.#partitions}. From now on the pipeline brings the records of an asset together through a topic of its own. If you know by what the topic is partitioned, set "Partitioned By" of its data source.`,
      { domain: 'external', params: { topic: this.#topic, partition: this.#partition, expected } },
    );
  }
}

/** Undefined where the plan believes nothing, or nobody can tell. */
export const partitionCheckOf = (
  plan: Plan,
  part: PlanPart,
  partition: number,
  partitionForKey: PartitionForKey | undefined,
): PartitionCheck | undefined => {
  const { spec, check } = sourceOf(plan, part) ?? {};
  if (check === undefined || spec?.kind !== 'topic' || partitionForKey === undefined) return undefined;
  return new PartitionCheck(spec.topic, partition, check.partitions, partitionForKey);
};
