import type { ChangelogEntry } from '@penstock/engine';

/**
 * State and position of pipelines as they lie in Kafka, for use cases. Every method rejects with `KAFKA_UNREACHABLE`
 * (a `UseCaseError`) when Kafka cannot be asked in good time.
 */
export interface StateStorePort {
  /** Entries of the pipeline's changelog whose key passes; none where there is no changelog yet. */
  readState(pipelineId: string, wants: (key: string) => boolean): Promise<readonly ChangelogEntry[]>;
  /** Deletes the entries whose key passes (tombstones in the partitions that hold them); answers how many. */
  deleteState(pipelineId: string, wants: (key: string) => boolean): Promise<number>;
  /**
   * Gives up what the stages of a pipeline keep, whether or not it is still there; the position stays. The next start
   * begins with empty state, and that is no loss any more. Idempotent.
   */
  forgetState(pipelineId: string): Promise<void>;
  /** Moves the committed offsets of the pipeline's source topic to the newest records. */
  skipBacklog(pipelineId: string, topics: readonly string[]): Promise<void>;
  /** Removes changelog, repartition topics and offsets of a pipeline: what a stop clears. Idempotent. */
  clear(pipelineId: string): Promise<void>;
  /** Partitions of a topic; undefined where it does not exist. */
  partitionCount(topic: string): Promise<number | undefined>;
}
