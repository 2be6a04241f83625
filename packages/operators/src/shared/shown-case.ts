import type { AssetFacts, JsonObject, JsonValue } from '@penstock/model';

/** A case of an operator that is shown to people; taken from the YAML files beside the operator. */
export interface ShownCase {
  readonly title: string;
  readonly config: JsonObject;
  /** Output lanes of the stage, where its configuration names them. */
  readonly lanes?: readonly string[];
  /** Stages beside it in the pipeline that get the same records first. */
  readonly beside?: readonly { readonly operator: string; readonly config: JsonObject }[];
  /** What services answered: by method and URL, the answer or one after the other. */
  readonly http?: Readonly<Record<string, ShownAnswer | readonly ShownAnswer[]>>;
  /** Assets that the organisation has, by id. */
  readonly assets?: Readonly<Record<string, ShownAsset>>;
  /** Reference data of the organisation, by name. */
  readonly references?: Readonly<Record<string, JsonValue>>;
  /** Empty for sources and targets. */
  readonly input: readonly JsonObject[];
  readonly output: readonly JsonObject[];
  /** Codes of the errors, in order. */
  readonly errors?: readonly string[];
  /** Reasons of the drops, in order. */
  readonly dropped?: readonly string[];
}

/** What is left out is empty; its model is the last of the path. */
export type ShownAsset = Pick<AssetFacts, 'modelIdPath'> &
  Partial<Omit<AssetFacts, 'assetId' | 'modelId' | 'modelIdPath'>>;

/** Status 200 where it says nothing else. */
export interface ShownAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
