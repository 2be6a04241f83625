import type { Issue } from '@penstock/model';
import type { Static, TObject } from 'typebox';
import type { PipelineFacts } from './context.ts';
import type { DocumentOptions } from './document-options.ts';

export interface DefinitionBase<C extends TObject> {
  /** Folder name and id in the reference: `fixed-time-window-aggregator`. */
  readonly id: string;
  /**
   * What its state is kept under, where that is not its id: operators that have the same go on with each other's state,
   * as versions of one do.
   */
  readonly keptAs?: string;
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
  /**
   * Operator libraries of contract E that contain it, for example `['0.1.0', '0.3.0']`: pipelines of an organisation
   * may use it where one of them is installed. `base`: always there.
   */
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
  /** Texts in other languages, by language, where they do not stand beside the definition. */
  readonly translations?: Readonly<Record<string, OperatorTexts>>;
  /** JSON Schema of the configuration as an object (the document's `configuration` rows by name), with defaults. */
  readonly config: C;
  /** Options that name a connection of the organisation, by option the kind that it has to be of. */
  readonly connections?: Readonly<Record<string, string>>;
  /** Options in documents that the schema does not name. */
  readonly documentOptions?: DocumentOptions;
  /** Rules a schema cannot say. `path` of the issues is relative to the configuration object (`/inputOutput/0/…`). */
  readonly check?: (config: Static<C>, pipeline: PipelineFacts) => readonly Issue[];
  /**
   * What is to be said of a valid configuration and takes seconds to find out, such as whether a script can be read.
   * Asked when a document is validated, released, started or previewed, not by workers. Paths as in `check`.
   */
  readonly inspect?: (config: Static<C>) => Promise<readonly Issue[]>;
  /** What its stages need beside the worker's own program. */
  readonly runtimes?: readonly Runtime[];
  /** Memory its stages take beside their records. */
  readonly resources?: (config: Static<C>) => readonly ResourceClaim[];
  /** Errors of records, each with when it occurs. Those the engine makes for every stage are not listed. */
  readonly errors?: readonly ErrorDeclaration[];
  /** Reasons for which it ends records without an error. */
  readonly drops?: readonly DropDeclaration[];
}

/** What an operator and the fields of its form are called in a language. */
export interface OperatorTexts {
  readonly label: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  /** Titles of fields, groups, choices and units by those of the definition. */
  readonly texts: Readonly<Record<string, string>>;
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

/**
 * Memory that a stage takes beside its records, whether or not it gets any: a start whose CUs leave less is refused
 * instead of a worker that is killed for it later.
 */
export interface ResourceClaim {
  /** What takes it: stages that name the same thing share it in a thread, and the largest claim counts. */
  readonly name: string;
  /** MiB in each thread of a worker. */
  readonly perThreadMb: number;
}

/** Programs that not every worker brings: in Cluster Mode they travel with the pipelines that need them. */
export type Runtime = 'python';
