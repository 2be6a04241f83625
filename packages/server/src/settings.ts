import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, isJsonObject, type JsonObject, type KafkaSettings, messageOf } from '@penstock/model';
import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';

/** What one instance of the service is told from outside, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  readonly databaseUrl?: string;
  /** Absent: the caller starts a local Kafka, or says that there is none. */
  readonly kafka?: KafkaSettings;
  readonly hadoopConfDir?: string;
  /** Where workers reach this instance, when that is not host and port. */
  readonly publicUrl?: string;
  readonly sealKey?: string;
  readonly adminToken?: string;
  readonly logLevel: LogLevel;
  /** Whether `X-Forwarded-*` of a proxy in front is believed. */
  readonly trustProxy: boolean;
  /** Size of a CU (contract C.5). */
  readonly cu: { readonly memoryMb: number; readonly threads: number };
  readonly limits: {
    readonly pipelinesPerOrganization: number;
    readonly documentBytes: number;
    readonly bodyBytes: number;
    readonly tokenRequestsPerMinute: number;
    readonly previews: number;
  };
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

interface Definition {
  /** Environment variable; it wins over the configuration file. */
  readonly env: string;
  /** Key in the configuration file. */
  readonly key: string;
  readonly schema: TSchema;
  readonly fallback?: string | number | boolean;
  readonly about: string;
  /** What a value must look like, for the error. */
  readonly expects: string;
}

const text = (pattern?: string) => Type.String({ minLength: 1, ...(pattern === undefined ? {} : { pattern }) });
const whole = (minimum: number, maximum: number) => ({
  schema: Type.Integer({ minimum, maximum }),
  expects: `a whole number from ${minimum} to ${maximum}`,
});
const flag = { schema: Type.Boolean(), expects: 'true or false' };
const anyText = { schema: text(), expects: 'a text' };
const pem = { schema: text(), expects: 'a PEM text, or the path of a PEM file' };
const URL_PATTERN = '^https?://[^\\s]+$';

/** Every setting there is: environment, file, check, default and documentation come from this table alone. */
export const SETTINGS = {
  host: { env: 'PENSTOCK_HOST', key: 'host', ...anyText, fallback: '127.0.0.1', about: 'Address to listen on.' },
  port: {
    env: 'PENSTOCK_PORT',
    key: 'port',
    ...whole(0, 65_535),
    fallback: 8080,
    about: 'Port to listen on; 0 takes a free one.',
  },
  data: {
    env: 'PENSTOCK_DATA',
    key: 'data',
    ...anyText,
    fallback: '.penstock',
    about: 'Data folder: keys, tokens, worker files, the embedded database.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    key: 'databaseUrl',
    schema: text('^postgres(ql)?://[^\\s]+$'),
    expects: 'a URL like postgres://user:password@host:5432/database',
    about: 'PostgreSQL instead of the embedded database; needed for several instances.',
  },
  kafkaServers: {
    env: 'KAFKA_BOOTSTRAP_SERVERS',
    key: 'kafka.bootstrapServers',
    schema: text('^[^\\s,:]+:\\d{1,5}(,[^\\s,:]+:\\d{1,5})*$'),
    expects: 'host:port, comma separated',
    about: 'An existing Kafka instead of a local one.',
  },
  saslMechanism: {
    env: 'KAFKA_SASL_MECHANISM',
    key: 'kafka.sasl.mechanism',
    schema: Type.Union([Type.Literal('PLAIN'), Type.Literal('SCRAM-SHA-256'), Type.Literal('SCRAM-SHA-512')]),
    expects: 'PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512',
    about: 'How to authenticate at Kafka; with username and password.',
  },
  saslUsername: { env: 'KAFKA_SASL_USERNAME', key: 'kafka.sasl.username', ...anyText, about: 'User at Kafka.' },
  saslPassword: { env: 'KAFKA_SASL_PASSWORD', key: 'kafka.sasl.password', ...anyText, about: 'Password at Kafka.' },
  tlsEnabled: {
    env: 'KAFKA_TLS_ENABLED',
    key: 'kafka.tls.enabled',
    ...flag,
    about: 'TLS to Kafka; also on when one of the following is given.',
  },
  tlsCa: { env: 'KAFKA_TLS_CA', key: 'kafka.tls.ca', ...pem, about: 'Certificate authority of the brokers.' },
  tlsCert: { env: 'KAFKA_TLS_CERT', key: 'kafka.tls.cert', ...pem, about: 'Client certificate.' },
  tlsKey: { env: 'KAFKA_TLS_KEY', key: 'kafka.tls.key', ...pem, about: 'Key of the client certificate.' },
  tlsRejectUnauthorized: {
    env: 'KAFKA_TLS_REJECT_UNAUTHORIZED',
    key: 'kafka.tls.rejectUnauthorized',
    ...flag,
    about: 'False accepts any certificate: for trials only.',
  },
  hadoopConfDir: {
    env: 'HADOOP_CONF_DIR',
    key: 'hadoopConfDir',
    ...anyText,
    about: 'Configuration folder of an existing YARN.',
  },
  publicUrl: {
    env: 'PENSTOCK_PUBLIC_URL',
    key: 'publicUrl',
    schema: text(URL_PATTERN),
    expects: 'an http or https URL',
    about: 'Where workers reach this instance, when that is not host and port.',
  },
  sealKey: {
    env: 'PENSTOCK_SEAL_KEY',
    key: 'sealKey',
    ...anyText,
    about:
      '32 bytes (base64 or hex) that seal secrets in the database. Default: the file seal-key in the data folder, made on first start. Several instances need the same.',
  },
  adminToken: {
    env: 'PENSTOCK_ADMIN_TOKEN',
    key: 'adminToken',
    ...anyText,
    about: 'Token of the administrator. Default: the file admin-token in the data folder, made on first start.',
  },
  logLevel: {
    env: 'PENSTOCK_LOG_LEVEL',
    key: 'logLevel',
    schema: Type.Union(LOG_LEVELS.map((level) => Type.Literal(level))),
    expects: LOG_LEVELS.join(', '),
    fallback: 'info',
    about: 'What is logged.',
  },
  trustProxy: {
    env: 'PENSTOCK_TRUST_PROXY',
    key: 'trustProxy',
    ...flag,
    fallback: false,
    about: 'Whether X-Forwarded-* headers of a proxy in front are believed.',
  },
  cuMemoryMb: {
    env: 'PENSTOCK_CU_MEMORY_MB',
    key: 'cu.memoryMb',
    ...whole(256, 65_536),
    fallback: 2048,
    about: 'Memory of 1 CU in MiB.',
  },
  cuThreads: {
    env: 'PENSTOCK_CU_THREADS',
    key: 'cu.threads',
    ...whole(1, 16),
    fallback: 1,
    about: 'Worker threads of 1 CU.',
  },
  pipelines: {
    env: 'PENSTOCK_MAX_PIPELINES',
    key: 'limits.pipelinesPerOrganization',
    ...whole(1, 100_000),
    fallback: 50,
    about: 'Pipelines per organization.',
  },
  documentBytes: {
    env: 'PENSTOCK_MAX_DOCUMENT_BYTES',
    key: 'limits.documentBytes',
    ...whole(1000, 50_000_000),
    fallback: 2_000_000,
    about: 'Largest pipeline document.',
  },
  bodyBytes: {
    env: 'PENSTOCK_MAX_BODY_BYTES',
    key: 'limits.bodyBytes',
    ...whole(1000, 100_000_000),
    fallback: 5_000_000,
    about: 'Largest request body.',
  },
  tokenRequests: {
    env: 'PENSTOCK_MAX_TOKEN_REQUESTS',
    key: 'limits.tokenRequestsPerMinute',
    ...whole(1, 1_000_000),
    fallback: 120,
    about: 'Token requests per minute and access key; ten times as many per address.',
  },
  previews: {
    env: 'PENSTOCK_MAX_PREVIEWS',
    key: 'limits.previews',
    ...whole(1, 100),
    fallback: 2,
    about: 'Previews at the same time.',
  },
} as const satisfies Record<string, Definition>;

type Name = keyof typeof SETTINGS;

const invalid = (message: string, cause?: unknown): AppError =>
  new AppError('SETTINGS_INVALID', message, { domain: 'user', ...(cause === undefined ? {} : { cause }) });

/**
 * Reads the settings: environment first, then the configuration file (`PENSTOCK_CONFIG`, or `penstock.config.json` in
 * `cwd` where there is one), then defaults. Errors: `SETTINGS_INVALID`, naming the variable or key.
 */
export const loadSettings = (env: Readonly<Record<string, string | undefined>>, cwd: string): Settings => {
  const file = readFile(env, cwd);
  const values = new Map<Name, unknown>();
  for (const name of Object.keys(SETTINGS) as Name[]) {
    const value = readOne(SETTINGS[name], env, file);
    if (value !== undefined) values.set(name, value);
  }
  const kafka = kafkaSettings(values, cwd);
  return {
    host: String(values.get('host')),
    port: Number(values.get('port')),
    dataDir: resolve(cwd, String(values.get('data'))),
    ...optionalText(values, 'databaseUrl'),
    ...(kafka === undefined ? {} : { kafka }),
    ...optionalText(values, 'hadoopConfDir'),
    ...optionalText(values, 'publicUrl'),
    ...optionalText(values, 'sealKey'),
    ...optionalText(values, 'adminToken'),
    logLevel: LOG_LEVELS.find((level) => level === values.get('logLevel')) ?? 'info',
    trustProxy: values.get('trustProxy') === true,
    cu: { memoryMb: Number(values.get('cuMemoryMb')), threads: Number(values.get('cuThreads')) },
    limits: {
      pipelinesPerOrganization: Number(values.get('pipelines')),
      documentBytes: Number(values.get('documentBytes')),
      bodyBytes: Number(values.get('bodyBytes')),
      tokenRequestsPerMinute: Number(values.get('tokenRequests')),
      previews: Number(values.get('previews')),
    },
  };
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
    throw invalid(`The configuration file "${path}" cannot be read: ${messageOf(error)}`, error);
  }
  if (!isJsonObject(parsed)) throw invalid(`The configuration file "${path}" must hold a JSON object.`);
  const known = new Set<string>(Object.values(SETTINGS).map(({ key }) => key));
  const values = new Map(flatten(parsed, ''));
  for (const key of values.keys())
    if (!known.has(key))
      throw invalid(
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
  definition: Definition,
  env: Readonly<Record<string, string | undefined>>,
  file: ConfigFile,
): unknown => {
  const fromEnv = env[definition.env]?.trim();
  // An empty variable counts as not set, as in most shells' habits.
  if (fromEnv !== undefined && fromEnv !== '') {
    const value = fromText(fromEnv, definition.schema);
    if (Value.Check(definition.schema, value)) return value;
    throw invalid(`The environment variable ${definition.env} must be ${definition.expects}.`);
  }
  const fromFile = file.values.get(definition.key);
  if (fromFile === undefined) return definition.fallback;
  if (Value.Check(definition.schema, fromFile)) return fromFile;
  throw invalid(`"${definition.key}" in the configuration file "${file.path}" must be ${definition.expects}.`);
};

const fromText = (value: string, schema: TSchema): unknown => {
  if (Type.IsInteger(schema)) return /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (Type.IsBoolean(schema))
    return value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value;
  return value;
};

const textOf = (values: ReadonlyMap<Name, unknown>, name: Name): string | undefined => {
  const value = values.get(name);
  return value === undefined ? undefined : String(value);
};

const optionalText = <N extends Name>(values: ReadonlyMap<Name, unknown>, name: N): { [K in N]?: string } => {
  const value = textOf(values, name);
  const found: { [K in Name]?: string } = value === undefined ? {} : { [name]: value };
  return found;
};

const kafkaSettings = (values: ReadonlyMap<Name, unknown>, cwd: string): KafkaSettings | undefined => {
  const bootstrapServers = textOf(values, 'kafkaServers');
  if (bootstrapServers === undefined) return undefined;
  const sasl = saslSettings(values);
  const tls = tlsSettings(values, cwd);
  return { bootstrapServers, ...(sasl === undefined ? {} : { sasl }), ...(tls === undefined ? {} : { tls }) };
};

const saslSettings = (values: ReadonlyMap<Name, unknown>): KafkaSettings['sasl'] => {
  const mechanism = textOf(values, 'saslMechanism');
  const username = textOf(values, 'saslUsername');
  const password = textOf(values, 'saslPassword');
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined)
    throw invalid('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be given together.');
  return {
    mechanism: mechanism === 'SCRAM-SHA-256' || mechanism === 'SCRAM-SHA-512' ? mechanism : 'PLAIN',
    username,
    password,
  };
};

const tlsSettings = (values: ReadonlyMap<Name, unknown>, cwd: string): KafkaSettings['tls'] => {
  const pems: { ca?: string; cert?: string; key?: string } = {};
  for (const [name, part] of [
    ['tlsCa', 'ca'],
    ['tlsCert', 'cert'],
    ['tlsKey', 'key'],
  ] as const) {
    const given = textOf(values, name);
    if (given !== undefined) pems[part] = readPem(SETTINGS[name].env, given, cwd);
  }
  const rejectUnauthorized = values.get('tlsRejectUnauthorized');
  const isGiven = Object.keys(pems).length > 0 || rejectUnauthorized !== undefined;
  if (values.get('tlsEnabled') === false || (values.get('tlsEnabled') === undefined && !isGiven)) return undefined;
  return { ...pems, ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized: rejectUnauthorized === true }) };
};

const readPem = (name: string, given: string, cwd: string): string => {
  if (given.includes('-----BEGIN ')) return given;
  try {
    return readFileSync(resolve(cwd, given), 'utf8');
  } catch (error) {
    throw invalid(`${name} names a file that cannot be read: ${messageOf(error)}`, error);
  }
};
