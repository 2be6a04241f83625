import { type CheckedPipeline, checkPipeline, type Plan, type PlanFacts, planPipeline } from '@penstock/engine';
import { AppError, type RunSpec } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';

const MAX_PROBLEMS = 5;

const registry = createRegistry(operators);

/** What the plan follows from besides the document: what Kafka knows, and what the pipeline keeps there. */
export type PlanOptions = PlanFacts;

/** What the plan of a run follows from. */
export type RunDocument = Pick<
  RunSpec,
  'document' | 'pipelineId' | 'orgId' | 'messageChannel' | 'topicGrants' | 'connections' | 'ownLibraries'
>;

/** The checked document of a run. Errors: `DOCUMENT_INVALID` with everything that is wrong with it. */
export const checkRun = (spec: RunDocument): CheckedPipeline => {
  const { pipeline, issues } = checkPipeline(spec.document, {
    registry,
    facts: {
      pipelineId: spec.pipelineId,
      orgId: spec.orgId,
      messageChannel: spec.messageChannel,
      ...(spec.topicGrants === undefined ? {} : { topicGrants: spec.topicGrants }),
      ...(spec.connections === undefined ? {} : { connections: spec.connections }),
      ...(spec.ownLibraries === undefined ? {} : { ownLibraries: spec.ownLibraries }),
    },
  });
  if (pipeline !== undefined) return pipeline;
  const problems = issues
    .filter(({ severity }) => severity === 'error')
    .slice(0, MAX_PROBLEMS)
    // Where and what kind only: messages quote the document, and this becomes the reason of the run.
    .map(({ path, code }) => `${path} [${code}]`);
  throw new AppError('DOCUMENT_INVALID', `The released document does not compile: ${problems.join(', ')}.`, {
    domain: 'user',
  });
};

/** The plan of a run's document. Errors: those of `checkRun`. */
export const compileRun = (spec: RunDocument, options: PlanOptions = {}): Plan => planPipeline(checkRun(spec), options);
