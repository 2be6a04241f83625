import type { TestContext } from 'node:test';
import type { Clock } from '@penstock/engine';
import type { Heartbeat, RunSpec } from '@penstock/model';
import { DEFAULT_POLICY, type Modes } from '@penstock/modes';
import {
  createEnosClient,
  createEnosFixture,
  documentOf,
  type EnosClient,
} from '../../http/enos/testing/enos-fixture.ts';
import { getDetail, listEvents } from '../../http/routes/pipelines/pipeline-views.ts';
import { getGrants } from '../../resources/grants.ts';
import type { Store } from '../../store/open-store.ts';
import { type Heard, receiveHeartbeat } from '../heartbeat/receive-heartbeat.ts';
import type { SupervisorDeps } from '../run-keeper.ts';
import { buildRunSpec } from '../run-spec.ts';
import { Supervisor } from '../supervisor.ts';
import { FakeHost, FakeLauncher } from './fake-launcher.ts';
import { createTestModes } from './test-modes.ts';

const SECRET = Buffer.alloc(32, 3);

export interface FixturePipeline {
  readonly pipelineId: string;
  readonly orgId: string;
  /** Commands through the EnOS API; the code of the answer. */
  start(): Promise<number>;
  pause(): Promise<number>;
  stop(): Promise<number>;
  detail(): ReturnType<typeof getDetail>;
  state(): Promise<string>;
  runId(): Promise<string>;
  usedCu(): Promise<number | undefined>;
  eventCodes(): Promise<string[]>;
}

export interface SupervisorFixture {
  readonly store: Store;
  readonly clock: Clock;
  /** Moves the clock. */
  advance(ms: number): void;
  readonly host: FakeHost;
  readonly modes: Modes;
  /** What was cleared and fenced in Kafka; a failure makes the next clearings fail. */
  readonly clearing: { failure?: Error; cleared: string[]; fenced: string[] };
  supervisor(instanceId: string, over?: Partial<SupervisorDeps>): Supervisor;
  pipeline(): Promise<FixturePipeline>;
  say(runId: string, over?: Partial<Heartbeat>): Promise<Heard>;
  round(by: Supervisor): Promise<void>;
}

/** Supervisors over a real database, with a clock, processes and Kafka of the test. */
export const createSupervisorFixture = async (
  t: TestContext,
  options: { store?: Store } = {},
): Promise<SupervisorFixture> => {
  const host = new FakeHost();
  const modes = createTestModes({ standalone: new FakeLauncher(host) });
  const enos = await createEnosFixture(t, { ...options, modes });
  const { store, clock } = enos.deps;
  const clearing: SupervisorFixture['clearing'] = { cleared: [], fenced: [] };

  const supervisor = (instanceId: string, over: Partial<SupervisorDeps> = {}): Supervisor => {
    return new Supervisor({
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
      clear: async (pipelineId) => {
        if (clearing.failure !== undefined) throw clearing.failure;
        clearing.cleared.push(pipelineId);
      },
      fence: async (pipelineId) => void clearing.fenced.push(pipelineId),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      ...over,
    });
  };

  /** A released pipeline of an organisation of its own, and the calls of its life. */
  const pipeline = async (): Promise<FixturePipeline> => {
    const org = await enos.organization({ standaloneCu: 4 });
    const client: EnosClient = createEnosClient(enos, org);
    const body = { name: 'p', templateType: 1, messageChannel: 0, pipelineJson: documentOf() };
    const saved = await client.call('POST', 'streaming/pipeline/null', {
      query: `action=save&orgId=${org.orgId}`,
      body,
    });
    const pipelineId: string = saved.json.data;
    const act = async (action: string, actBody?: unknown) => {
      const query = `action=${action}&orgId=${org.orgId}`;
      const options = actBody === undefined ? { query } : { query, body: actBody };
      return (await client.call('POST', `streaming/pipeline/${pipelineId}`, options)).json.code as number;
    };
    await act('release');
    return {
      pipelineId,
      orgId: org.orgId,
      start: () => act('start', { executionMode: 0, kafkaRate: 1000 }),
      pause: () => act('pause'),
      stop: () => act('stop'),
      detail: () => getDetail(enos.deps, org.orgId, pipelineId),
      state: async () => (await getDetail(enos.deps, org.orgId, pipelineId)).status,
      runId: async () => (await getDetail(enos.deps, org.orgId, pipelineId)).run?.runId ?? '',
      usedCu: async () => (await getGrants(enos.deps, org.orgId)).standalone?.used,
      eventCodes: async () =>
        (await listEvents(store.db, pipelineId, { limit: 100, before: undefined })).rows.map(({ code }) => code),
    };
  };

  let sequence = 0;
  /** What the worker of a run would say. */
  const say = (runId: string, over: Partial<Heartbeat> = {}) => {
    const [process] = host.live(runId);
    if (process === undefined) throw new Error(`run ${runId} has no process`);
    sequence += 1;
    const heartbeat: Heartbeat = {
      runId,
      workerId: `worker-${process.pid}`,
      pid: process.pid,
      host: 'here',
      startedAt: clock.now(),
      sequence,
      phase: 'running',
      tasks: [],
      stages: {},
      recordsRead: 0,
      bytesRead: 0,
      recordsWritten: 0,
      rssMb: 100,
      cpuMs: 10,
      events: [],
      ...over,
    };
    return receiveHeartbeat({ store, clock, modes, policy: DEFAULT_POLICY }, runId, tokenOf(process.spec), heartbeat);
  };

  /** One round of a supervisor, with everything it began. */
  const round = async (by: Supervisor): Promise<void> => {
    await by.round();
    await by.settled();
  };

  return { store, clock, advance: enos.advance, host, modes, clearing, supervisor, pipeline, say, round };
};

export const tokenOf = (spec: RunSpec): string => spec.control.token;
