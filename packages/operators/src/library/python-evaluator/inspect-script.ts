import type { Issue } from '@penstock/model';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { optionIssue, type TextPlace, textIssue } from '../../shared/config/option-issue.ts';

const remarks = Compile(
  Type.Array(
    Type.Object({
      severity: Type.Enum(['error', 'warning']),
      message: Type.String(),
      line: Type.Union([Type.Integer(), Type.Null()]),
      column: Type.Union([Type.Integer(), Type.Null()]),
    }),
  ),
);

/**
 * What Python says of a script it does not run: what it cannot read, with line and column, and what is there to be
 * warned of. Paths are relative to the configuration.
 */
export const inspectScript = async (script: string): Promise<readonly Issue[]> => {
  const { usePython } = await import('./python/shared-python.ts');
  const { python, release } = await usePython();
  try {
    const answer = python.inspect(script);
    if (!(answer instanceof ArrayBuffer))
      return [optionIssue('/script', `The script cannot be read. It is too much for Python: ${answer.kind}.`)];
    const found: unknown = JSON.parse(Buffer.from(answer).toString('utf8'));
    if (!remarks.Check(found)) throw new Error('Python gave remarks in a form that is not known');
    return found.map(({ severity, message, line, column }): Issue => {
      const where = line === null ? '' : `Line ${line}${column === null ? '' : `, column ${column}`}: `;
      const text = `${severity === 'error' ? 'The script cannot be read. ' : ''}${where}${message}.`;
      return { ...textIssue('/script', text.replace(/([.?!])\.$/, '$1'), placeOf(script, line, column)), severity };
    });
  } finally {
    release();
  }
};

/** From a column, which Python counts in characters, to the end of its line; all of it where no line is known. */
const placeOf = (script: string, line: number | null, column: number | null): TextPlace => {
  const lines = [...script.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)];
  const found = line === null ? undefined : lines[line - 1];
  if (found === undefined) return { offset: 0, length: script.length };
  const text = found[0].replace(/[\r\n]+$/, '');
  const before = [...text].slice(0, (column ?? 1) - 1).join('').length;
  return { offset: found.index + before, length: text.length - before };
};
