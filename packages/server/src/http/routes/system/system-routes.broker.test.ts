import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
import { showSign } from '../../../presence/instances.ts';
import { VERSION } from '../../../version.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

test('instances and what they depend on are shown to administrators, as they were when last seen', async (t) => {
  const away = new AppError('KAFKA_UNREACHABLE', 'No broker answers.', { domain: 'external', params: { tried: 1 } });
  const { call, organization, reach, deps } = await createApiFixture(t, {
    reached: [
      { name: 'kafka', check: () => Promise.reject(away) },
      { name: 'yarn', check: async () => undefined },
    ],
  });
  const before = (await call('GET', 'system')).json;
  assert.equal(before.version, VERSION);
  assert.deepEqual([before.reachability[0].isReachable, before.reachability[0].ageMs], [null, null]);
  await reach.look();
  const [kafka, yarn] = (await call('GET', 'system')).json.reachability;
  assert.deepEqual(
    [kafka.isReachable, kafka.error.code, kafka.error.params],
    [false, 'KAFKA_UNREACHABLE', { tried: 1 }],
  );
  assert.deepEqual([yarn.isReachable, yarn.error, yarn.ageMs >= 0], [true, null, true]);

  const now = deps.clock.now();
  const row = {
    host: 'h',
    version: VERSION,
    node: 'v24',
    url: 'http://h',
    supervises: true,
    startedAt: now,
    clockOffsetMs: 0,
  };
  await showSign(deps.store.db, { ...row, instanceId: deps.instanceId, seenAt: now });
  await showSign(deps.store.db, { ...row, instanceId: 'other', seenAt: now - 120_000 });
  const { items } = (await call('GET', 'instances')).json;
  assert.deepEqual(
    items.map(({ isSelf, isAlive, ageMs }: Record<string, unknown>) => [isSelf, isAlive, ageMs]),
    [
      [true, true, 0],
      [false, false, 120_000],
    ],
  );
  const { token } = await organization();
  assert.equal((await call('GET', 'instances', undefined, token)).status, 403);
});
