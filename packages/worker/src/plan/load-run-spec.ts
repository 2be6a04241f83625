import { readFileSync } from 'node:fs';
import { isJsonObject, messageOf, PROTOCOL_VERSION, type RunSpec, readRunSpec } from '@penstock/model';

/**
 * The run specification that a worker program is started with, by its path. Errors: `Error` that says what is wrong,
 * and never what stands in the file, for it holds credentials.
 */
export const loadRunSpec = (file: string | undefined): RunSpec => {
  if (file === undefined) throw new Error('The worker is started with the path of a run specification.');
  const given = parse(file);
  const protocol = isJsonObject(given) ? (given.protocol ?? 1) : 1;
  if (typeof protocol === 'number' && protocol > PROTOCOL_VERSION)
    throw new Error(
      `The run specification ${file} is of version ${protocol}, this worker knows version ${PROTOCOL_VERSION}: it was ` +
        'written by a newer version of Penstock.',
    );
  try {
    return readRunSpec(given);
  } catch (error) {
    throw new Error(`The run specification ${file} cannot be used. ${messageOf(error)}`);
  }
};

const parse = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    // The parser quotes what it could not read.
    const why = error instanceof SyntaxError ? 'it is not JSON' : messageOf(error);
    throw new Error(`The run specification ${file} cannot be read: ${why}.`);
  }
};
