import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isJsonObject, type JsonObject, type KafkaSettings, messageOf } from '@penstock/model';
import type { YarnSettings } from '@penstock/modes';
import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { networksOf } from './networks.ts';
import type { SettingDefinition } from './setting-definition.ts';
import { clusterSettings } from './settings-cluster.ts';
import { kafkaSettings, type SettingValues, settingsInvalid, textOf } from './settings-kafka.ts';
import { LOG_LEVELS, type LogLevel, SETTINGS, type SettingName } from './settings-table.ts';
import { type OidcSettings, oidcSettings } from './sign-in/sign-in-settings.ts';

export { type LogLevel, SETTINGS } from './settings-table.ts';

/** What one instance of the service is told from outside, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  /** Absolute path of the folder for the bundled program of workers. */
  readonly programsDir: string;
  readonly databaseUrl?: string;
  /** PostgreSQL: no answer for this long is none. */
  readonly databaseTimeoutMs: number;
  /** Absent: the caller starts a local Kafka, or says that there is none. */
  readonly kafka?: KafkaSettings;
  /** The YARN cluster for Cluster Mode; absent where there is none. */
  readonly cluster?: YarnSettings;
  /** Where workers reach this instance, when that is not host and port. */
  readonly publicUrl?: string;
  readonly sealKey?: string;
  readonly sealKeyOld?: string;
  readonly adminToken?: string;
  readonly logLevel: LogLevel;
  /** What the place is called; see `Site`. */
  readonly site?: string;
  /** Whether this instance looks after runs. */
  readonly supervise: boolean;
  /** File that `adminToken` was read from, looked at again while the service runs. */
  readonly adminTokenFile?: string;
  /** Proxies in front whose `X-Forwarded-*` is believed: how many, or their addresses. */
  readonly trustProxy: false | number | string;
  /** Whether access keys must sign every call. */
  readonly requireSignature: boolean;
  /** Names under which browsers reach this service, beside addresses and loopback. */
  readonly hosts: readonly string[];
  readonly sessions: { readonly lifetimeMs: number; readonly idleMs: number };
  /** Whether people may sign in with a password. */
  readonly passwords: boolean;
  /** Where people may sign in beside here; absent: nowhere. */
  readonly oidc?: OidcSettings;
  /** Whether workers end with the service; otherwise they live on and are found again. */
  readonly stopWorkersOnExit: boolean;
  /** Size of a CU (contract C.5). */
  readonly cu: { readonly memoryMb: number; readonly threads: number };
  readonly limits: {
    readonly pipelinesPerOrganization: number;
    readonly documentBytes: number;
    readonly assetsPerOrganization: number;
    /** CU of Stream Designing that a new organisation is granted. */
    readonly designingCu: number;
    readonly ownLibraries: number;
    readonly libraryBytes: number;
    readonly bodyBytes: number;
    readonly tokenRequestsPerMinute: number;
    readonly previews: number;
    /** Of the worker of a run. */
    readonly eventsPerMinute: number;
    /** Event streams of one caller. */
    readonly streams: number;
  };
  readonly alarms: {
    /** Where mails go and who they are from; absent: none can be sent. */
    readonly smtp?: { readonly url: string; readonly from: string };
    readonly giveUpMs: number;
    /** From how many percent of a grant on receivers are told. */
    readonly resourcePercent: number;
  };
  /** Networks (CIDR) that addresses named by users may be in, beside all public ones. */
  readonly outboundNetworks: readonly string[];
  /** What grows with use, and how much of it is kept. */
  readonly keep: {
    readonly events: Allowance;
    readonly versions: Allowance;
    readonly runs: Allowance;
    readonly audit: Allowance;
    readonly changes: Allowance;
    readonly deliveries: Allowance;
    readonly incidents: Allowance;
    readonly usage: Allowance;
    readonly samples: { readonly days: number };
    readonly stageSamples: Allowance;
    readonly deadLetters: { readonly days: number; readonly bytes: number };
  };
}

/** How much is kept of what grows with use. */
export interface Allowance {
  readonly number: number;
  readonly bytes: number;
  readonly days: number;
}

const allowanceOf = (values: SettingValues, number: SettingName, bytes: SettingName, days: SettingName): Allowance => ({
  number: Number(values.get(number)),
  bytes: Number(values.get(bytes)),
  days: Number(values.get(days)),
});

/**
 * Reads the settings: environment first, then the configuration file (`PENSTOCK_CONFIG`, or `penstock.config.json` in
 * `cwd` where there is one), then defaults. Errors: `SETTINGS_INVALID`, naming the variable or key.
 */
export const loadSettings = (env: Readonly<Record<string, string | undefined>>, cwd: string): Settings => {
  const file = readFile(env, cwd);
  const values = new Map<SettingName, unknown>();
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const value = readOne(SETTINGS[name], withFile(SETTINGS[name], env, cwd), file);
    if (value !== undefined) values.set(name, value);
  }
  const kafka = kafkaSettings(values, cwd);
  const cluster = clusterSettings(values, cwd);
  const oidc = oidcSettings(values);
  return {
    host: String(values.get('host')),
    port: Number(values.get('port')),
    dataDir: resolve(cwd, String(values.get('data'))),
    programsDir: resolve(cwd, textOf(values, 'programs') ?? join(String(values.get('data')), 'programs')),
    ...optionalText(values, 'databaseUrl'),
    databaseTimeoutMs: Number(values.get('databaseTimeoutMs')),
    ...(kafka === undefined ? {} : { kafka }),
    ...(cluster === undefined ? {} : { cluster }),
    ...optionalText(values, 'publicUrl'),
    ...optionalText(values, 'sealKey'),
    ...optionalText(values, 'sealKeyOld'),
    ...optionalText(values, 'adminToken'),
    ...(env[`${SETTINGS.adminToken.env}${FILE_SUFFIX}`]?.trim()
      ? { adminTokenFile: resolve(cwd, env[`${SETTINGS.adminToken.env}${FILE_SUFFIX}`]?.trim() ?? '') }
      : {}),
    logLevel: LOG_LEVELS.find((level) => level === values.get('logLevel')) ?? 'info',
    ...optionalText(values, 'site'),
    supervise: values.get('supervise') !== false,
    trustProxy: trustedProxies(values.get('trustProxy')),
    requireSignature: values.get('requireSignature') === true,
    hosts: hostsOf(values),
    sessions: {
      lifetimeMs: Number(values.get('sessionHours')) * 3600_000,
      idleMs: Number(values.get('sessionIdleMinutes')) * 60_000,
    },
    passwords: values.get('passwords') !== false,
    ...(oidc === undefined ? {} : { oidc }),
    stopWorkersOnExit: values.get('stopWorkersOnExit') === true,
    cu: { memoryMb: Number(values.get('cuMemoryMb')), threads: Number(values.get('cuThreads')) },
    limits: {
      pipelinesPerOrganization: Number(values.get('pipelines')),
      documentBytes: Number(values.get('documentBytes')),
      assetsPerOrganization: Number(values.get('assets')),
      designingCu: Number(values.get('designingCu')),
      ownLibraries: Number(values.get('ownLibraries')),
      libraryBytes: Number(values.get('libraryBytes')),
      bodyBytes: Number(values.get('bodyBytes')),
      tokenRequestsPerMinute: Number(values.get('tokenRequests')),
      previews: Number(values.get('previews')),
      eventsPerMinute: Number(values.get('eventsPerMinute')),
      streams: Number(values.get('streams')),
    },
    alarms: alarmSettings(values),
    outboundNetworks: networksOf(textOf(values, 'outboundNetworks') ?? ''),
    keep: {
      events: allowanceOf(values, 'keepEvents', 'keepEventsBytes', 'keepEventsDays'),
      versions: allowanceOf(values, 'keepVersions', 'keepVersionsBytes', 'keepVersionsDays'),
      runs: allowanceOf(values, 'keepRuns', 'keepRunsBytes', 'keepRunsDays'),
      audit: allowanceOf(values, 'keepAudit', 'keepAuditBytes', 'keepAuditDays'),
      changes: allowanceOf(values, 'keepChanges', 'keepChangesBytes', 'keepChangesDays'),
      deliveries: allowanceOf(values, 'keepDeliveries', 'keepDeliveriesBytes', 'keepDeliveriesDays'),
      incidents: allowanceOf(values, 'keepIncidents', 'keepIncidentsBytes', 'keepIncidentsDays'),
      usage: allowanceOf(values, 'keepUsage', 'keepUsageBytes', 'keepUsageDays'),
      samples: { days: Number(values.get('keepSamplesDays')) },
      stageSamples: allowanceOf(values, 'keepStageSamples', 'keepStageSamplesBytes', 'keepStageSamplesDays'),
      deadLetters: {
        days: Number(values.get('keepDeadLettersDays')),
        bytes: Number(values.get('keepDeadLettersBytes')),
      },
    },
  };
};

/** Those that were given, and the one that workers use. */
const hostsOf = (values: SettingValues): readonly string[] => {
  const publicUrl = textOf(values, 'publicUrl');
  const given = (textOf(values, 'hosts') ?? '').split(',').map((host) => host.trim());
  return [...given.filter((host) => host !== ''), ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
};

/** Errors: `SETTINGS_INVALID` where one of server and sender is missing. */
const alarmSettings = (values: SettingValues): Settings['alarms'] => {
  const url = textOf(values, 'smtpUrl');
  const from = textOf(values, 'smtpFrom');
  if ((url === undefined) !== (from === undefined) || (url !== undefined && !URL.canParse(url)))
    throw settingsInvalid('PENSTOCK_SMTP_URL and PENSTOCK_SMTP_FROM must be given together, the first as a URL.');
  const giveUpMs = Number(values.get('alarmDeliveryHours')) * 3600_000;
  const told = { giveUpMs, resourcePercent: Number(values.get('resourcePercent')) };
  return url === undefined || from === undefined ? told : { smtp: { url, from }, ...told };
};

const trustedProxies = (given: unknown): Settings['trustProxy'] =>
  given === true ? 1 : typeof given === 'number' || typeof given === 'string' ? given : false;

const FILE_SUFFIX = '_FILE';

/**
 * The environment with a variable filled in from the file that `<variable>_FILE` names: environments show in process
 * lists and crash reports, files can be given to one user alone.
 */
const withFile = (
  { env: name }: SettingDefinition,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Readonly<Record<string, string | undefined>> => {
  const path = env[name + FILE_SUFFIX]?.trim();
  if (path === undefined || path === '') return env;
  if ((env[name]?.trim() ?? '') !== '')
    throw settingsInvalid(`Give either ${name} or ${name}${FILE_SUFFIX}, not both.`);
  try {
    return { ...env, [name]: readFileSync(resolve(cwd, path), 'utf8') };
  } catch (error) {
    throw settingsInvalid(`${name}${FILE_SUFFIX} names a file that cannot be read: ${messageOf(error)}`, error);
  }
};

interface ConfigFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, unknown>;
}

const readFile = (env: Readonly<Record<string, string | undefined>>, cwd: string): ConfigFile => {
  const named = env.PENSTOCK_CONFIG;
  const path = resolve(cwd, named ?? 'penstock.config.json');
  if (named === undefined && !existsSync(path)) return { path, values: new Map() };
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw settingsInvalid(`The configuration file "${path}" cannot be read: ${messageOf(error)}`, error);
  }
  if (!isJsonObject(parsed)) throw settingsInvalid(`The configuration file "${path}" must hold a JSON object.`);
  const known = new Set<string>(Object.values(SETTINGS).map(({ key }) => key));
  const values = new Map(flatten(parsed, ''));
  for (const key of values.keys())
    if (!known.has(key))
      throw settingsInvalid(
        `The configuration file "${path}" has the unknown key "${key}". Known are ${[...known].join(', ')}.`,
      );
  return { path, values };
};

/** Keys of nested objects, joined by dots. */
const flatten = (object: JsonObject, prefix: string): [string, unknown][] =>
  Object.entries(object).flatMap(([key, value]) =>
    isJsonObject(value) ? flatten(value, `${prefix}${key}.`) : [[prefix + key, value] as [string, unknown]],
  );

const readOne = (
  definition: SettingDefinition,
  env: Readonly<Record<string, string | undefined>>,
  file: ConfigFile,
): unknown => {
  const fromEnv = env[definition.env]?.trim();
  // An empty variable counts as not set, as in most shells' habits.
  if (fromEnv !== undefined && fromEnv !== '') {
    const value = fromText(fromEnv, definition.schema);
    if (Value.Check(definition.schema, value)) return value;
    throw settingsInvalid(`The environment variable ${definition.env} must be ${definition.expects}.`);
  }
  const fromFile = file.values.get(definition.key);
  if (fromFile === undefined) return definition.fallback;
  if (Value.Check(definition.schema, fromFile)) return fromFile;
  throw settingsInvalid(`"${definition.key}" in the configuration file "${file.path}" must be ${definition.expects}.`);
};

const fromText = (value: string, schema: TSchema): unknown => {
  if (Type.IsInteger(schema)) return /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (Type.IsBoolean(schema))
    return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;
  if (Type.IsUnion(schema))
    return schema.anyOf.map((one) => fromText(value, one)).find((read) => Value.Check(schema, read)) ?? value;
  return value;
};

const optionalText = <N extends SettingName>(values: SettingValues, name: N): { [K in N]?: string } => {
  const value = textOf(values, name);
  const found: { [K in SettingName]?: string } = value === undefined ? {} : { [name]: value };
  return found;
};
