import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { usageFailure } from './failure.ts';

/** Flags that every command takes, as commander gives them. */
export interface GlobalFlags {
  readonly url?: string;
  readonly org?: string;
  readonly adminToken?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export interface Settings {
  readonly baseUrl: string;
  /** The organisation that was asked for, by flag or environment. */
  readonly givenOrgId: string | undefined;
  /** That, or the demo's. */
  readonly orgId: string | undefined;
  readonly adminToken: string | undefined;
  readonly keys: { readonly accessKey: string; readonly secretKey: string } | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where to call and as whom: flags, then environment, then what the local installation in `$PENSTOCK_DATA` says
 * (`demo.json`, `admin-token`). Credentials of the local installation are used only for its own address.
 */
export const resolveSettings = (flags: GlobalFlags, environment: Environment, cwd: string): Settings => {
  const local = readLocal(resolve(cwd, flags.data ?? (environment.PENSTOCK_DATA || '.penstock')));
  const given = (flag: string | undefined, name: string): string | undefined =>
    flag ?? (environment[name] || undefined);
  // A flag shows in the list of processes and in the shell's history; a file shows to whom it belongs.
  const secret = (flag: string | undefined, name: string): string | undefined =>
    given(flag, name) ?? readSecret(cwd, environment[`${name}_FILE`] || undefined, `${name}_FILE`);

  const url = given(flags.url, 'PENSTOCK_URL');
  const port = environment.PENSTOCK_PORT || '8080';
  const baseUrl = (url ?? local.url ?? `http://127.0.0.1:${port}`).replace(/\/+$/, '');
  if (!/^https?:\/\/[^/]/.test(baseUrl)) {
    throw usageFailure(`The address "${baseUrl}" is not a URL: give something like http://127.0.0.1:8080.`);
  }
  // Whoever listens elsewhere is another installation, whose business our tokens are not.
  const isLocal = local.url !== undefined && baseUrl === local.url.replace(/\/+$/, '');

  const accessKey = given(flags.accessKey, 'PENSTOCK_ACCESS_KEY');
  const secretKey = secret(flags.secretKey, 'PENSTOCK_SECRET_KEY');
  if ((accessKey === undefined) !== (secretKey === undefined)) {
    throw usageFailure(
      'An access key and its secret key belong together: give --access-key and --secret-key (or PENSTOCK_ACCESS_KEY and PENSTOCK_SECRET_KEY).',
    );
  }
  const ownKeys = accessKey !== undefined && secretKey !== undefined ? { accessKey, secretKey } : undefined;
  const adminToken = secret(flags.adminToken, 'PENSTOCK_ADMIN_TOKEN');
  const useLocal = isLocal && ownKeys === undefined && adminToken === undefined;
  const givenOrgId = given(flags.org, 'PENSTOCK_ORG');
  return {
    baseUrl,
    givenOrgId,
    orgId: givenOrgId ?? (useLocal ? local.demo?.orgId : undefined),
    adminToken: adminToken ?? (useLocal ? local.adminToken : undefined),
    keys: ownKeys ?? (useLocal ? local.demo?.keys : undefined),
  };
};

const readSecret = (cwd: string, file: string | undefined, name: string): string | undefined => {
  if (file === undefined) return undefined;
  try {
    return readFileSync(resolve(cwd, file), 'utf8').trim().split(/\s+/)[0];
  } catch (error) {
    throw usageFailure(`${name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

interface Local {
  readonly adminToken: string | undefined;
  /** Where the installation with this data folder listens; undefined where it was never started. */
  readonly url: string | undefined;
  readonly demo:
    | { readonly baseUrl: string; readonly orgId: string; readonly keys: { accessKey: string; secretKey: string } }
    | undefined;
}

const readLocal = (dataDir: string): Local => {
  const read = (name: string): string | undefined => {
    const file = join(dataDir, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const text = read('demo.json');
  const demo = text === undefined ? undefined : parseDemo(text, dataDir);
  // A file may hold several tokens, one a line; the first is the one to use.
  const adminToken = read('admin-token')?.trim().split(/\s+/)[0];
  return { adminToken, url: endpointOf(read('control-endpoints.json')) ?? demo?.baseUrl, demo };
};

/** The address the service wrote down when it began to listen. */
const endpointOf = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  try {
    const { urls } = JSON.parse(text) as { urls?: unknown };
    const [first] = Array.isArray(urls) ? (urls as unknown[]) : [];
    return typeof first === 'string' ? first : undefined;
  } catch {
    return undefined; // half-written by a service that is starting: the next call finds it
  }
};

const parseDemo = (text: string, dataDir: string): Local['demo'] => {
  try {
    const { baseUrl, orgId, accessKey, secretKey } = JSON.parse(text) as Record<string, unknown>;
    if ([baseUrl, orgId, accessKey, secretKey].every((value) => typeof value === 'string')) {
      return {
        baseUrl: String(baseUrl),
        orgId: String(orgId),
        keys: { accessKey: String(accessKey), secretKey: String(secretKey) },
      };
    }
  } catch {
    // told below, with the same remedy
  }
  throw usageFailure(`${join(dataDir, 'demo.json')} is damaged: delete it and run "npm start" again.`);
};
