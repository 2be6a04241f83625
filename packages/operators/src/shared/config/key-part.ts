import { keyPartProblems } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import { expressionIssues } from './option-issue.ts';

/** Issues of an option that says by what records are brought together: an expression, or a JSON Pointer to a field. */
export const checkKeyPart = (path: string, part: string): readonly Issue[] =>
  expressionIssues(path, keyPartProblems(part));
