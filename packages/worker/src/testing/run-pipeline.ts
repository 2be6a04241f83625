import type { TestContext } from 'node:test';
import type { SqlPool } from '@penstock/engine';
import { createTopicAdmin, type KafkaClient, openFeeds, PositionRecords } from '@penstock/kafka';
import {
  type JsonObject,
  manifestTopicOf,
  type RunEvent,
  type RunSpec,
  type StageCounters,
  sourceTasksOf,
} from '@penstock/model';
import { compileRun } from '../plan/compile-run.ts';
import { prepareRun } from '../prepare/prepare-run.ts';
import { planOptionsOf } from '../prepare/run-layout.ts';
import { openRunServices } from '../services/open-look-ups.ts';
import { SqlPools } from '../services/sql-pools.ts';
import { unlimitedPace } from '../task/pace.ts';
import { addCounters } from '../task/sum-counters.ts';
import { TaskRunner } from '../task/task-runner.ts';

export interface PipelineUnderTest {
  readonly events: RunEvent[];
  /** Resolves when every input partition has been worked off and committed; rejects with what ended the run. */
  caughtUp(): Promise<void>;
  counters(): Record<string, StageCounters>;
  /** Resolves when all tasks were drained; rejects with what ended the run. */
  readonly ended: Promise<void>;
  /** Ends the tasks with everything committed. */
  drain(): Promise<void>;
}

export interface PipelineSettings {
  /** Of the run's specification. */
  readonly given?: Partial<RunSpec>;
  /** What its tasks are given instead of the database of a connection. */
  sql?(pool: SqlPool): SqlPool;
}

/** The tasks of a pipeline in this process, on a real broker, without worker threads and service. */
export const runPipeline = async (
  t: TestContext,
  client: KafkaClient,
  pipelineId: string,
  document: JsonObject,
  { sql = (pool) => pool, given }: PipelineSettings = {},
): Promise<PipelineUnderTest> => {
  const spec: RunSpec = {
    runId: `run-${pipelineId}`,
    pipelineId,
    orgId: 'o1',
    messageChannel: 0,
    document,
    kafka: { bootstrapServers: '' },
    threads: 1,
    memoryMb: 1024,
    kafkaRate: 1_000_000,
    control: { endpointsFile: '', token: '' },
    ...given,
  };
  const admin = createTopicAdmin(client);
  const events: RunEvent[] = [];
  const { layout, places } = await prepareRun(spec, { client, onEvent: (event) => events.push(event) });
  const plan = compileRun(spec, planOptionsOf(layout));
  const databases = new SqlPools(spec);
  const feeds = openFeeds(client, { isolation: 'read-committed' });
  const positions = new PositionRecords(client, manifestTopicOf(spec.pipelineId));
  const runners = places.map(
    (place) =>
      new TaskRunner(place, {
        spec,
        plan,
        topics: layout.topics,
        cuts: layout.cuts,
        sourcePartitions: sourceTasksOf(layout),
        client,
        admin,
        positions,
        feeds,
        pace: unlimitedPace,
        ...openRunServices(spec, plan, (event) => events.push(event)),
        clock: { now: () => Date.now() },
        onEvent: (event) => events.push(event),
        onReady: () => undefined,
        onFirstCommit: () => undefined,
        sql: (connection) => sql(databases.of(connection)),
        confirmOwner: () => Promise.resolve(false),
      }),
  );
  const ended = Promise.all(runners.map((runner) => runner.run()));
  const failed = ended.then(() => undefined);
  failed.catch(() => undefined);
  const drain = async (): Promise<void> => {
    for (const runner of runners) runner.drain();
    await ended;
  };
  t.after(async () => {
    await drain().catch(() => undefined); // the test has seen why
    databases.close();
    await feeds.close();
  });
  const isCaughtUp = async (): Promise<boolean> => {
    for (const runner of runners) {
      if (runner.topic === undefined) continue;
      const ends = await admin.latestOffsets(runner.topic, 'read-uncommitted');
      runner.noteEnd(ends.get(runner.place.partition) ?? -1);
      const { committedOffset, endOffset } = runner.progress();
      if (committedOffset < 0 || committedOffset < endOffset) return false;
    }
    return true;
  };
  return {
    events,
    caughtUp: async () => {
      while (!(await isCaughtUp())) await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, 50))]);
    },
    counters: () => {
      const all: Record<string, StageCounters> = {};
      for (const runner of runners) addCounters(all, runner.counters());
      return all;
    },
    ended: failed,
    drain,
  };
};
