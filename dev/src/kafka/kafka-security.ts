import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KafkaSettings } from '@penstock/model';
import { CLIENT_SUBJECT, makeCertificates } from './kafka-security-certificates.ts';
import type { KafkaRight } from './kafka-security-rights.ts';

/** How clients have to come to a broker. Brokers and controllers among themselves stay plain on the loopback address. */
export interface KafkaSecurity {
  /** `clientAuth`: clients show a certificate too. */
  readonly tls?: { readonly clientAuth?: boolean };
  readonly sasl?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  /** Sessions end after this time unless the client authenticates again, in ms. */
  readonly reauthenticateAfterMs?: number;
  /** What the client may do, and nothing else; default: everything. */
  readonly rights?: readonly KafkaRight[];
}

/** A secured broker's further settings, and how its client reaches it. */
export interface SecuredBroker {
  /** Of the broker, beyond the usual ones. */
  readonly properties: Readonly<Record<string, string | number>>;
  /** Arguments that make the client's user when the data folder is prepared. */
  readonly formatArguments: readonly string[];
  /** Kafka's name of the client. */
  readonly principal: string;
  readonly settings: Omit<KafkaSettings, 'bootstrapServers'>;
}

/** Name of the listener for clients. */
export const CLIENT_LISTENER = 'CLIENT';

const USER = 'penstock';
const PREFIX = `listener.name.${CLIENT_LISTENER.toLowerCase()}`;

/** Makes certificates and password in the folder where it has none yet. */
export const secureBroker = (dir: string, security: KafkaSecurity): SecuredBroker => {
  const { tls, sasl } = security;
  const certificates = tls === undefined ? undefined : makeCertificates(join(dir, 'tls'));
  const password = sasl === undefined ? undefined : passwordIn(dir);
  const transport = tls === undefined ? 'PLAINTEXT' : 'SSL';
  const protocol = sasl === undefined ? transport : `SASL_${transport}`;
  const isScram = sasl !== undefined && sasl !== 'PLAIN';
  const showsCertificate = tls?.clientAuth === true && certificates !== undefined;
  return {
    properties: {
      'listener.security.protocol.map': `${CLIENT_LISTENER}:${protocol},PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT`,
      ...(certificates === undefined
        ? {}
        : {
            [`${PREFIX}.ssl.keystore.type`]: 'PEM',
            [`${PREFIX}.ssl.keystore.location`]: escaped(certificates.brokerFile),
            [`${PREFIX}.ssl.truststore.type`]: 'PEM',
            [`${PREFIX}.ssl.truststore.location`]: escaped(certificates.caFile),
            [`${PREFIX}.ssl.client.auth`]: showsCertificate ? 'required' : 'none',
          }),
      ...(sasl === undefined || password === undefined
        ? {}
        : {
            [`${PREFIX}.sasl.enabled.mechanisms`]: sasl,
            [`${PREFIX}.${sasl.toLowerCase()}.sasl.jaas.config`]: escaped(jaas(isScram, password)),
          }),
      ...(security.reauthenticateAfterMs === undefined
        ? {}
        : { 'connections.max.reauth.ms': security.reauthenticateAfterMs }),
      ...(security.rights === undefined
        ? {}
        : {
            'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
            // Whoever comes by the plain listeners: the broker itself, and who sets up a test.
            'super.users': 'User:ANONYMOUS',
          }),
    },
    formatArguments:
      isScram && password !== undefined ? ['--add-scram', `${sasl}=[name=${USER},password=${password}]`] : [],
    principal: sasl === undefined ? (showsCertificate ? `User:${CLIENT_SUBJECT}` : 'User:ANONYMOUS') : `User:${USER}`,
    settings: {
      ...(certificates === undefined
        ? {}
        : { tls: { ca: certificates.ca, ...(showsCertificate ? certificates.client : {}) } }),
      ...(sasl === undefined || password === undefined ? {} : { sasl: { mechanism: sasl, username: USER, password } }),
    },
  };
};

const jaas = (isScram: boolean, password: string): string =>
  isScram
    ? 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
    : `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER}=${quoted(password)};`;

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** As the values of a properties file are written. */
const escaped = (text: string): string => text.replaceAll('\\', '\\\\');

/** With the characters that have a meaning in the places a password goes through. */
const passwordIn = (dir: string): string => {
  const file = join(dir, 'password');
  if (!existsSync(file)) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(file, `"${randomBytes(9).toString('hex')}\\;=`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8');
};
