import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ClusterReport, Heartbeat } from '@penstock/model';
import { DEFAULT_POLICY } from '@penstock/modes';
import { createEnosClient, createEnosFixture, documentOf } from '../../http/enos/testing/enos-fixture.ts';
import { getDetail, listEvents } from '../../http/routes/pipelines/pipeline-views.ts';
import type { Store } from '../../store/open-store.ts';
import { type Heard, receiveHeartbeat } from '../heartbeat/receive-heartbeat.ts';
import { buildRunSpec } from '../run-spec.ts';
import { Supervisor } from '../supervisor.ts';
import { FakeCluster } from './fake-cluster.ts';
import { createTestModes } from './test-modes.ts';

const SECRET = Buffer.alloc(32, 3);

/** A pipeline started in Cluster Mode on a cluster of the test, and what can be done with it. */
export interface ClusterFixture {
  readonly pipelineId: string;
  readonly runId: string;
  readonly cluster: FakeCluster;
  /** Supervises as instance "a". */
  readonly a: Supervisor;
  readonly fenced: { readonly pipelineId: string; readonly tasks: number }[];
  readonly cleared: string[];
  /** Runs whose logs were kept. */
  readonly kept: string[];
  /** What was given to each search for unknown applications. */
  readonly known: ReadonlySet<string>[];
  readonly kafka: { isReachable: boolean };
  /** Moves the clock. */
  advance(ms: number): void;
  /** A command through the EnOS API, which has to succeed. */
  act(action: string, body?: unknown): Promise<void>;
  /** Starts another pipeline of the organisation, released anew each time; the code of the answer. */
  startAnother(): Promise<number>;
  supervisor(instanceId: string): Supervisor;
  round(by: Supervisor): Promise<void>;
  /** Brings it to RUNNING. */
  running(): Promise<void>;
  /** What the driver of an attempt would say. */
  say(over?: Partial<Heartbeat>, report?: Partial<ClusterReport>): Promise<Heard>;
  detail(): ReturnType<typeof getDetail>;
  eventCodes(): Promise<string[]>;
}

export const createClusterFixture = async (t: TestContext, store: Store): Promise<ClusterFixture> => {
  const cluster = new FakeCluster();
  const fenced: ClusterFixture['fenced'] = [];
  const cleared: string[] = [];
  const kept: string[] = [];
  const known: ReadonlySet<string>[] = [];
  const kafka = { isReachable: true };
  const modes = createTestModes({ cluster, killUnknown: async (tags) => void known.push(tags) });
  const enos = await createEnosFixture(t, { store, modes });
  const { clock } = enos.deps;
  const supervisor = (instanceId: string): Supervisor =>
    new Supervisor({
      store,
      clock,
      instanceId,
      place: 'here',
      policy: DEFAULT_POLICY,
      modes,
      specOf: (run) =>
        buildRunSpec(
          {
            store,
            kafka: { bootstrapServers: 'nowhere:1' },
            modes,
            secret: SECRET,
            connectionsOf: async () => [],
          },
          run,
        ),
      clear: async (pipelineId) => void cleared.push(pipelineId),
      fence: async (pipelineId, tasks) => {
        if (!kafka.isReachable) throw new Error('Kafka is away');
        fenced.push({ pipelineId, tasks: tasks.length });
      },
      keepLogs: async ({ runId }) => void kept.push(runId),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
  const org = await enos.organization({ serverCu: 4, yarnCu: 8 });
  const client = createEnosClient(enos, org);
  const released = async (name: string): Promise<string> => {
    const body = { name, templateType: 1, messageChannel: 0, pipelineJson: documentOf() };
    const query = `action=save&orgId=${org.orgId}`;
    const saved = await client.call('POST', 'streaming/pipeline/null', { query, body });
    assert.equal((await command(saved.json.data, 'release')).code, 0);
    return saved.json.data;
  };
  const command = async (id: string, action: string, body?: unknown): Promise<{ code: number }> => {
    const query = `action=${action}&orgId=${org.orgId}`;
    const given = body === undefined ? { query } : { query, body };
    return (await client.call('POST', `streaming/pipeline/${id}`, given)).json;
  };
  const pipelineId = await released('p');
  const act = async (action: string, body?: unknown): Promise<void> => {
    const json = await command(pipelineId, action, body);
    assert.equal(json.code, 0, JSON.stringify(json));
  };
  const start = {
    executionMode: 1,
    kafkaRate: 1000,
    resourceConfig: { server: 1, yarn: { workerCount: 2, master: 1, slave: 1 } },
  };
  await act('start', start);
  let others = 0;
  const startAnother = async (): Promise<number> => {
    others += 1;
    return (await command(await released(`other ${others}`), 'start', start)).code;
  };
  const detail = () => getDetail(enos.deps, org.orgId, pipelineId);
  const runId = (await detail()).run?.runId ?? '';
  let sequence = 0;
  const say = (over: Partial<Heartbeat> = {}, report: Partial<ClusterReport> = {}): Promise<Heard> => {
    const { tag, spec, view } = cluster.of(runId);
    sequence += 1;
    const attempt = report.attempt ?? 1;
    const heartbeat: Heartbeat = {
      runId,
      workerId: `driver-${view.applicationId}-${attempt}`,
      pid: 7,
      host: 'node1',
      startedAt: clock.now(),
      sequence,
      phase: 'running',
      tasks: [{ part: 0, topic: 't', partition: 0, committedOffset: 5, endOffset: 9, lag: 4, stalledMs: 0 }],
      stages: {},
      recordsRead: 0,
      bytesRead: 0,
      recordsWritten: 0,
      rssMb: 300,
      cpuMs: 10,
      events: [],
      cluster: {
        tag,
        applicationId: view.applicationId,
        attempt,
        executors: ['1', '2'].map((executorId) => ({
          executorId,
          host: 'node1',
          containerId: `container_1800000000000_0001_0${attempt}_00000${Number(executorId) + 1}`,
          tasks: 2,
          jvmPid: 8,
          jvmRssMb: 230,
          jvmCpuMs: 1,
        })),
        batches: { intervalMs: 1000, completed: 3, waiting: 0, schedulingDelayMs: 2, processingMs: 250 },
        ...report,
      },
      ...over,
    };
    return receiveHeartbeat({ store, clock, modes, policy: DEFAULT_POLICY }, runId, spec.control.token, heartbeat);
  };
  const round = async (by: Supervisor): Promise<void> => {
    await by.round();
    await by.settled();
  };
  const a = supervisor('a');
  const running = async (): Promise<void> => {
    await round(a);
    cluster.turn(runId, { state: 'RUNNING', attempts: 1, containers: 3 });
    await say();
    await round(a);
    assert.equal((await detail()).status, 'RUNNING');
  };
  const eventCodes = async () =>
    (await listEvents(store.db, pipelineId, { limit: 100, before: undefined })).rows.map(({ code }) => code);
  return {
    advance: enos.advance,
    act,
    a,
    cleared,
    cluster,
    detail,
    eventCodes,
    fenced,
    kafka,
    kept,
    known,
    pipelineId,
    round,
    runId,
    running,
    say,
    startAnother,
    supervisor,
  };
};
