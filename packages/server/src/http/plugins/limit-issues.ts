import type { Issue } from '@penstock/model';

/** Issues told at most: whoever has more begins with these. An answer must not be many times its request. */
export const MAX_TOLD_ISSUES = 50;
const MAX_PATH = 500;
const MAX_MESSAGE = 1000;

/** What is told of issues: errors first where not all of them are, each of bounded length. */
export const limitIssues = (issues: readonly Issue[]): Issue[] => {
  const chosen =
    issues.length <= MAX_TOLD_ISSUES
      ? issues
      : [...issues.filter(isError), ...issues.filter((issue) => !isError(issue))].slice(0, MAX_TOLD_ISSUES);
  return chosen.map((issue) => ({
    ...issue,
    path: clip(issue.path, MAX_PATH),
    message: clip(issue.message, MAX_MESSAGE),
  }));
};

const isError = ({ severity }: Issue): boolean => severity === 'error';

const clip = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
