import type { ReportedIssue } from '@penstock/client';
import { oneLine } from './output.ts';

/** One line per issue: how bad, where, what. */
export const issueLines = (issues: readonly ReportedIssue[]): string[] =>
  issues.map(({ severity, path, code, message, stage }) =>
    oneLine(`${severity} ${path === '' ? '/' : path}${stage === undefined ? '' : ` (${stage})`}: ${message} [${code}]`),
  );
