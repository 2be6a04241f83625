import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withService } from './testing/with-service.ts';

const system = {
  instanceId: 'h/p/1/2/3',
  version: '0.1.0',
  node: 'v24',
  supervises: true,
  residentMb: 200,
  site: { isOwn: true, storage: 's', name: null, recordedStorage: 's', recordedName: null },
  signInProvider: null,
  database: { kind: 'postgresql', now: 0, machineNow: 5, migration: '0018' },
  reachability: [
    { name: 'kafka', isReachable: true, checkedAt: 0, ageMs: 12_000, tookMs: 4, since: 0, error: null },
    { name: 'yarn', isReachable: null, checkedAt: null, ageMs: null, tookMs: null, since: null, error: null },
  ],
  growth: [],
};
const instance = {
  instanceId: system.instanceId,
  isSelf: true,
  isAlive: true,
  host: 'one',
  version: '0.1.0',
  node: 'v24',
  url: 'http://one',
  supervises: true,
  startedAt: 0,
  seenAt: 0,
  ageMs: 3000,
  clockOffsetMs: 5,
};

test('the doctor shows instances and what they depend on, and is content where all is well', async (t) => {
  const { call } = await withService(t, {
    'GET /api/v1/system': system,
    'GET /api/v1/instances': {
      items: [instance, { ...instance, isSelf: false, isAlive: false, host: 'two', version: '0.0.9' }],
    },
    'GET /readyz': { status: 'ready', checks: {} },
  });
  const { code, out, err } = await call('doctor');
  assert.deepEqual([code, err], [0, '']);
  assert.match(out, /^kafka +yes +12 s ago +4 ms +-$/m);
  assert.match(out, /^yarn +- +- +- +-$/m);
  assert.match(out, /^one \(this one\) +yes +0\.1\.0 +1970-01-01T00:00:00\.000Z +3 s ago +yes$/m);
  assert.match(out, /^two +no +0\.0\.9 /m);
  assert.match(out, /All is well\.\n$/);
});

test('what cannot be reached, versions that differ and clocks that are off make it fail, with words', async (t) => {
  const error = { code: 'CLUSTER_UNREACHABLE', params: {}, message: 'The ResourceManager does not answer.' };
  const { call } = await withService(t, {
    'GET /api/v1/system': {
      ...system,
      reachability: [{ ...system.reachability[0], name: 'yarn', isReachable: false, error }],
    },
    'GET /api/v1/instances': {
      items: [instance, { ...instance, isSelf: false, host: 'two', version: '0.0.9', clockOffsetMs: -4000 }],
    },
    'GET /readyz': { status: 'ready', checks: {} },
  });
  const { code, err, out } = await call('doctor');
  assert.equal(code, 1);
  assert.match(out, /^yarn +no .*CLUSTER_UNREACHABLE$/m);
  assert.match(err, /yarn cannot be reached: CLUSTER_UNREACHABLE: The ResourceManager does not answer\./);
  assert.match(err, /the instance on two is of version 0\.0\.9, this one of 0\.1\.0/);
  assert.match(err, /the clock of two is -4000 ms off that of the database/);
});
