import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSupervisorFixture } from '../runs/testing/supervisor-fixture.ts';
import { alarmDeliveries, alarmReceivers } from '../store/schema-alarms.ts';
import { createMetrics } from './metrics.ts';
import { alertRules, dashboardExpressions, metricNamesIn } from './testing/monitoring-files.ts';
import { quietService } from './testing/quiet-service.ts';

test('every metric that rules and dashboard ask for is one that the service exposes', async (t) => {
  const { text } = createMetrics((await createSupervisorFixture(t)).store, () => 0, quietService);
  const exposed = new Set([...(await text()).matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
  const asked = new Set([...alertRules().map(({ expr }) => expr), ...dashboardExpressions()].flatMap(metricNamesIn));
  assert.ok(asked.size > 10, `${asked.size} names`);
  assert.deepEqual(
    [...asked].filter((name) => !exposed.has(name)),
    [],
  );
});

test('an instance tells of itself: streams, previews, the outbox, room in the database, heartbeats', async (t) => {
  const f = await createSupervisorFixture(t);
  const { store } = f;
  const { orgId } = await f.pipeline();
  const receiver = {
    orgId,
    name: 'R',
    kind: 'email',
    sealedAddress: '',
    shownAddress: '',
    language: 'en',
    createdAt: 0,
  };
  await store.db.insert(alarmReceivers).values(['r1', 'r2'].map((receiverId) => ({ ...receiver, receiverId })));
  const delivery = { orgId, notice: {}, nextAttemptAt: 0, giveUpAt: 0 };
  await store.db.insert(alarmDeliveries).values(
    [
      ['r1', 'delivered', 1000],
      ['r1', 'pending', 5000],
      ['r2', 'pending', 3000],
      ['r2', 'failed', 1000],
    ].map(([receiverId, state, createdAt], n) => ({
      ...delivery,
      deliveryId: `d${n}`,
      receiverId: String(receiverId),
      state: String(state),
      createdAt: Number(createdAt),
    })),
  );
  let isAnswering = true;
  const metrics = createMetrics(store, () => 10_000, {
    isDatabaseAnswering: () => isAnswering,
    streams: () => 3,
    previews: () => 2,
    supervision: () => ({ runs: 4, roundAgeMs: 500 }),
  });
  for (const status of [200, 401, 410, 500]) metrics.heard(status);
  const text = await metrics.text();
  for (const line of [
    'penstock_event_streams 3',
    'penstock_previews_running 2',
    'penstock_supervised_runs 4',
    'penstock_supervision_round_age_seconds 0.5',
    'penstock_outbox_pending 2',
    'penstock_outbox_oldest_pending_age_seconds 7',
    'penstock_heartbeats_total{outcome="taken"} 1',
    'penstock_heartbeats_total{outcome="refused"} 2',
    'penstock_heartbeats_total{outcome="failed"} 1',
    'penstock_database_up 1',
  ])
    assert.ok(text.includes(`${line}\n`), line);
  assert.ok(Number(/^penstock_database_size_bytes (\d+)$/m.exec(text)?.[1]) > 1e6);
  // What is known without the database is told while it is away, and nothing that has become old.
  isAnswering = false;
  const away = await metrics.text();
  assert.ok(away.includes('penstock_database_up 0\n') && away.includes('penstock_event_streams 3\n'));
  assert.doesNotMatch(away, /^penstock_pipelines\{/m);
  const gone = (): never => {
    throw new Error('gone');
  };
  const broken = createMetrics({ ...store, db: { select: () => gone() } as never }, () => 0, quietService);
  assert.match(await broken.text(), /^penstock_database_up 0$/m);
});
