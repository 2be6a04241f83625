import type { PipelineFlows, PipelineLineage, ResourceClaim } from '@penstock/engine';
import type { Issue, JsonObject, NamedConnection, OwnLibrary, TopicGrant } from '@penstock/model';
import type { TemplatePoint } from '@penstock/operators';

/** What is known of a pipeline when its document is compiled. */
export interface CompileFacts {
  readonly pipelineId: string;
  readonly orgId: string;
  readonly messageChannel: 0 | 1;
  /** Contract A.13; absent: 1, a document of stages. The form of a template is compiled to one first. */
  readonly templateType?: number;
  /** Where days begin in its organisation. */
  readonly timeZone?: string;
  /** Whether the mode it is to run in runs every source; not every mode does. */
  readonly runsEverySource: boolean;
  /** It was released, so that operators have looked at it already: what takes them seconds is not done again. */
  readonly isReleased?: boolean;
  readonly topicGrants?: readonly TopicGrant[];
  readonly connections?: readonly NamedConnection[];
  /** Libraries of the organisation's own that the document names. */
  readonly ownLibraries?: readonly OwnLibrary[];
  /** Libraries the organisation has installed; absent: nobody asks. */
  readonly libraries?: readonly string[];
}

/** The shape of a plan, for people. */
export interface PlanOutline {
  /** Sources in the order of the document: which stage, and the topic it reads; null where it reads none. */
  readonly sources: readonly { readonly stage: string; readonly topic: string | null }[];
  readonly parts: readonly { readonly part: number; readonly source: string; readonly stages: readonly string[] }[];
  readonly cuts: readonly {
    readonly index: number;
    readonly before: string;
    readonly partitionedBy: readonly string[];
  }[];
}

export interface CompileOutcome {
  /** Of a template: the document of stages that its form stands for; absent where the form has errors. */
  readonly document?: JsonObject;
  /** Of a template: the points that its form names, for whoever knows their models. */
  readonly templatePoints?: readonly TemplatePoint[];
  /** Errors and warnings, with JSON Pointers into the document or form. */
  readonly issues: readonly Issue[];
  /** Topics the pipeline reads, source by source; absent where there are errors. */
  readonly sourceTopics?: readonly string[];
  /** Absent where there are errors. */
  readonly outline?: PlanOutline;
  /** Memory that the stages take in each thread of a worker; absent where there are errors. */
  readonly claims?: readonly ResourceClaim[];
  /** Points it reads and puts out, as far as it can be made sense of; absent where nobody could look. */
  readonly lineage?: PipelineLineage;
  /** What it brings from which topic into which; absent where there are errors. */
  readonly flows?: PipelineFlows;
}

/** Compiles documents as a worker does, without running anything. Errors: `COMPILE_BUSY`. */
export interface Compiler {
  compile(document: JsonObject, facts: CompileFacts): Promise<CompileOutcome>;
}
