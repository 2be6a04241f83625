import { keyPartProblem } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import { optionIssue } from './option-issue.ts';

/** Issues of an option that says by what records are brought together: an expression, or a JSON Pointer to a field. */
export const checkKeyPart = (path: string, part: string): Issue[] => {
  const problem = keyPartProblem(part);
  return problem === undefined ? [] : [optionIssue(path, problem)];
};
