import type { ResourceClaim, Runtime } from '../operator/definition-base.ts';
import type { Plan, PlanStage } from './plan.ts';

/** What the stages of a plan take together in each thread, MiB: of claims with the same name the largest. */
export const claimsOf = (plan: Plan): readonly ResourceClaim[] => {
  const largest = new Map<string, number>();
  for (const { definition, config } of stagesOf(plan))
    for (const { name, perThreadMb } of definition.resources?.(config as never) ?? [])
      largest.set(name, Math.max(perThreadMb, largest.get(name) ?? 0));
  return [...largest].map(([name, perThreadMb]) => ({ name, perThreadMb }));
};

/** What a worker of the plan needs beside its own program. */
export const runtimesOf = (plan: Plan): readonly Runtime[] => [
  ...new Set(stagesOf(plan).flatMap(({ definition }) => definition.runtimes ?? [])),
];

const stagesOf = ({ parts }: Plan): readonly PlanStage[] => parts.flatMap(({ stages }) => stages);
