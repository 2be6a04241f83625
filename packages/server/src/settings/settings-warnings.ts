import { isIP } from 'node:net';
import type { Settings } from './settings.ts';

/** What works and is less safe than it looks; said at each start. One sentence each. */
export const settingsWarnings = ({ kafka, databaseUrl }: Pick<Settings, 'kafka' | 'databaseUrl'>): string[] => [
  ...kafkaWarnings(kafka),
  ...databaseWarnings(databaseUrl),
];

const kafkaWarnings = (kafka: Settings['kafka']): string[] => {
  if (kafka === undefined) return [];
  const isFar = kafka.bootstrapServers.split(',').some((server) => !isLoopback(server.replace(/:\d+$/, '')));
  if (!isFar) return [];
  const { sasl, tls } = kafka;
  if (sasl?.mechanism === 'PLAIN' && tls === undefined)
    return [
      'KAFKA_SASL_MECHANISM is PLAIN and KAFKA_TLS_ENABLED is not set: the password of Kafka crosses the network in clear. Use TLS, or SCRAM.',
    ];
  if (tls?.rejectUnauthorized === false)
    return ['KAFKA_TLS_REJECT_UNAUTHORIZED is false: whoever answers at the address of a broker is believed.'];
  return [];
};

const databaseWarnings = (databaseUrl: string | undefined): string[] => {
  if (databaseUrl === undefined || !URL.canParse(databaseUrl)) return [];
  const { hostname, searchParams, password } = new URL(databaseUrl);
  const isInClear = /^(?:disable|allow|prefer)?$/.test(searchParams.get('sslmode') ?? '');
  return password === '' || isLoopback(hostname) || !isInClear || searchParams.has('ssl')
    ? []
    : [
        'DATABASE_URL has a password and no sslmode=require (or verify-full): what is stored crosses the network in clear.',
      ];
};

const isLoopback = (host: string): boolean => {
  const bare = host.trim().replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || bare === '' || (isIP(bare) === 4 && bare.startsWith('127.'));
};
