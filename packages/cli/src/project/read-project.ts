import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { usageFailure } from '../failure.ts';
import { fillIn, type Parameters } from './parameters.ts';

/** One pipeline of a folder. */
export interface ProjectPipeline {
  /** Of the file without its ending; the pipeline's name unless the file says another. */
  readonly name: string;
  readonly file: string;
  readonly description: string;
  readonly messageChannel: 0 | 1;
  /** `{ pipelineConfig }`, with the environment's parameters filled in. */
  readonly document: JsonObject;
  /** The cases beside it, where there are any: the parsed file, and its path. */
  readonly cases?: { readonly file: string; readonly value: JsonValue };
}

const CASES = '.cases.json';
const ENVIRONMENTS = 'environments';

/**
 * Reads a folder of pipelines as they are kept in Git: `NAME.json` is a document (with `name`, `description` and
 * `messageChannel` beside `pipelineConfig` where they are not the usual), `NAME.cases.json` its test cases, and
 * `environments/ENV.json` the parameters of an environment. Errors: exit code 2, with the file and what is wrong.
 */
export const readProject = (
  cwd: string,
  given: string,
  environment: string | undefined,
): readonly ProjectPipeline[] => {
  const folder = resolve(cwd, given);
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw usageFailure(`${given} is not a folder.`);
  const parameters = readParameters(folder, environment);
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.endsWith(CASES))
    .map((name) => name.slice(0, -'.json'.length))
    .toSorted();
  if (names.length === 0) throw usageFailure(`${given} holds no pipeline: a document is a file NAME.json.`);
  const pipelines = names.map((name) => readPipeline(folder, name, parameters));
  const seen = new Map<string, string>();
  for (const { name, file } of pipelines) {
    const other = seen.get(name);
    if (other !== undefined) throw usageFailure(`${file} and ${other} both hold the pipeline "${name}".`);
    seen.set(name, file);
  }
  return pipelines;
};

const readPipeline = (folder: string, name: string, parameters: Parameters): ProjectPipeline => {
  const file = join(folder, `${name}.json`);
  const read = readJson(file);
  if (!isJsonObject(read) || !isJsonObject(read.pipelineConfig))
    throw usageFailure(`${file} is no pipeline document: an object with "pipelineConfig" is needed.`);
  const { name: named, description, messageChannel, ...document } = read;
  if (messageChannel !== undefined && messageChannel !== 0 && messageChannel !== 1)
    throw usageFailure(`${file}/messageChannel: 0 (real-time) or 1 (offline) is needed.`);
  const casesFile = join(folder, `${name}${CASES}`);
  return {
    name: typeof named === 'string' ? named : name,
    file,
    description: typeof description === 'string' ? description : '',
    messageChannel: messageChannel ?? 0,
    document: fillIn(document, parameters, file),
    ...(existsSync(casesFile) ? { cases: { file: casesFile, value: readJson(casesFile) } } : {}),
  };
};

const readParameters = (folder: string, environment: string | undefined): Parameters => {
  if (environment === undefined) return {};
  const file = join(folder, ENVIRONMENTS, `${environment}.json`);
  const read = readJson(file);
  if (!isJsonObject(read)) throw usageFailure(`${file} must hold an object of parameters.`);
  return Object.fromEntries(
    Object.entries(read).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
};

const readJson = (file: string): JsonValue => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageFailure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};
