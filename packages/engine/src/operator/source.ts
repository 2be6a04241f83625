import type { Static, TObject } from 'typebox';
import type { PipelineFacts } from './context.ts';
import type { DefinitionBase } from './definition-base.ts';
import type { KeyFields } from './key.ts';
import type { ProcessorDefinition } from './processor.ts';

/** How many records belong together for stages that work on batches, and how long is waited for them. */
export interface DefinedBatch {
  /** Records, at most. */
  readonly size: number;
  /** After its first record, in ms, a batch is whole with what it has. */
  readonly waitMs: number;
}

/** What a source reads, or what stands in its place. */
export type SourceSpec =
  | {
      readonly kind: 'topic';
      readonly topic: string;
      readonly offsetReset: 'earliest' | 'latest';
      /** Fields whose values decide the partition of a record in this topic; undefined: not known. */
      readonly partitionedBy: KeyFields | undefined;
      /** Whether that is only what such topics usually have: then it is checked on the records that come. */
      readonly isPartitioningBelieved?: boolean;
      /** Records with a longer value are errors. */
      readonly maxRecordBytes: number;
      readonly batch: DefinedBatch;
      /** Kafka client settings the user gave, already checked against the allow-list. */
      readonly clientSettings: Readonly<Record<string, string>>;
    }
  | {
      /** Records that are in the document itself; for debugging. */
      readonly kind: 'inline';
      /** One text per record. */
      readonly values: readonly string[];
      readonly stopAfterFirstBatch: boolean;
    }
  | {
      /** Nothing is read: the clock alone makes the records of the pipeline. */
      readonly kind: 'clock';
      /** Stands in the plan in the place of the source, with its configuration, and makes records in its slots. */
      readonly generator: ProcessorDefinition;
    };

export interface SourceDefinition<C extends TObject = TObject> extends DefinitionBase<C> {
  readonly kind: 'source';
  /** False where only Standalone Mode can run it. */
  readonly cluster: boolean;
  readonly source: (config: Static<C>, pipeline: PipelineFacts) => SourceSpec;
}

export const defineSource = <C extends TObject>(
  definition: Omit<SourceDefinition<C>, 'kind'>,
): SourceDefinition<C> => ({
  kind: 'source',
  ...definition,
});
