import { createHash } from 'node:crypto';
import {
  type DropDeclaration,
  defineStore,
  type ErrorDeclaration,
  type KeySpec,
  type PointReference,
  type ProcessorDefinition,
  type StageContext,
} from '@penstock/engine';
import { type Issue, isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { TObject } from 'typebox';
import { optionIssue } from '../shared/config/option-issue.ts';
import { keyNotValid, notSelected, timeNotValid, timeTooFarAhead } from '../shared/outcomes.ts';
import { parsePointReference, pointReferenceOf } from '../shared/points/point-reference.ts';
import type { ShownCase } from '../shared/shown-case.ts';
import { ownLibraryOf, ownOperatorNames } from './own-names.ts';
import { OwnSandbox, type OwnSandboxSettings } from './own-sandbox.ts';
import { type KeptStore, NOT_EMITTED, type OwnEntry, OwnStage } from './own-stage.ts';
import type { LibraryPackage, OwnCase, OwnOperator, OwnOption, OwnStore } from './package-types.ts';

/** An operator of an own library, with the cases that are shown to people. */
export interface OwnDefinition extends ProcessorDefinition {
  readonly shown: readonly ShownCase[];
}

/** Errors that every own operator may give, beside those it declares. */
const sandboxErrors: readonly ErrorDeclaration[] = [
  { code: 'SCRIPT_FAILED', when: 'The code of the operator threw on the record.' },
  { code: 'SCRIPT_TIME_LIMIT', when: 'The code ran longer than its time limit, or the records before it had.' },
  { code: 'SCRIPT_MEMORY_LIMIT', when: 'The code needed more memory than it may have.' },
  { code: 'SCRIPT_OUTPUT_NOT_VALID', when: 'The code gave something that is no record, or changed what it may not.' },
  { code: 'SCRIPT_OUTPUT_TOO_LARGE', when: 'More came of the record than a topic could take.' },
];
const stateTooLarge: ErrorDeclaration = {
  code: 'SCRIPT_STATE_TOO_LARGE',
  when: 'The code would keep more under one key than its store takes.',
};
const notEmitted: DropDeclaration = { reason: NOT_EMITTED, when: 'The code neither emitted nor ended the record.' };

/** Codes and reasons that are not an own operator's to declare. */
export const RESERVED_CODES: ReadonlySet<string> = new Set(
  [...sandboxErrors, stateTooLarge, keyNotValid, timeNotValid, timeTooFarAhead].map(({ code }) => code),
);
export const RESERVED_REASONS: ReadonlySet<string> = new Set([
  NOT_EMITTED,
  notSelected.reason,
  'required-field',
  'precondition',
  'quality-filter',
  'no-records',
]);

/** As script stages have them. */
const TIME_MS = 5000;
const MEMORY_MB = 24;
const MAX_ENTRY_BYTES = 65_536;
const MAX_TEXT = 1000;
const MAX_ROWS = 1000;

/** The operators of a package that has been checked, as definitions like any others. */
export const ownDefinitions = (library: LibraryPackage): readonly OwnDefinition[] =>
  library.operators.map((operator) => ownDefinition(ownLibraryOf(library), operator));

const ownDefinition = (library: string, operator: OwnOperator): OwnDefinition => {
  const { stores = [], lineage, requires, limits = {}, code } = operator;
  const { timeMs = TIME_MS, memoryMb = MEMORY_MB } = limits;
  const changes = operator.changes === 'any' ? ('any' as const) : operator.changes.map(fieldOf);
  const hasTtl = stores.some(({ ttlMs }) => ttlMs !== undefined);
  const sandbox: Omit<OwnSandboxSettings, 'options' | 'isPreview' | 'lanes'> = {
    code,
    timeMs,
    memoryMb,
    changes: changes === 'any' ? null : changes,
    codes: (operator.errors ?? []).map((one) => one.code),
    reasons: (operator.drops ?? []).map((one) => one.reason),
    stores: stores.map(({ name, subKeys = 0 }) => ({ name, subKeys })),
    table: lineage === undefined ? null : tableOf(lineage.inputs),
    isOpened: true,
  };
  const migrator = new Migrator({ ...sandbox, options: {}, isPreview: false, lanes: 1, isOpened: false });
  const kept = stores.map((store) => keptStore(store, requires?.length ?? 0, migrator));
  const { keptAs, ...names } = ownOperatorNames(library, operator.name);
  return {
    ...names,
    keptAs,
    kind: 'processor',
    library,
    version: 1,
    libraries: [library],
    category: operator.category,
    keywords: operator.keywords ?? [],
    summary: operator.summary,
    description: operator.description,
    ...(operator.zh === undefined
      ? {}
      : {
          translations: {
            zh: {
              label: operator.zh.label,
              summary: operator.zh.summary,
              keywords: operator.zh.keywords ?? [],
              texts: operator.zh.texts ?? {},
            },
          },
        }),
    config: configSchema(operator.options) as unknown as TObject,
    errors: [
      ...(operator.errors ?? []),
      ...sandboxErrors,
      ...(stores.length === 0 ? [] : [stateTooLarge]),
      ...(requires === undefined ? [] : [keyNotValid]),
      ...(hasTtl ? [timeNotValid, timeTooFarAhead] : []),
    ],
    drops: [...(operator.drops ?? []), notEmitted, ...(lineage === undefined ? [] : [notSelected])],
    makesRecords: operator.makesRecords === true,
    resources: () => [{ name: `${operator.name} (${library})`, perThreadMb: memoryMb }],
    longestCallMs: () => 2 * timeMs,
    changes: () => changes,
    stores: kept.map(({ definition }) => definition),
    ...(requires === undefined ? {} : { requires: (config) => keyOf(requires, config) }),
    ...(lineage === undefined
      ? {}
      : {
          check: (config) => [lineage.inputs, lineage.outputs].flatMap((path) => pointIssues(config, path)),
          lineage: (config) => ({
            inputs: pointsAt(config, lineage.inputs),
            outputs: pointsAt(config, lineage.outputs ?? lineage.inputs),
          }),
        }),
    shown: operator.cases.filter(({ shown }) => shown === true).map(shownCase),
    create: (config, context) =>
      new OwnStage(
        {
          sandbox: {
            ...sandbox,
            options: config as JsonObject,
            isPreview: context.isPreview,
            lanes: context.lanes.length,
          },
          isKeyed: requires !== undefined,
          stores: kept,
          points: lineage === undefined ? undefined : pointsAt(config, lineage.inputs),
        },
        context as StageContext,
      ),
  };
};

/** `/value`: only top-level fields are named. */
const fieldOf = (pointer: string): string => pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');

const keyOf = (requires: NonNullable<OwnOperator['requires']>, config: Readonly<Record<string, unknown>>): KeySpec => ({
  kind: 'parts',
  parts: requires.map((part) => (typeof part === 'string' ? part : String(config[part.option]))),
});

/** The option of `/option/*∕column`; null of `/option`. */
const tableOf = (pointer: string): string | null => {
  const [, option = '', star] = pointer.split('/');
  return star === undefined ? null : option;
};

/** The texts a lineage pointer names, each with where it stands. */
const textsAt = (
  config: Readonly<Record<string, unknown>>,
  pointer: string,
): readonly { readonly at: string; readonly text: string }[] => {
  const [, option = '', star, column = ''] = pointer.split('/');
  const value = config[option];
  if (star === undefined) return [{ at: `/${option}`, text: String(value) }];
  return (Array.isArray(value) ? value : []).map((row: JsonValue, index) => ({
    at: `/${option}/${index}/${column}`,
    text: isJsonObject(row) ? String(row[column]) : '',
  }));
};

const pointsAt = (config: Readonly<Record<string, unknown>>, pointer: string): PointReference[] =>
  textsAt(config, pointer).map(({ text }) => pointReferenceOf(text));

const pointIssues = (config: Readonly<Record<string, unknown>>, pointer: string | undefined): readonly Issue[] =>
  (pointer === undefined ? [] : textsAt(config, pointer)).flatMap(({ at, text }) =>
    parsePointReference(text) === undefined
      ? [
          optionIssue(
            at,
            `"${text}" is not a point. Write the model's id, two colons and the point's id: turbine::power.`,
          ),
        ]
      : [],
  );

/** JSON Schema of the options as those of any operator: bounded, and what has no default is required. */
const configSchema = (options: OwnOperator['options']): JsonObject => ({
  type: 'object',
  required: Object.keys(options).filter((name) => options[name]?.default === undefined),
  properties: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, fieldSchema(option)])),
});

const fieldSchema = ({ items, ...field }: OwnOption): JsonObject => {
  const schema = jsonOf(field);
  if (field.type === 'string') return { maxLength: MAX_TEXT, ...schema };
  if (items === undefined) return schema;
  const { properties } = items;
  const inner = properties === undefined ? { maxLength: MAX_TEXT, ...jsonOf(items) } : configSchema(properties);
  const control = properties === undefined ? 'field-names' : 'table';
  return { maxItems: MAX_ROWS, ...schema, items: inner, ui: { control, ...jsonOf(field.ui ?? {}) } };
};

/** A copy of its own: it was read as JSON, and types of packages are read-only. */
const jsonOf = (value: object): JsonObject => {
  const copy: JsonObject = JSON.parse(JSON.stringify(value));
  return copy;
};

const shownCase = ({ title, config, lanes, record = {}, steps }: OwnCase): ShownCase => {
  const whole = (records: readonly JsonObject[] = []): JsonObject[] =>
    records.map((fields) => ({ ...record, ...fields }));
  const errors = steps.flatMap((step) => step.errors ?? []);
  const dropped = steps.flatMap((step) => step.dropped ?? []);
  return {
    title,
    config,
    ...(lanes === undefined ? {} : { lanes }),
    input: steps.flatMap(({ send }) => whole(send)),
    output: steps.flatMap(({ out }) => whole(out)),
    ...(errors.length === 0 ? {} : { errors }),
    ...(dropped.length === 0 ? {} : { dropped }),
  };
};

const keptStore = (store: OwnStore, parts: number, migrator: Migrator): KeptStore => {
  const {
    name,
    version,
    subKeys = 0,
    ranges = false,
    ttlMs,
    maxEntryBytes = MAX_ENTRY_BYTES,
    migrates = false,
  } = store;
  const keyParts = parts + subKeys;
  if (keyParts !== 1 && keyParts !== 2 && keyParts !== 3 && keyParts !== 4)
    throw new Error(`Store "${name}" would have keys of ${keyParts} parts.`);
  return {
    maxEntryBytes,
    ttl: ttlMs !== undefined,
    definition: defineStore<OwnEntry>({
      name,
      version,
      keyParts,
      encode: ({ json, time }) => ({ v: JSON.parse(json) as JsonValue, t: time }),
      decode: (stored) => {
        if (!isJsonObject(stored) || stored.v === undefined || typeof stored.t !== 'number')
          throw new Error(`An entry of store "${name}" has not the form in which own operators keep them.`);
        return { json: JSON.stringify(stored.v), time: stored.t };
      },
      ...(ranges ? { ranges } : {}),
      ...(ttlMs === undefined ? {} : { expiry: { afterMs: () => ttlMs, timeOf: ({ time }) => time } }),
      ...(migrates
        ? {
            migrate: (stored, from) =>
              isJsonObject(stored) && stored.v !== undefined
                ? { ...stored, v: JSON.parse(migrator.migrate(name, JSON.stringify(stored.v), from)) as JsonValue }
                : stored,
          }
        : {}),
      toItem: ({ json }, key) => ({
        assetId: key[0],
        ...(key.length > 1 ? { pointId: key[1] ?? '' } : {}),
        ...(key.length > 2 ? { key: key.slice(2) } : {}),
        [name]: JSON.parse(json) as JsonValue,
      }),
    }),
  };
};

/** Brings entries up to date by the operator's own code, in an isolate that goes as soon as there is a pause. */
class Migrator {
  readonly #settings: OwnSandboxSettings;
  #sandbox: OwnSandbox | undefined;

  constructor(settings: OwnSandboxSettings) {
    this.#settings = settings;
  }

  migrate(store: string, json: string, from: number): string {
    if (this.#sandbox === undefined || this.#sandbox.isSpent) {
      const sandbox = new OwnSandbox(this.#settings, NO_STORES);
      this.#sandbox = sandbox;
      setImmediate(() => {
        sandbox.dispose();
        if (this.#sandbox === sandbox) this.#sandbox = undefined;
      });
    }
    return this.#sandbox.migrate(store, json, from);
  }
}

const none = (): never => {
  throw new Error('Nothing is kept while entries are brought up to date.');
};
const NO_STORES = { get: none, put: none, delete: none, range: none };

/** Definitions made lately, by the hash of what their packages hold: a document is compiled far more often than a library changes. */
const made = new Map<string, readonly OwnDefinition[]>();
const MADE_AT_MOST = 100;

/** The same definitions for the same content, so that what is made of a definition once (its validator) is not made anew. */
export const ownDefinitionsOf = (hash: string, library: LibraryPackage): readonly OwnDefinition[] => {
  const known = made.get(hash);
  if (known !== undefined) return known;
  const definitions = ownDefinitions(library);
  const [oldest] = made.keys();
  if (made.size >= MADE_AT_MOST && oldest !== undefined) made.delete(oldest);
  made.set(hash, definitions);
  return definitions;
};

/** Of what a package holds, whatever the order of its members. */
export const packageHash = (library: LibraryPackage): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(library as unknown as JsonValue)))
    .digest('hex');

const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name] as JsonValue)]),
  );
};
