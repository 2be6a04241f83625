import type { OperatorDefinition, PipelineFacts } from '../operator/index.ts';

/** What a document says about a stage's operator. */
export interface OperatorQuery {
  readonly stageName: string;
  readonly library: string;
  readonly stageVersion: string;
  readonly label: string;
  readonly instanceName: string;
}

/** The operators of an installation, handed to the engine by whoever puts the program together. */
export interface OperatorRegistry {
  readonly definitions: readonly OperatorDefinition[];
  resolve(query: OperatorQuery): OperatorDefinition | undefined;
  /** What is to be said about how a stage was resolved: that it was guessed, or is of another version. A sentence. */
  remark?(query: OperatorQuery): string | undefined;
  /** These operators, and those that the organisation of a pipeline brings itself. */
  of?(facts: Pick<PipelineFacts, 'ownLibraries'>): OperatorRegistry;
}
