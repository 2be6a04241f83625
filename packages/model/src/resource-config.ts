import { parseAdvanced } from './advanced-parameters.ts';
import { pointer } from './issue.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { parseNumber } from './liberal-number.ts';
import type { Issue } from './messages/issue.ts';

/** What a pipeline runs on, in CU (contract A.9, C.4, C.5). 1 CU = 1 core and 2 GiB unless configured otherwise. */
export type ResourceConfig = StandaloneResources | ClusterResources;

export interface StandaloneResources {
  readonly mode: 'standalone';
  /** CUs of the worker process. */
  readonly server: number;
}

export interface ClusterResources {
  readonly mode: 'cluster';
  /** CUs of the container that submits the job and collects its metrics. */
  readonly server: number;
  readonly yarn: {
    /** Spark executors. */
    readonly workerCount: number;
    /** CUs of the Spark driver. */
    readonly master: number;
    /** CUs of each executor. */
    readonly slave: number;
  };
  /** Spark parameters by their current name, values normalised to text. */
  readonly advanced: Readonly<Record<string, string>>;
}

/** Thousandths of a CU that a run takes from its organisation's grants. */
export interface Reservation {
  readonly standaloneMilli: number;
  readonly serverMilli: number;
  readonly yarnMilli: number;
}

/** What `start` takes when nothing is said. */
const DEFAULT_CU = 1;
/** Contract C.4: at least 0.5 CU per standalone job, at least 1 CU of each cluster resource. */
const MIN_STANDALONE_CU = 0.5;
const MIN_CLUSTER_CU = 1;
/**
 * Only a guard against absurd numbers: the largest grant EnOS sells (contract C.5). One version of its dialog stops at
 * 4 CU per job; that is not taken over, since what an organisation may use is what its grants say.
 */
const MAX_CU = 2000;
const MAX_WORKERS = 1000;

/**
 * Reads `resourceConfig` of a start request, at `path`. Liberal (contract A.9, I.4): absent and null mean the
 * defaults; numbers may be strings; a number alone is the server resource. `value` is absent when there are errors.
 */
export const parseResourceConfig = (
  given: unknown,
  mode: ResourceConfig['mode'],
  path: string,
): { readonly value?: ResourceConfig; readonly issues: readonly Issue[] } => {
  const issues: Issue[] = [];
  const source = asObject(given, path, issues);
  if (source === undefined) return { issues };
  const server = readCu(source, 'server', path, mode === 'standalone' ? MIN_STANDALONE_CU : MIN_CLUSTER_CU, issues);
  if (mode === 'standalone') {
    for (const name of ['yarn', 'advanced'])
      if (isGiven(source, name))
        issues.push({
          code: 'START_FIELD_UNUSED',
          severity: 'warning',
          path: path + pointer(name),
          message: `"${name}" is for Cluster Mode and is ignored in Standalone Mode.`,
        });
    return server === undefined ? { issues } : { value: { mode, server }, issues };
  }
  const yarn = readYarn(source, path, issues);
  const advanced = parseAdvanced(source.advanced, path + pointer('advanced'), issues);
  return server === undefined || yarn === undefined || advanced === undefined
    ? { issues }
    : { value: { mode, server, yarn, advanced }, issues };
};

const isGiven = (source: JsonObject, name: string): boolean => source[name] !== undefined && source[name] !== null;

const asObject = (given: unknown, path: string, issues: Issue[]): JsonObject | undefined => {
  if (given === undefined || given === null) return {};
  if (isJsonObject(given)) return given;
  if (typeof given === 'number' || typeof given === 'string') return { server: given };
  issues.push({
    code: 'START_FIELD_INVALID',
    severity: 'error',
    path,
    message: '"resourceConfig" must be an object such as {"server": 1}, or a number of CUs.',
  });
  return undefined;
};

const readYarn = (source: JsonObject, path: string, issues: Issue[]): ClusterResources['yarn'] | undefined => {
  const given = source.yarn ?? {};
  const at = path + pointer('yarn');
  if (!isJsonObject(given)) {
    issues.push({
      code: 'START_FIELD_INVALID',
      severity: 'error',
      path: at,
      message: '"yarn" must be an object such as {"workerCount": 1, "master": 1, "slave": 1}.',
    });
    return undefined;
  }
  const workerCount = readWorkerCount(given, at, issues);
  const master = readCu(given, 'master', at, MIN_CLUSTER_CU, issues);
  const slave = readCu(given, 'slave', at, MIN_CLUSTER_CU, issues);
  return workerCount === undefined || master === undefined || slave === undefined
    ? undefined
    : { workerCount, master, slave };
};

const readWorkerCount = (source: JsonObject, path: string, issues: Issue[]): number | undefined => {
  if (!isGiven(source, 'workerCount')) return 1;
  const value = parseNumber(source.workerCount);
  if (value !== undefined && Number.isInteger(value) && value >= 1 && value <= MAX_WORKERS) return value;
  issues.push({
    code: 'START_FIELD_INVALID',
    severity: 'error',
    path: path + pointer('workerCount'),
    message: `"workerCount" must be a whole number from 1 to ${MAX_WORKERS}.`,
  });
  return undefined;
};

const readCu = (source: JsonObject, name: string, path: string, min: number, issues: Issue[]): number | undefined => {
  if (!isGiven(source, name)) return DEFAULT_CU;
  const value = parseNumber(source[name], { unit: 'CU' });
  const isThousandths = value !== undefined && Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6;
  if (isThousandths && value >= min && value <= MAX_CU) return value;
  issues.push({
    code: 'START_FIELD_INVALID',
    severity: 'error',
    path: path + pointer(name),
    message: `"${name}" must be a number of CUs from ${min} to ${MAX_CU}, with at most three decimals.`,
  });
  return undefined;
};
