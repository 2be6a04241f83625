import { worksOnBatches } from './cut-plan.ts';
import type { Plan } from './plan.ts';
import { type StageProblem, storesOfPart } from './plan-stores.ts';

/** Stages that need whole batches where records go through one by one, because other stages of the part share a store. */
export const findBatchProblems = (plan: Plan): StageProblem[] =>
  plan.parts.flatMap((part): StageProblem[] => {
    const shared = storesOfPart(part).find(({ stages }) => stages.length > 1);
    if (shared === undefined) return [];
    const sharing = shared.stages.map((name) => `"${name}"`).join(' and ');
    return part.stages.filter(worksOnBatches).map(({ instanceName, label }) => ({
      stage: instanceName,
      message: `"${label || instanceName}" works on batches, and ${sharing} share a store, so that records go through all stages here one by one. Put a Partitioner between it and them.`,
    }));
  });
