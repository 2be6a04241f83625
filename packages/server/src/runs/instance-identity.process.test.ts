import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { placeOf } from '@penstock/modes';
import { createInstanceId, isCertainlyGone } from './instance-identity.ts';

const TELLER = join(import.meta.dirname, 'testing', 'identity-teller.ts');
const UNSHARE = ['--fork', '--pid', '--mount-proc'];
const canUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;

const tell = (prefix: readonly string[], other?: string): { id: string; host: string; isGone: boolean | null } => {
  const [command = '', ...args] = [...prefix, process.execPath, TELLER, ...(other === undefined ? [] : [other])];
  return JSON.parse(spawnSync(command, args, { encoding: 'utf8' }).stdout);
};

test('an instance of the same place that has ended is known to be gone; one that runs is not', () => {
  const place = placeOf(hostname());
  assert.equal(isCertainlyGone(createInstanceId(hostname()), place), false);
  assert.equal(isCertainlyGone(tell([]).id, place), true);
});

test('of two instances in two PID namespaces with one host name neither takes the other for gone', {
  skip: canUnshare ? false : 'this system does not let a test make a PID namespace',
}, () => {
  const mine = createInstanceId(hostname());
  const there = tell(['unshare', ...UNSHARE], mine);
  assert.equal(there.host, hostname());
  assert.equal(there.isGone, false, 'this process runs, and the other cannot see it');
  assert.equal(isCertainlyGone(there.id, placeOf(hostname())), false);
});

test('owners named as in the first edition are waited for', () => {
  assert.equal(isCertainlyGone(`${hostname()}/1/start/abcd`, placeOf(hostname())), false);
});
