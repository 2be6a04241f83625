import { PenstockError } from '@penstock/client';
import { CommanderError } from 'commander';
import type { Surroundings } from './context.ts';
import { CommandFailure, ExitCode } from './failure.ts';
import { issueLines } from './issues.ts';
import { createProgram } from './program.ts';

/** Runs the command with these arguments and gives its exit code; errors go to `writeError` as plain sentences. */
export const run = async (
  args: readonly string[],
  surroundings: Surroundings,
  writeError: (text: string) => void,
): Promise<number> => {
  try {
    await createProgram(surroundings).parseAsync([...args], { from: 'user' });
    return ExitCode.Ok;
  } catch (error) {
    if (surroundings.signal.aborted) return 130;
    // Commander has already written what was wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Ok : ExitCode.Usage;
    if (error instanceof CommandFailure) {
      writeError(`penstock: ${error.message}\n`);
      return error.exitCode;
    }
    if (error instanceof PenstockError) {
      writeError(`penstock: ${describe(error)}\n`);
      return error.code === 'CLIENT_UNREACHABLE' ? ExitCode.Unreachable : ExitCode.Failed;
    }
    throw error;
  }
};

const describe = (error: PenstockError): string => {
  if (error.code === 'CLIENT_UNREACHABLE') return error.message;
  const head = `${error.message} [${error.code}]`;
  const [only] = error.issues;
  // The one issue there is, which the message already tells: its place is all that is new.
  if (only !== undefined && error.issues.length === 1 && only.message === error.message)
    return only.path === '' ? head : `${head} at ${only.path}`;
  return [head, ...issueLines(error.issues).map((line) => `  ${line}`)].join('\n');
};
