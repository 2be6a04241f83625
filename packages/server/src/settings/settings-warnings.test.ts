import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsWarnings } from './settings-warnings.ts';

const sasl = { mechanism: 'PLAIN', username: 'u', password: 'hush' } as const;
const far = 'kafka.example:9092';

for (const [name, settings, expected] of [
  ['a password in clear over the network', { kafka: { bootstrapServers: far, sasl } }, /PLAIN/],
  ['one broker of several far away', { kafka: { bootstrapServers: `127.0.0.1:9092,${far}`, sasl } }, /PLAIN/],
  ['any certificate', { kafka: { bootstrapServers: far, sasl, tls: { rejectUnauthorized: false } } }, /believed/],
  ['a database in clear', { databaseUrl: 'postgres://u:hush@db.example/p' }, /DATABASE_URL/],
  ['a database that prefers TLS', { databaseUrl: 'postgres://u:hush@db.example/p?sslmode=prefer' }, /DATABASE_URL/],
] as const)
  test(`is said: ${name}`, () => {
    const warnings = settingsWarnings(settings);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', expected);
    assert.doesNotMatch(warnings[0] ?? '', /hush/);
  });

for (const [name, settings] of [
  ['nothing set', {}],
  ['TLS', { kafka: { bootstrapServers: far, sasl, tls: {} } }],
  ['SCRAM', { kafka: { bootstrapServers: far, sasl: { ...sasl, mechanism: 'SCRAM-SHA-256' } } }],
  ['this machine', { kafka: { bootstrapServers: 'localhost:1,127.0.0.1:2,[::1]:3', sasl } }],
  ['a database on this machine', { databaseUrl: 'postgres://u:hush@localhost/p' }],
  ['a database with TLS', { databaseUrl: 'postgres://u:hush@db.example/p?sslmode=verify-full' }],
  ['a database without a password', { databaseUrl: 'postgres:///p?host=/run/postgresql' }],
] as const)
  test(`is no matter: ${name}`, () => assert.deepEqual(settingsWarnings(settings), []));
