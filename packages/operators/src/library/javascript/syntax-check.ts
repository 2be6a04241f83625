import { compileFunction } from 'node:vm';
import type { TextPlace } from '../../shared/config/option-issue.ts';

export interface SyntaxProblem {
  /** With the line. */
  readonly message: string;
  readonly at: TextPlace;
}

/**
 * What is wrong with the syntax of a script, with its line; undefined where nothing is. The script is parsed as the
 * body of a function and never run.
 */
export const syntaxProblem = (script: string): SyntaxProblem | undefined => {
  try {
    compileFunction(script, [], { filename: 'script' });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return { message: String(error), at: wholeOf(script) };
    // As Node tells it: `script:2`, the line, and carets below what is wrong, or none where the script ends too early.
    const [first = '', , carets = ''] = (error.stack ?? '').split('\n');
    const line = Number(/^script:(\d+)$/.exec(first)?.[1]);
    if (Number.isNaN(line)) return { message: error.message, at: wholeOf(script) };
    return { message: `Line ${line}: ${error.message}`, at: placeIn(script, line, carets) };
  }
};

const wholeOf = (script: string): TextPlace => ({ offset: 0, length: script.length });

const placeIn = (script: string, line: number, carets: string): TextPlace => {
  const lines = script.split(/\r\n|[\n\r\u2028\u2029]/);
  const text = lines[line - 1] ?? '';
  const column = carets.indexOf('^');
  const start = startOf(script, line - 1);
  if (column < 0 || column > text.length) return { offset: start, length: text.length };
  return { offset: start + column, length: Math.min(carets.trim().length, text.length - column) };
};

/** Where a line begins, counted from 0. */
const startOf = (script: string, line: number): number => {
  const ends = [...script.matchAll(/\r\n|[\n\r\u2028\u2029]/g)];
  const before = ends[line - 1];
  return before === undefined ? 0 : before.index + before[0].length;
};
