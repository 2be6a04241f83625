import { pointer } from './issue.ts';
import { isJsonObject } from './json.ts';
import { parseNumber } from './liberal-number.ts';
import type { Issue } from './messages/issue.ts';

/**
 * `resourceConfig.advanced`: the Spark parameters a user may set. It is a security boundary, since Spark can be told
 * by parameters to run anything: what is not listed here is refused.
 */
interface Parameter {
  /** What the value must be, for the message. */
  readonly expects: string;
  /** The value as Spark takes it, or undefined when it is not acceptable. */
  readonly normalize: (text: string) => string | undefined;
}

const number = (expects: string, accepts: (value: number) => boolean): Parameter => ({
  expects,
  normalize: (text) => {
    const value = parseNumber(text);
    return value !== undefined && accepts(value) ? String(value) : undefined;
  },
});
const wholeNumber = (min: number, max: number): Parameter =>
  number(`a whole number from ${min} to ${max}`, (value) => Number.isInteger(value) && value >= min && value <= max);
const share = number('a number above 0 and below 1', (value) => value > 0 && value < 1);
const gain = number('a number from 0 to 100', (value) => value >= 0 && value <= 100);

const flag: Parameter = {
  expects: '"true" or "false"',
  normalize: (text) => (/^(?:true|false)$/i.test(text) ? text.toLowerCase() : undefined),
};
const oneOf = (...words: readonly string[]): Parameter => ({
  expects: words.map((word) => `"${word}"`).join(' or '),
  normalize: (text) => (words.includes(text) ? text : undefined),
});

const MIB: Record<string, number> = { k: 1 / 1024, m: 1, g: 1024, t: 1024 * 1024 };
/** MiB of an amount of memory as Spark writes it, who reads a bare number as MiB; undefined for anything else. */
export const memoryMib = (text: string): number | undefined => {
  const parts = /^(\d{1,9})(?:([kmgt])b?)?$/i.exec(text);
  return parts === null ? undefined : Number(parts[1]) * (MIB[parts[2]?.toLowerCase() ?? 'm'] ?? 1);
};

const memory: Parameter = {
  expects: 'an amount of memory from 1 MiB to 1 TiB, for example "800" (MiB) or "1g"',
  normalize: (text) => {
    const mib = memoryMib(text);
    return mib !== undefined && mib >= 1 && mib <= 1024 * 1024 ? text.toLowerCase() : undefined;
  },
};

const SECONDS: Record<string, number> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600, d: 86_400 };
/** `bareUnit`: what Spark reads a bare number as, which differs from parameter to parameter. */
const duration = (bareUnit: 's' | 'ms', minSeconds: number, maxSeconds: number): Parameter => ({
  expects: `a duration from ${minSeconds} s to ${maxSeconds} s, for example "30s"`,
  normalize: (text) => {
    const parts = /^(\d{1,12})(us|ms|s|min|m|h|d)?$/i.exec(text);
    const seconds = Number(parts?.[1]) * (SECONDS[parts?.[2]?.toLowerCase() ?? bareUnit] ?? Number.NaN);
    return parts !== null && seconds >= minSeconds && seconds <= maxSeconds ? text.toLowerCase() : undefined;
  },
});

const PARAMETERS = new Map<string, Parameter>([
  ['spark.streaming.backpressure.enabled', flag],
  ['spark.streaming.backpressure.initialRate', wholeNumber(1, 10_000_000)],
  ['spark.streaming.backpressure.rateEstimator', oneOf('pid')],
  ['spark.streaming.backpressure.pid.proportional', gain],
  ['spark.streaming.backpressure.pid.integral', gain],
  ['spark.streaming.backpressure.pid.derived', gain],
  ['spark.streaming.backpressure.pid.minRate', wholeNumber(1, 10_000_000)],
  ['spark.streaming.kafka.maxRatePerPartition', wholeNumber(1, 10_000_000)],
  ['spark.streaming.kafka.minRatePerPartition', wholeNumber(1, 10_000_000)],
  ['spark.memory.fraction', share],
  ['spark.memory.storageFraction', number('a number from 0, below 1', (value) => value >= 0 && value < 1)],
  ['spark.driver.memoryOverhead', memory],
  ['spark.executor.memoryOverhead', memory],
  ['spark.driver.memoryOverheadFactor', number('a number above 0, at most 10', (value) => value > 0 && value <= 10)],
  ['spark.executor.memoryOverheadFactor', number('a number above 0, at most 10', (value) => value > 0 && value <= 10)],
  ['spark.locality.wait', duration('ms', 0, 3600)],
  ['spark.task.maxFailures', wholeNumber(1, 100)],
  ['spark.network.timeout', duration('s', 1, 3600)],
]);

/** Names of Spark before 2.3, which EnOS documents (contract C.4). */
const RENAMED = new Map([
  ['spark.yarn.driver.memoryOverhead', 'spark.driver.memoryOverhead'],
  ['spark.yarn.executor.memoryOverhead', 'spark.executor.memoryOverhead'],
]);

const MAX_ROWS = 100;

/** Names a user may give, for forms and the reference. */
export const advancedParameterNames = (): readonly string[] => [...PARAMETERS.keys()];

/** What a user may give, with what a value must be, for forms. */
export const advancedParameters = (): readonly { readonly name: string; readonly expects: string }[] =>
  [...PARAMETERS].map(([name, { expects }]) => ({ name, expects }));

interface Row {
  readonly key: unknown;
  readonly value: unknown;
  readonly keyPath: string;
  readonly valuePath: string;
}

/** Rows of `{key, value}` as in the samples, or an object by name as in the parameter table (contract I.1). */
const rowsOf = (given: unknown, path: string): readonly Row[] | undefined => {
  if (given === undefined || given === null) return [];
  if (Array.isArray(given))
    return given.map((row: unknown, at) => ({
      key: isJsonObject(row) ? row.key : undefined,
      value: isJsonObject(row) ? row.value : undefined,
      keyPath: path + (isJsonObject(row) ? pointer(at, 'key') : pointer(at)),
      valuePath: path + pointer(at, 'value'),
    }));
  if (isJsonObject(given))
    return Object.entries(given).map(([key, value]) => {
      const at = path + pointer(key);
      return { key, value, keyPath: at, valuePath: at };
    });
  return undefined;
};

/** Where a parameter was given, under its current name or the old one: the pointer to its row; `path` if nowhere. */
export const advancedRowPath = (given: unknown, path: string, name: string): string => {
  const row = rowsOf(given, path)?.find(({ key }) => typeof key === 'string' && currentName(key) === name);
  return row?.valuePath ?? path;
};

const currentName = (key: string): string => RENAMED.get(key) ?? key;

/** The parameters by current name, or undefined with the reasons added to `issues`. */
export const parseAdvanced = (given: unknown, path: string, issues: Issue[]): Record<string, string> | undefined => {
  const before = issues.length;
  const refuse = (code: string, at: string, message: string) =>
    issues.push({ code, severity: 'error', path: at, message });
  const rows = rowsOf(given, path);
  if (rows === undefined || rows.length > MAX_ROWS) {
    refuse(
      'ADVANCED_INVALID',
      path,
      `"advanced" must be a list of at most ${MAX_ROWS} {"key": "...", "value": "..."}.`,
    );
    return undefined;
  }
  const accepted = new Map<string, string>();
  for (const row of rows) {
    const name = typeof row.key === 'string' ? currentName(row.key) : undefined;
    const parameter = name === undefined ? undefined : PARAMETERS.get(name);
    if (name === undefined || parameter === undefined) {
      refuse('ADVANCED_KEY_UNKNOWN', row.keyPath, unknownKey(row.key));
      continue;
    }
    if (accepted.has(name)) {
      refuse('ADVANCED_KEY_DUPLICATE', row.keyPath, `"${name}" is given more than once.`);
      continue;
    }
    const value = normalized(parameter, row.value);
    accepted.set(name, value ?? '');
    if (value === undefined)
      refuse('ADVANCED_VALUE_INVALID', row.valuePath, `The value of "${name}" must be ${parameter.expects}.`);
  }
  checkRates(accepted, path, refuse);
  return issues.length > before ? undefined : Object.fromEntries(accepted);
};

const normalized = (parameter: Parameter, value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? parameter.normalize(String(value))
    : undefined;

const unknownKey = (key: unknown): string => {
  if (typeof key !== 'string') return 'A row of "advanced" must be an object {"key": "...", "value": "..."}.';
  const shown = JSON.stringify(key.slice(0, 100));
  const meant = [...PARAMETERS.keys(), ...RENAMED.keys()].find(
    (name) => name.toLowerCase() === key.trim().toLowerCase(),
  );
  return meant === undefined
    ? `The parameter ${shown} may not be set.`
    : `The parameter ${shown} may not be set; "${meant}" is written exactly so.`;
};

const checkRates = (
  accepted: ReadonlyMap<string, string>,
  path: string,
  refuse: (code: string, at: string, message: string) => void,
): void => {
  const min = Number(accepted.get('spark.streaming.kafka.minRatePerPartition') ?? Number.NaN);
  const max = Number(accepted.get('spark.streaming.kafka.maxRatePerPartition') ?? Number.NaN);
  if (min > max)
    refuse('ADVANCED_VALUE_INVALID', path, '"spark.streaming.kafka.minRatePerPartition" is above the maximum rate.');
};
