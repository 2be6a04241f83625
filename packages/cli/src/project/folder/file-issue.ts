import { oneLine } from '../../output.ts';

/** Something that is wrong with a file of a project, and where. */
export interface FileIssue {
  readonly file: string;
  /** From 1; absent where the place is not known. */
  readonly line?: number;
  readonly column?: number;
  /** JSON Pointer into what the file holds. */
  readonly pointer: string;
  readonly message: string;
}

/** What is wrong with the files of a project. */
export class FileIssueError extends Error {
  readonly issues: readonly FileIssue[];

  constructor(issues: readonly FileIssue[]) {
    super(issues.map(issueText).join('\n'));
    this.name = 'FileIssueError';
    this.issues = issues;
  }
}

/** As compilers write it, so that editors find the place. */
export const issueText = ({ file, line, column, pointer, message }: FileIssue): string => {
  const place = [file, ...(line === undefined ? [] : [line]), ...(column === undefined ? [] : [column])].join(':');
  return oneLine(`${place}:${pointer === '' ? '' : ` ${pointer}:`} ${message}`);
};
