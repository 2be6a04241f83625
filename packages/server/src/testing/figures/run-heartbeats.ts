import { randomUUID } from 'node:crypto';
import { PROTOCOL_VERSION } from '@penstock/model';
import { sql } from 'drizzle-orm';
import { hashToken, runTokenOf } from '../../runs/run-token.ts';
import type { Store } from '../../store/open-store.ts';

/** A run whose worker is somewhere else, as its worker knows it. */
export interface FarRun {
  readonly runId: string;
  readonly token: string;
  readonly launchId: string;
}

/**
 * Running pipelines in a database whose services have this seal key. Their workers are on another machine, so that
 * nothing is started and nothing looked for: they are heard of, or not.
 */
export const makeFarRuns = async (store: Store, key: Buffer, count: number): Promise<FarRun[]> => {
  const now = Date.now();
  await store.db.execute(sql`insert into organizations values ('o1', 'One', 0)`);
  const runs: FarRun[] = [];
  for (let n = 0; n < count; n += 1) {
    const [pipelineId, runId, launchId] = [randomUUID(), randomUUID(), randomUUID()];
    const token = runTokenOf(key, runId);
    const launch = { launchId, kind: 'standalone', host: 'far', place: 'far', at: now };
    const state = JSON.stringify({ launch, launches: 1, failures: 0, notBefore: 0 });
    await store.db.execute(sql`insert into pipelines (pipeline_id, org_id, name, description, template_type,
        template_version, message_channel, created_at, updated_at, status, status_since, released_number, current_run_id,
        desired) values (${pipelineId}, 'o1', ${`p${n}`}, '', 1, '', 0, 0, 0, 'RUNNING', ${now}, 1, ${runId}, 'run')`);
    await store.db.execute(sql`insert into pipeline_versions (pipeline_id, number, name, description, template_type,
        template_version, message_channel, document, released_at, released_by)
        values (${pipelineId}, 1, 'p', '', 1, '', 0, '{"stages":[]}', 0, 'admin')`);
    await store.db.execute(sql`insert into runs (run_id, pipeline_id, org_id, version_number, desired, execution_mode,
        kafka_rate, resource_config, created_at, desired_at, token_hash, launcher_state)
        values (${runId}, ${pipelineId}, 'o1', 1, 'run', 0, 1000, '{"server":1}', ${now}, ${now}, ${hashToken(token)}, ${state})`);
    runs.push({ runId, token, launchId });
  }
  return runs;
};

const PARTITIONS = 16;

/** What the worker of such a run says; resolves to the status of the answer. */
export const beat = async (baseUrl: string, { runId, token, launchId }: FarRun, sequence: number): Promise<number> => {
  const heartbeat = {
    protocol: PROTOCOL_VERSION,
    launchId,
    runId,
    workerId: `worker-of-${runId}`,
    pid: 7,
    host: 'far',
    startedAt: 1,
    sequence,
    phase: 'running',
    tasks: Array.from({ length: PARTITIONS }, (_, partition) => ({
      part: 0,
      topic: 'MEASURE_POINT_ORIGIN_o1',
      partition,
      committedOffset: sequence * 100,
      endOffset: sequence * 100,
      lag: 0,
      stalledMs: 0,
    })),
    stages: Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [
        `Stage_${n}`,
        { input: sequence * 1600, output: sequence * 1600, errors: {}, dropped: {} },
      ]),
    ),
    recordsRead: sequence * 1600,
    bytesRead: sequence * 160_000,
    recordsWritten: sequence * 1600,
    rssMb: 180,
    cpuMs: sequence * 10,
    events: [],
  };
  const answer = await fetch(`${baseUrl}/internal/v1/runs/${runId}/heartbeat`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(heartbeat),
  });
  await answer.arrayBuffer();
  return answer.status;
};
