import { type CompileOptions, compilePlan, type Plan } from '@penstock/engine';
import { AppError, type RunSpec } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';

const registry = createRegistry(operators);

/** What the plan of a run follows from. */
export type RunDocument = Pick<RunSpec, 'document' | 'pipelineId' | 'orgId' | 'messageChannel'>;

/** The plan of a run's document. Errors: `DOCUMENT_INVALID` with everything that is wrong with it. */
export const compileRun = (
  spec: RunDocument,
  sourcePartitions?: number,
  known: Pick<CompileOptions, 'isPartitioningRefuted'> = {},
): Plan => {
  const { plan, issues } = compilePlan(spec.document, {
    registry,
    facts: { pipelineId: spec.pipelineId, orgId: spec.orgId, messageChannel: spec.messageChannel },
    ...known,
    ...(sourcePartitions === undefined ? {} : { sourcePartitions }),
  });
  if (plan !== undefined) return plan;
  const problems = issues
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message }) => `${path}: ${message}`);
  throw new AppError('DOCUMENT_INVALID', `The released document does not compile. ${problems.join(' ')}`, {
    domain: 'user',
  });
};
