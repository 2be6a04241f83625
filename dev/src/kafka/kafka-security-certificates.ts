import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@penstock/model';

/** An authority of one's own, and what it signed: a broker on the loopback address and one client. */
export interface Certificates {
  /** PEM texts, as clients are given them. */
  readonly ca: string;
  readonly client: { readonly cert: string; readonly key: string };
  /** Files of the broker: certificate and key (PKCS #8) together, and whom it trusts. */
  readonly brokerFile: string;
  readonly caFile: string;
}

/** Subject of the client certificate; Kafka's name for who shows it is `User:` and this. */
export const CLIENT_SUBJECT = 'CN=penstock-client';

const DAYS = ['-days', '30'];
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
/** RSA: the kind of key that exists in two PEM forms. */
const RSA = ['-newkey', 'rsa:2048', '-nodes'];

/** Makes them with OpenSSL where the folder does not have them yet. Errors: `DEV_OPENSSL_FAILED`. */
export const makeCertificates = (folder: string): Certificates => {
  if (!existsSync(folder)) {
    const draft = `${folder}.draft`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    authority(draft);
    sign(draft, 'broker', EC, '/CN=penstock-broker', 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    sign(draft, 'client', RSA, `/${CLIENT_SUBJECT}`, 'extendedKeyUsage=clientAuth\n');
    writeFileSync(join(draft, 'broker-all.pem'), `${read(draft, 'broker.key')}${read(draft, 'broker.pem')}`);
    renameSync(draft, folder);
  }
  return {
    ca: read(folder, 'ca.pem'),
    client: { cert: read(folder, 'client.pem'), key: read(folder, 'client.key') },
    brokerFile: join(folder, 'broker-all.pem'),
    caFile: join(folder, 'ca.pem'),
  };
};

const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

const authority = (folder: string): void =>
  openssl(folder, ['req', '-x509', ...EC, ...DAYS, '-subj', '/CN=penstock-ca', '-keyout', 'ca.key', '-out', 'ca.pem']);

const sign = (folder: string, name: string, kind: readonly string[], subject: string, extensions: string): void => {
  openssl(folder, ['req', ...kind, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`]);
  writeFileSync(join(folder, `${name}.ext`), extensions);
  const authorityFiles = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  const files = ['-in', `${name}.csr`, '-extfile', `${name}.ext`, '-out', `${name}.pem`];
  openssl(folder, ['x509', '-req', ...authorityFiles, ...DAYS, ...files]);
};

const openssl = (cwd: string, args: readonly string[]): void => {
  const done = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
  if (done.status === 0) return;
  const why = done.error === undefined ? done.stderr.trim() : `${done.error.message}; install OpenSSL`;
  throw new AppError('DEV_OPENSSL_FAILED', `OpenSSL could not make the certificates in ${cwd}: ${why}`, {
    domain: 'external',
    cause: done.error,
  });
};
