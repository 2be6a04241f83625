import { compileFunction } from 'node:vm';

/**
 * What is wrong with the syntax of a script, with its line; undefined where nothing is. The script is parsed as the
 * body of a function and never run.
 */
export const syntaxProblem = (script: string): string | undefined => {
  try {
    compileFunction(script, [], { filename: 'script' });
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    const line = /^script:(\d+)/.exec(error.stack ?? '')?.[1];
    return line === undefined ? error.message : `Line ${line}: ${error.message}`;
  }
};
