/**
 * The contract between the engine and an operator. An operator is one folder with one definition; validation,
 * defaults, forms and the reference documentation derive from it. The engine knows no operator by name.
 */
import type { ProcessorDefinition } from './processor.ts';
import type { SourceDefinition } from './source.ts';
import type { TargetDefinition } from './target.ts';

export {
  defineLookUp,
  type LookUp,
  type LookUpAnswer,
  type LookUpAnswers,
  type LookUpDefinition,
  type LookUpNeed,
  type LookUpPolicy,
} from '../look-ups/look-up.ts';
export {
  defineReference,
  type Reference,
  type ReferenceDefinition,
  type ReferenceSnapshot,
} from '../references/reference.ts';
export type { MissedSlots } from '../time/due-slot.ts';
export type { PipelineFacts, StageContext } from './context.ts';
export type {
  DefinitionBase,
  DropDeclaration,
  ErrorDeclaration,
  OperatorTexts,
  ResourceClaim,
  Runtime,
} from './definition-base.ts';
export type { DocumentOptions } from './document-options.ts';
export type { Emitter } from './emitter.ts';
export {
  ASSET_AND_MEASUREMENT,
  ASSET_AND_POINT,
  fieldPointer,
  type KeyFields,
  type KeyPart,
  type KeySpec,
} from './key.ts';
export {
  type DataReference,
  defineProcessor,
  type MeasurementReference,
  nameOfReference,
  type PointReference,
  type Processor,
  type ProcessorDefinition,
} from './processor.ts';
export type { ScheduleDefinition, ScheduleSlot } from './schedule.ts';
export { type DefinedBatch, defineSource, type SourceDefinition, type SourceSpec } from './source.ts';
export type { KeyedState, StateDefinition } from './state.ts';
export {
  defineStore,
  type Expiry,
  type RangeBounds,
  type StateKey,
  type Store,
  type StoreDefinition,
} from './store.ts';
export {
  type DeliveryPromise,
  defineTarget,
  type Target,
  type TargetContext,
  type TargetDefinition,
  type TargetPort,
  type TargetTopic,
} from './target.ts';

export type OperatorDefinition = SourceDefinition | TargetDefinition | ProcessorDefinition;
