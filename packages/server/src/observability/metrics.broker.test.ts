import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repartitionTopicOf } from '@penstock/model';
import { createFreshStores } from '../runs/testing/fresh-store.ts';
import { createSupervisorFixture } from '../runs/testing/supervisor-fixture.ts';
import { createMetrics } from './metrics.ts';
import { quietService } from './testing/quiet-service.ts';

const freshStore = createFreshStores();

test('what heartbeats say is shown per pipeline and stage, however often it is asked for', async (t) => {
  const f = await createSupervisorFixture(t, { store: await freshStore(t) });
  const a = f.supervisor('a');
  const p = await f.pipeline();
  await p.start();
  await f.round(a);
  const runId = await p.runId();
  await f.say(runId, {
    tasks: [
      { part: 0, topic: 't', partition: 0, committedOffset: 5, endOffset: 12, lag: 7, stalledMs: 0 },
      {
        part: 1,
        topic: repartitionTopicOf(p.pipelineId, 'S_01-x'),
        partition: 0,
        committedOffset: 5,
        endOffset: 12,
        lag: 100,
        stalledMs: 0,
      },
    ],
    stages: { S_01: { input: 10, output: 8, errors: { BAD: 1 }, dropped: { late: 1 } } },
    recordsRead: 10,
    recordsWritten: 8,
    cpuMs: 2500,
    rssMb: 2,
  });
  await f.round(a);
  f.advance(3000);
  const metrics = createMetrics(f.store, () => f.clock.now(), { ...quietService, supervision: () => a.standing });
  await Promise.all([metrics.text(), metrics.text()]);
  const labels = `org="${p.orgId}",pipeline="${p.pipelineId}"`;
  const text = await metrics.text();
  for (const line of [
    'penstock_pipelines{status="RUNNING"} 1',
    `penstock_run_up{${labels}} 1`,
    `penstock_run_heartbeat_age_seconds{${labels}} 3`,
    `penstock_run_launches_total{${labels}} 1`,
    `penstock_run_rate_limit_records_per_second{${labels}} 1000`,
    `penstock_run_lag_records{${labels}} 7`,
    `penstock_run_records_read_total{${labels}} 10`,
    `penstock_run_resident_memory_bytes{${labels}} 2097152`,
    `penstock_run_cpu_seconds_total{${labels}} 2.5`,
    `penstock_stage_records_in_total{${labels},stage="S_01"} 10`,
    `penstock_stage_records_failed_total{${labels},stage="S_01",code="BAD"} 1`,
    `penstock_stage_records_dropped_total{${labels},stage="S_01",code="late"} 1`,
    'penstock_supervised_runs 1',
    'penstock_supervision_round_age_seconds 3',
    'penstock_database_up 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  await p.stop();
  f.host.end(runId, { code: 0, signal: null });
  await f.round(a);
  assert.ok(!(await metrics.text()).includes('penstock_run_up{'));
});
