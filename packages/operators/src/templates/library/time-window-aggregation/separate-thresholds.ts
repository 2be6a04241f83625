import { nameOfReference, type PointReference } from '@penstock/engine';
import { type ThresholdTerms, thresholdText } from '../../forms/limits.ts';

interface Branch {
  readonly thresholds: { inputPoint: string; threshold: string }[];
  /** Indexes of its policies. */
  readonly policies: number[];
}

/**
 * Policies with the same point id and different thresholds, each group in a branch of its own: in one stage a record of a
 * model that inherits would have to be within the thresholds of others. Mostly there is one branch.
 */
export const separated = (policies: readonly (ThresholdTerms & { readonly input: PointReference })[]): Branch[] => {
  const branches: (Branch & { readonly byPoint: Map<string, string> })[] = [];
  policies.forEach((policy, index) => {
    const threshold = thresholdText(policy);
    const { pointId } = policy.input;
    let branch = branches.find(({ byPoint }) => (byPoint.get(pointId) ?? threshold) === threshold);
    if (branch === undefined) {
      branch = { thresholds: [], policies: [], byPoint: new Map() };
      branches.push(branch);
    }
    branch.byPoint.set(pointId, threshold);
    branch.policies.push(index);
    const inputPoint = nameOfReference(policy.input);
    if (!branch.thresholds.some((row) => row.inputPoint === inputPoint))
      branch.thresholds.push({ inputPoint, threshold });
  });
  return branches.map(({ thresholds, policies: indexes }) => ({ thresholds, policies: indexes }));
};
