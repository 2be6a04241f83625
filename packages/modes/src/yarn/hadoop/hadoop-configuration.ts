import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { AppError, messageOf } from '@penstock/model';
import { DOMParser } from '@xmldom/xmldom';

/** Settings of Hadoop by dotted name, as its own programs would see them. */
export interface HadoopConfiguration {
  /** Undefined where it is not set; Hadoop's built-in defaults are not known here. */
  get(name: string): string | undefined;
}

/** In the order Hadoop reads them: what comes later wins. */
const FILES = ['core-site.xml', 'hdfs-site.xml', 'capacity-scheduler.xml', 'yarn-site.xml'];
/** Hadoop's own limit for `${...}` within `${...}`. */
const MAX_EXPANSIONS = 20;

/**
 * Reads the configuration folder of a Hadoop cluster. `<final>` and `${...}` (other settings, `env.NAME`, `user.name`)
 * have the effect they have in Hadoop; XInclude is not followed.
 * Errors: `HADOOP_CONFIGURATION_INVALID` where the folder or a file of it cannot be read.
 */
export const readHadoopConfiguration = (
  confDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): HadoopConfiguration => {
  if (!existsSync(join(confDir, 'yarn-site.xml')))
    throw invalid(`HADOOP_CONF_DIR names the folder "${confDir}", which holds no yarn-site.xml.`);
  const raw = new Map<string, Property>();
  for (const name of FILES) {
    const file = join(confDir, name);
    if (!existsSync(file)) continue;
    for (const property of propertiesOf(file)) {
      if (raw.get(property.name)?.isFinal !== true) raw.set(property.name, property);
    }
  }
  const lookUp = (name: string): string | undefined => raw.get(name)?.value;
  return { get: (name) => expand(lookUp(name), lookUp, env) };
};

interface Property {
  readonly name: string;
  readonly value: string;
  readonly isFinal: boolean;
}

const propertiesOf = (file: string): Property[] => {
  try {
    const document = new DOMParser({ onError: refuse }).parseFromString(readFileSync(file, 'utf8'), 'text/xml');
    return [...document.getElementsByTagName('property')].flatMap((element) => {
      const text = (tag: string): string | undefined => {
        const given = element.getAttribute(tag) ?? element.getElementsByTagName(tag).item(0)?.textContent;
        return given?.trim();
      };
      const [name, value] = [text('name'), text('value')];
      if (name === undefined || name === '' || value === undefined) return [];
      return [{ name, value, isFinal: text('final') === 'true' }];
    });
  } catch (error) {
    throw invalid(`The Hadoop configuration file "${file}" cannot be read: ${messageOf(error)}`, error);
  }
};

/** The parser would go on after an error and guess. */
const refuse = (level: string, message: string): void => {
  if (level !== 'warning') throw new Error(message);
};

const expand = (
  value: string | undefined,
  lookUp: (name: string) => string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  let text = value;
  for (let count = 0; text !== undefined && count < MAX_EXPANSIONS; count += 1) {
    const found = /\$\{([^}$\s]+)\}/.exec(text);
    if (found === null) return text;
    const replacement = variable(found[1] ?? '', lookUp, env);
    // What is unknown stays as it is, and ends the expansion, as in Hadoop.
    if (replacement === undefined) return text;
    text = text.slice(0, found.index) + replacement + text.slice(found.index + found[0].length);
  }
  return text;
};

const variable = (
  name: string,
  lookUp: (name: string) => string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined => {
  if (name === 'user.name') return env.HADOOP_USER_NAME ?? userInfo().username;
  if (!name.startsWith('env.')) return lookUp(name);
  // ${env.NAME-default} and ${env.NAME:-default}
  const [, key = '', fallback] = /^env\.([^:-]+)(?::?-(.*))?$/.exec(name) ?? [];
  return env[key] ?? fallback;
};

const invalid = (message: string, cause?: unknown): AppError =>
  new AppError('HADOOP_CONFIGURATION_INVALID', message, {
    domain: 'user',
    ...(cause === undefined ? {} : { cause }),
  });

const HTTP_PORT = 8088;
const HTTPS_PORT = 8090;

/** Where the web services of the ResourceManagers are, as origins; several where there is high availability. */
export const resourceManagerUrls = (configuration: HadoopConfiguration): string[] => {
  const isSecure = configuration.get('yarn.http.policy') === 'HTTPS_ONLY';
  const prefix = isSecure ? 'yarn.resourcemanager.webapp.https.address' : 'yarn.resourcemanager.webapp.address';
  const ids =
    configuration.get('yarn.resourcemanager.ha.enabled') === 'true'
      ? (configuration.get('yarn.resourcemanager.ha.rm-ids') ?? '').split(',').map((id) => id.trim())
      : [];
  const suffixes = ids.filter((id) => id !== '').map((id) => `.${id}`);
  return (suffixes.length === 0 ? [''] : suffixes).map((suffix) => {
    const host = configuration.get(`yarn.resourcemanager.hostname${suffix}`) ?? 'localhost';
    const address = configuration.get(prefix + suffix) ?? `${host}:${isSecure ? HTTPS_PORT : HTTP_PORT}`;
    // A server that listens everywhere, as Hadoop's default says, is meant to be on this machine.
    const reachable = address.replace(/^0\.0\.0\.0(?=:)/, 'localhost');
    return new URL(`${isSecure ? 'https' : 'http'}://${reachable}`).origin;
  });
};
