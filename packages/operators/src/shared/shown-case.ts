import type { AssetFacts, JsonObject, JsonValue, PointFacts } from '@penstock/model';

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
  /** Trees that they are in, by id. */
  readonly trees?: Readonly<Record<string, ShownTree>>;
  /** Its models, by id. */
  readonly models?: Readonly<Record<string, ShownModel>>;
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

/** A tree: parents by asset; null: at the top. */
export interface ShownTree {
  readonly name?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly nodes: Readonly<Record<string, string | null>>;
}

/** A model with its own points; what is left out is empty. */
export interface ShownModel {
  readonly parent?: string;
  readonly points?: Readonly<Record<string, Partial<Omit<PointFacts, 'pointId' | 'modelId'>>>>;
}

/** Status 200 where it says nothing else. */
export interface ShownAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
