import { relative } from 'node:path';
import type { TSchema } from 'typebox';
import { CommandFailure, ExitCode } from '../../failure.ts';
import { schemaIssues } from './check-schema.ts';
import { type FileIssue, FileIssueError, issueText } from './file-issue.ts';
import { SourceFile } from './source-file.ts';

/** Issues told at most. */
const MAX_ISSUES = 50;

/** Reads files, and goes on where one is wrong, so that all that is wrong is told at once. */
export class FolderReader {
  readonly #cwd: string;
  readonly #issues: FileIssue[] = [];

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /** What a file holds, where it is as the schema says; what is not is noted. */
  read<Held>(path: string, schema: TSchema): { readonly file: SourceFile; readonly value: Held } | undefined {
    try {
      const file = new SourceFile(path, relative(this.#cwd, path) || path);
      const issues = schemaIssues(file, schema);
      this.#issues.push(...issues);
      return issues.length > 0 ? undefined : { file, value: file.value as Held };
    } catch (error) {
      if (!(error instanceof FileIssueError)) throw error;
      this.#issues.push(...error.issues);
      return undefined;
    }
  }

  /** Notes what is wrong at a place of a file. */
  note(file: SourceFile, at: string, message: string): void {
    this.#issues.push({ file: file.name, ...file.place(at), pointer: at, message });
  }

  /** Notes what is wrong with a folder. */
  noteFolder(path: string, message: string): void {
    this.#issues.push({ file: relative(this.#cwd, path) || path, pointer: '', message });
  }

  /** Errors: what was noted. */
  finish(): void {
    if (this.#issues.length === 0) return;
    const shown = this.#issues.slice(0, MAX_ISSUES).map(issueText);
    const more = this.#issues.length - shown.length;
    const rest = more === 0 ? [] : [`and ${more} more`];
    throw new CommandFailure(ExitCode.Usage, ['The folder cannot be used:', ...shown, ...rest].join('\n'));
  }
}
