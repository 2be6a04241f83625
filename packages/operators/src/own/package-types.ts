import type { JsonObject, JsonValue } from '@penstock/model';

/** What `package-schema.ts` says, as types; written down, since the linter cannot reckon with what is inferred. */
export interface LibraryPackage {
  readonly format: string;
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  readonly operators: readonly OwnOperator[];
}

export interface OwnOperator {
  readonly name: string;
  readonly zh?: {
    readonly label: string;
    readonly summary: string;
    readonly keywords?: readonly string[];
    readonly texts?: Readonly<Record<string, string>>;
  };
  readonly category: 'select' | 'quality' | 'window' | 'state' | 'script' | 'format';
  readonly keywords?: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly options: Readonly<Record<string, OwnOption>>;
  readonly requires?: readonly (string | { readonly option: string })[];
  readonly stores?: readonly OwnStore[];
  readonly changes: readonly string[] | 'any';
  readonly lineage?: { readonly inputs: string; readonly outputs?: string };
  readonly errors?: readonly { readonly code: string; readonly when: string }[];
  readonly drops?: readonly { readonly reason: string; readonly when: string }[];
  readonly makesRecords?: boolean;
  readonly limits?: { readonly timeMs?: number; readonly memoryMb?: number };
  readonly cases: readonly OwnCase[];
  readonly code: string;
}

/** An option that is a value alone: a column of a table. */
export interface OwnColumn {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
  readonly title: string;
  readonly description: string;
  readonly default?: JsonValue;
  readonly enum?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly ui?: OwnUi;
}

export interface OwnOption extends OwnColumn {
  readonly items?: {
    readonly type: 'string' | 'object';
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly properties?: Readonly<Record<string, OwnColumn>>;
  };
}

export interface OwnUi {
  readonly control?: string;
  readonly group?: string;
  readonly order?: number;
  readonly advanced?: boolean;
  readonly dependsOn?: { readonly field: string; readonly values: readonly (string | boolean)[] };
  readonly unit?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly language?: string;
}

export interface OwnStore {
  readonly name: string;
  readonly version: number;
  readonly subKeys?: number;
  readonly ranges?: boolean;
  readonly ttlMs?: number;
  readonly maxEntryBytes?: number;
  readonly migrates?: boolean;
}

export interface OwnCase {
  readonly title: string;
  readonly shown?: boolean;
  readonly config: JsonObject;
  readonly lanes?: readonly string[];
  readonly record?: JsonObject;
  readonly steps: readonly OwnCaseStep[];
}

export interface OwnCaseStep {
  readonly send?: readonly JsonObject[];
  readonly out?: readonly JsonObject[];
  readonly dropped?: readonly string[];
  readonly errors?: readonly string[];
  readonly restart?: boolean;
}
