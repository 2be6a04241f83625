import type { Static, TObject } from 'typebox';
import type { StreamRecord } from '../record/stream-record.ts';
import type { PipelineFacts } from './context.ts';
import type { DefinitionBase } from './definition-base.ts';

export type TargetSpec =
  | {
      readonly kind: 'topic';
      readonly topic: string;
      /** Message key of a record. */
      readonly key: (record: StreamRecord) => string | null;
      /** Text whose hash chooses the partition; `null` leaves the choice to the writer. */
      readonly partitionKey: (record: StreamRecord) => string | null;
      readonly clientSettings: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'discard' };

export interface TargetDefinition<C extends TObject = TObject> extends DefinitionBase<C> {
  readonly kind: 'target';
  readonly target: (config: Static<C>, pipeline: PipelineFacts) => TargetSpec;
}

export const defineTarget = <C extends TObject>(
  definition: Omit<TargetDefinition<C>, 'kind'>,
): TargetDefinition<C> => ({
  kind: 'target',
  ...definition,
});
