import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eq } from 'drizzle-orm';
import { createApiFixture } from '../../http/testing/api-fixture.ts';
import { createFreshStores } from '../../runs/testing/fresh-store.ts';
import { resourceUsage } from '../../store/schema-resources.ts';
import { removeOld } from '../../upkeep/remove-old.ts';
import { watchResources } from './resource-watch.ts';

const freshStore = createFreshStores();
const HOUR = 3600_000;

const world = async (t: Parameters<typeof createApiFixture>[0] & Parameters<typeof freshStore>[0]) => {
  const api = await createApiFixture(t, { store: await freshStore(t) });
  await api.call('POST', 'organizations', { orgId: 'o1', name: 'One' });
  const troubles: unknown[] = [];
  let told = 0;
  const watch = {
    ...api.deps,
    warnPercent: 80,
    giveUpMs: HOUR,
    isAtHome: () => true,
    onTold: () => {
      told += 1;
    },
    log: { error: (facts: object) => void troubles.push(facts) },
  };
  const install = async (...libraries: readonly string[]) => {
    for (const library of libraries)
      assert.equal((await api.call('PUT', `organizations/o1/libraries/${library}`)).status, 200);
  };
  return { ...api, watch, troubles, told: () => told, install };
};

test('who is to be told is told once that a resource runs out, and once that there is enough again', async (t) => {
  const { call, watch, troubles, told, install } = await world(t);
  const receiver = { name: 'pager', kind: 'webhook', address: 'https://example.org/hook', language: 'zh' };
  assert.equal((await call('POST', 'organizations/o1/alarm-receivers', receiver)).status, 201);
  await watchResources(watch);
  assert.equal(told(), 0);
  await install('0.1.0', '0.2.0');
  // Two instances look at the same time.
  await Promise.all([watchResources(watch), watchResources(watch)]);
  await watchResources(watch);
  const deliveries = async () =>
    (await call('GET', 'organizations/o1/alarm-deliveries')).json.items.map((item: Record<string, unknown>) => [
      item.kind,
      item.rule,
      item.pipelineId,
      item.subject,
    ]);
  const raised = ['raised', 'resource', null, '[Penstock] 流设计资源已使用 100%：o1'];
  assert.deepEqual([await deliveries(), told()], [[raised], 1]);
  const scarce = async () =>
    (await call('GET', 'organizations/o1/resources')).json.items.flatMap(
      (item: { resource: string; scarceSince: number | null }) => (item.scarceSince === null ? [] : [item.resource]),
    );
  assert.deepEqual(await scarce(), ['stream-designing']);

  await call('PUT', 'organizations/o1/grants/stream-designing', { cu: 2 });
  await watchResources({ ...watch, isAtHome: () => false });
  assert.deepEqual(await scarce(), ['stream-designing']);
  await watchResources(watch);
  assert.deepEqual(await scarce(), []);
  assert.deepEqual(await deliveries(), [['recovered', 'resource', null, '[Penstock] 流设计资源已充足：o1'], raised]);
  assert.deepEqual(troubles, []);
});

test('use over time has the peak of each hour, by days where there are many, and is thrown away when it is old', async (t) => {
  const { call, enos, watch, install, deps } = await world(t);
  const begin = deps.clock.now();
  await watchResources(watch);
  await install('0.1.0', '0.2.0');
  await watchResources(watch);
  await call('DELETE', 'organizations/o1/libraries/0.1.0');
  await watchResources(watch);
  enos.advance(2 * HOUR);
  await call('DELETE', 'organizations/o1/libraries/0.2.0');
  await watchResources(watch);
  const usage = async (query = '') =>
    (await call('GET', `organizations/o1/resources/stream-designing/usage${query}`)).json;
  const hour = begin - (begin % HOUR);
  assert.deepEqual(await usage(), {
    stepMs: HOUR,
    items: [
      { at: hour, granted: 1, used: 0.667, peak: 1 },
      { at: hour + 2 * HOUR, granted: 1, used: 0.334, peak: 0.334 },
    ],
  });
  const month = await usage(`?from=${begin - 30 * 24 * HOUR}&to=${begin + 24 * HOUR}`);
  assert.deepEqual(
    [month.stepMs, month.items.map(({ used, peak }: { used: number; peak: number }) => [used, peak])],
    [24 * HOUR, [[0.334, 1]]],
  );
  assert.deepEqual((await usage('?from=5&to=5')).issues[0].path, '/from');
  // What was never granted and never used has no points.
  assert.deepEqual((await call('GET', 'organizations/o1/resources/message-queue/usage')).json.items, []);

  const all = { number: 1e6, bytes: 1e9, days: 1000 };
  const keep = {
    events: all,
    versions: all,
    runs: all,
    audit: all,
    deliveries: all,
    incidents: all,
    stageSamples: all,
    usage: { ...all, days: 1 },
  };
  await removeOld(deps.store.db, keep, begin + 25 * HOUR);
  const left = await deps.store.db.select().from(resourceUsage).where(eq(resourceUsage.orgId, 'o1'));
  assert.deepEqual(
    left.map(({ at }) => at),
    [hour + 2 * HOUR],
  );
});
