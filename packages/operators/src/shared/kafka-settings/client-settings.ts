import type { Issue } from '@penstock/model';
import Type, { type TArray, type TBoolean, type TNumber, type TRecord, type TString, type TUnion } from 'typebox';
import { optionIssue } from '../config/option-issue.ts';

/** What a Kafka client setting may be. */
type SettingRule =
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly values: readonly string[] };

const milliseconds = (min: number, max: number): SettingRule => ({ kind: 'number', min, max });
const bytes = milliseconds;
const only = (...values: string[]): SettingRule => ({ kind: 'choice', values });

/** Settings a pipeline may give its consumer. Those with one value say what is so anyway. */
export const consumerSettings: Readonly<Record<string, SettingRule>> = {
  'auto.offset.reset': only('earliest', 'latest'),
  'default.api.timeout.ms': milliseconds(1000, 600_000),
  'request.timeout.ms': milliseconds(1000, 600_000),
  'retry.backoff.ms': milliseconds(0, 60_000),
  'fetch.max.wait.ms': milliseconds(0, 60_000),
  'fetch.min.bytes': bytes(1, 16_777_216),
  'fetch.max.bytes': bytes(1024, 134_217_728),
  'max.partition.fetch.bytes': bytes(1024, 134_217_728),
  'isolation.level': only('read_committed'),
};

/** Settings a pipeline may give its producer. */
export const producerSettings: Readonly<Record<string, SettingRule>> = {
  retries: { kind: 'number', min: 0, max: 2_147_483_647 },
  'max.in.flight.requests.per.connection': { kind: 'number', min: 1, max: 5 },
  'retry.backoff.ms': milliseconds(0, 60_000),
  'delivery.timeout.ms': milliseconds(1000, 3_600_000),
  'request.timeout.ms': milliseconds(1000, 600_000),
  'linger.ms': milliseconds(0, 60_000),
  'batch.size': bytes(1024, 1_048_576),
  acks: only('all', '-1'),
  'enable.idempotence': only('true'),
  'compression.type': only('none'),
};

const ruleText = (rule: SettingRule): string =>
  rule.kind === 'choice' ? rule.values.map((value) => `\`${value}\``).join(' or ') : `${rule.min} to ${rule.max}`;

/** The list of settings for the reference. */
export const listSettings = (rules: Readonly<Record<string, SettingRule>>): string =>
  Object.entries(rules)
    .map(([name, rule]) => `\`${name}\` (${ruleText(rule)})`)
    .join(', ');

type SettingRow = Readonly<Record<string, string | number | boolean>>;

/**
 * Schema of "Kafka Configuration". Documents have rows `{ "key": …, "value": … }`; rows of the form
 * `{ "auto.offset.reset": "latest" }` are understood too.
 */
export const clientSettingsField = (
  description: string,
): TArray<TRecord<'^.*$', TUnion<[TString, TNumber, TBoolean]>>> =>
  Type.Array(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])), {
    title: 'Kafka Configuration',
    description,
    default: [],
    maxItems: 50,
    ui: { control: 'key-values', group: 'Kafka' },
  });

const entriesOf = (row: SettingRow): [string, string][] => {
  if (Object.hasOwn(row, 'key')) return [[String(row.key).trim(), String(row.value ?? '').trim()]];
  return Object.entries(row).map(([key, value]) => [key.trim(), String(value).trim()]);
};

/** The settings as one object; of keys that occur twice the last one counts. Rows with an empty key are left out. */
export const readClientSettings = (rows: readonly SettingRow[]): Record<string, string> =>
  Object.fromEntries(rows.flatMap(entriesOf).filter(([key]) => key !== ''));

const problemOf = (rule: SettingRule, value: string): string | undefined => {
  if (rule.kind === 'choice') return rule.values.includes(value) ? undefined : `must be ${rule.values.join(' or ')}`;
  const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
  return number >= rule.min && number <= rule.max
    ? undefined
    : `must be a whole number from ${rule.min} to ${rule.max}`;
};

/** Names every setting that is not on the list, or not in its range. */
export const checkClientSettings = (
  rows: readonly SettingRow[],
  rules: Readonly<Record<string, SettingRule>>,
  path: string,
): Issue[] =>
  rows.flatMap((row, index) =>
    entriesOf(row).flatMap(([key, value]) => {
      if (key === '') return [];
      const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
      if (rule === undefined)
        return [
          optionIssue(
            `${path}/${index}`,
            `The Kafka setting "${key}" may not be set here. Allowed are ${Object.keys(rules).join(', ')}.`,
          ),
        ];
      const problem = problemOf(rule, value);
      return problem === undefined ? [] : [optionIssue(`${path}/${index}`, `"${key}" is "${value}"; it ${problem}.`)];
    }),
  );
