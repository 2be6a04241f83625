import type { Issue } from '@penstock/model';
import type { Static, TObject } from 'typebox';
import type { PipelineFacts } from './context.ts';
import type { DocumentOptions } from './document-options.ts';

export interface DefinitionBase<C extends TObject> {
  /** Folder name and id in the reference: `fixed-time-window-aggregator`. */
  readonly id: string;
  /** `stageName` in documents. */
  readonly stageName: string;
  /** `library` in documents. */
  readonly library: string;
  /** Other `stageName`s that mean this operator (plain SDC and EnOS documents). */
  readonly stageNameAliases?: readonly string[];
  /** `stageVersion` in documents. */
  readonly version: number;
  /** Name in the console, as in contract E: `Fixed Time Window Aggregator`. */
  readonly label: string;
  readonly labelAliases?: readonly string[];
  /** Class part of instance names: `FixedTimeWindowAggregator` in `FixedTimeWindowAggregator_01`. */
  readonly instancePrefix: string;
  readonly instancePrefixAliases?: readonly string[];
  /** Operator libraries of contract E that contain it, for example `['0.1.0', '0.3.0']`. */
  readonly libraries: readonly string[];
  readonly category:
    | 'source'
    | 'target'
    | 'select'
    | 'quality'
    | 'window'
    | 'state'
    | 'script'
    | 'lookup'
    | 'generate'
    | 'format';
  readonly keywords: readonly string[];
  /** One sentence. */
  readonly summary: string;
  /** Markdown paragraphs for the reference: what it does, and what late, duplicate and missing input do. */
  readonly description: string;
  /** JSON Schema of the configuration as an object (the document's `configuration` rows by name), with defaults. */
  readonly config: C;
  /** Options that name a connection of the organisation, by option the kind that it has to be of. */
  readonly connections?: Readonly<Record<string, string>>;
  /** Options in documents that the schema does not name. */
  readonly documentOptions?: DocumentOptions;
  /** Rules a schema cannot say. `path` of the issues is relative to the configuration object (`/inputOutput/0/…`). */
  readonly check?: (config: Static<C>, pipeline: PipelineFacts) => readonly Issue[];
  /** Errors of records, each with when it occurs. Those the engine makes for every stage are not listed. */
  readonly errors?: readonly ErrorDeclaration[];
  /** Reasons for which it ends records without an error. */
  readonly drops?: readonly DropDeclaration[];
}

/** A kind of error a stage may make of a record. */
export interface ErrorDeclaration {
  /** Stable, `AREA_NOUN_PROBLEM`; in the dead letters. */
  readonly code: string;
  /** When a record becomes this error; Markdown, a sentence. */
  readonly when: string;
}

/** A reason under which a stage ends records. */
export interface DropDeclaration {
  /** Stable, kebab-case; in the counters. */
  readonly reason: string;
  readonly when: string;
}
