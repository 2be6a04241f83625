import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError, type KafkaSettings, messageOf } from '@penstock/model';
import { SETTINGS, type SettingName } from './settings-table.ts';

/** Checked values by setting; a setting that was not given is absent. */
export type SettingValues = ReadonlyMap<SettingName, unknown>;

export const settingsInvalid = (message: string, cause?: unknown): AppError =>
  new AppError('SETTINGS_INVALID', message, { domain: 'user', ...(cause === undefined ? {} : { cause }) });

export const textOf = (values: SettingValues, name: SettingName): string | undefined => {
  const value = values.get(name);
  return value === undefined ? undefined : String(value);
};

/** How to reach Kafka; undefined where no servers were given. `cwd`: what paths of PEM files are relative to. */
export const kafkaSettings = (values: SettingValues, cwd: string): KafkaSettings | undefined => {
  const given = textOf(values, 'kafkaServers');
  if (given === undefined) return undefined;
  // As every client takes it: without blanks, and without a comma at the end.
  const bootstrapServers = given
    .split(',')
    .map((server) => server.trim())
    .filter((server) => server !== '')
    .join(',');
  const sasl = saslSettings(values);
  const tls = tlsSettings(values, cwd);
  return { bootstrapServers, ...(sasl === undefined ? {} : { sasl }), ...(tls === undefined ? {} : { tls }) };
};

const saslSettings = (values: SettingValues): KafkaSettings['sasl'] => {
  const mechanism = textOf(values, 'saslMechanism');
  const username = textOf(values, 'saslUsername');
  const password = textOf(values, 'saslPassword');
  if (mechanism === undefined && username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined)
    throw settingsInvalid('KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be given together.');
  return {
    mechanism: mechanism === 'SCRAM-SHA-256' || mechanism === 'SCRAM-SHA-512' ? mechanism : 'PLAIN',
    username,
    password,
  };
};

const tlsSettings = (values: SettingValues, cwd: string): KafkaSettings['tls'] => {
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
    throw settingsInvalid(`${name} names a file that cannot be read: ${messageOf(error)}`, error);
  }
};
