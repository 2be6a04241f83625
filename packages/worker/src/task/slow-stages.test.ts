import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchOfMessages, type SourceBatch, type Task, type TaskLog } from '@penstock/engine';
import type { PartitionFeed } from '@penstock/kafka';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { compileRun } from '../plan/compile-run.ts';
import { Consumption } from './consumption.ts';
import { unlimitedPace } from './pace.ts';
import { Suspects } from './refused-record.ts';
import { taskLogOptions } from './task-log-options.ts';

interface Given {
  readonly isSlow: boolean;
  /** Records of each fetch. */
  readonly count?: number;
  /** Bytes of answers to each record. */
  readonly answerBytes?: number;
}

/** Consumes two fetches of records; what was sent is in an open transaction until the next commit. */
const consume = async ({ isSlow, count = 10, answerBytes }: Given): Promise<{ steps: string[]; sizes: number[] }> => {
  const steps: string[] = [];
  const sizes: number[] = [];
  const log = { isOpen: false, pendingBytes: 0, pendingRecords: 0 };
  const taskLog = Object.assign(log, {
    flush: async () => {
      steps.push('flush');
      Object.assign(log, { isOpen: true, pendingBytes: 0 });
    },
  });
  const task = {
    isSlow,
    takesBatches: true,
    askedBytes: answerBytes === undefined ? undefined : 0,
    process: async (_batch: SourceBatch, from: number, to: number) => {
      sizes.push(to - from);
      if (answerBytes !== undefined) task.askedBytes = answerBytes * (to - from);
      steps.push(log.isOpen ? 'work inside a transaction' : 'work');
      Object.assign(log, { pendingBytes: 3 << 20, pendingRecords: 10 });
    },
    tick: () => undefined,
    hasSchedules: false,
    isBehind: false,
    wantsCommit: false,
    takeReports: () => 0,
    commit: async () => {
      steps.push('commit');
      Object.assign(log, { isOpen: false, pendingBytes: 0, pendingRecords: 0 });
    },
  };
  const draining = new AbortController();
  const message = { key: null, value: Buffer.from('{}'), timestamp: 0 };
  let batches = 0;
  const feed = {
    emptyAnswers: 0,
    endOffset: 2 * count,
    next: async (): Promise<SourceBatch | undefined> => {
      if (batches++ < 2) return batchOfMessages('in', new Array(count).fill(message));
      draining.abort();
      return undefined;
    },
  };
  await new Consumption({
    plan: compileRun({ document: documentOf([consumer('in'), producer('out', 'EDHKafkaConsumer_01')]), ...facts }),
    topic: 'in',
    partition: 0,
    task: task as unknown as Task,
    log: taskLog as unknown as TaskLog,
    feed: feed as unknown as PartitionFeed,
    start: 0,
    pace: unlimitedPace,
    suspects: new Suspects(),
    clock: { now: () => 0 },
    finishAt: () => Number.POSITIVE_INFINITY,
    onEvent: () => undefined,
    onRead: () => undefined,
    onCommit: () => undefined,
  }).run(draining.signal);
  return { steps, sizes };
};
const facts = { pipelineId: 'p', orgId: 'o', messageChannel: 0 } as const;

test('a slow stage never works while a transaction is open', async () => {
  assert.deepEqual((await consume({ isSlow: true })).steps, ['work', 'commit', 'work', 'commit']);
  assert.deepEqual((await consume({ isSlow: false })).steps, [
    'work',
    'flush',
    'work inside a transaction',
    'flush',
    'commit',
  ]);
});

test('a stage that asks outside begins with few records, and gets more while the answers are small', async () => {
  const { sizes: small } = await consume({ isSlow: true, count: 1000, answerBytes: 10 });
  assert.deepEqual(small, [16, 32, 64, 128, 256, 504, 1000]);
  const megabyte = 1 << 20;
  const { sizes: large } = await consume({ isSlow: true, count: 100, answerBytes: megabyte });
  assert.equal(Math.max(...large), 16);
  const { sizes: scripts } = await consume({ isSlow: true, count: 1000 });
  assert.deepEqual(scripts, [1000, 1000]);
});

test('the time-out of transactions follows from the plan', () => {
  const optionsOf = (timeLimitMs: number | undefined): number | undefined => {
    const script = {
      name: 'JavaScript_01',
      label: 'JavaScript',
      from: ['EDHKafkaConsumer_01'],
      config: { script: ';', ...(timeLimitMs === undefined ? {} : { timeLimitMs }) },
    };
    const stages =
      timeLimitMs === undefined
        ? [consumer('in'), producer('out', 'EDHKafkaConsumer_01')]
        : [consumer('in'), script, producer('out', 'JavaScript_01')];
    const topics = { deadLetters: 'd', state: 's', cuts: [] };
    return taskLogOptions(compileRun({ document: documentOf(stages), ...facts }), { part: 0, partition: 0 }, topics)
      .transactionTimeoutMs;
  };
  assert.deepEqual([undefined, 1000, 60_000].map(optionsOf), [60_000, 76_000, 900_000]);
});
