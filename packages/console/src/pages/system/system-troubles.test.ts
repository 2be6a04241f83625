import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { System } from '@penstock/client/session';
import { clockOffsetOf, troublesOf } from './system-troubles.ts';

const well: System = {
  instanceId: 'i',
  version: '0.1.0',
  node: 'v24',
  supervises: true,
  residentMb: 100,
  site: { isOwn: true, storage: 's', name: null, recordedStorage: 's', recordedName: null },
  signInProvider: { issuer: 'https://issuer', trouble: null },
  database: { kind: 'postgresql', now: 100_000, machineNow: 101_000, migration: 'm' },
  reachability: [],
  growth: [],
};

test('an installation that is well has no troubles', () => {
  assert.deepEqual(troublesOf(well), []);
  assert.deepEqual(troublesOf({ ...well, signInProvider: null }), []);
});

test('clocks that differ are told of, whichever is ahead', () => {
  for (const machineNow of [97_000, 103_000]) {
    const system = { ...well, database: { ...well.database, machineNow } };
    assert.deepEqual(troublesOf(system), [{ kind: 'clock', offsetMs: machineNow - 100_000 }]);
    assert.equal(clockOffsetOf(system), machineNow - 100_000);
  }
});

test('a database from elsewhere, and a provider that nobody can sign in at, are told of', () => {
  const troubles = troublesOf({
    ...well,
    site: { ...well.site, isOwn: false },
    signInProvider: { issuer: 'https://issuer', trouble: 'away' },
  });
  assert.deepEqual(troubles, [{ kind: 'foreign' }, { kind: 'provider', issuer: 'https://issuer', why: 'away' }]);
});
