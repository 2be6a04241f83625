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

/** Consumes two fetches of 10 records; what was sent is in an open transaction until the next commit. */
const consume = async (isSlow: boolean): Promise<string[]> => {
  const steps: string[] = [];
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
    process: async () => {
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
    endOffset: 20,
    next: async (): Promise<SourceBatch | undefined> => {
      if (batches++ < 2) return batchOfMessages('in', new Array(10).fill(message));
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
  return steps;
};
const facts = { pipelineId: 'p', orgId: 'o', messageChannel: 0 } as const;

test('a slow stage never works while a transaction is open', async () => {
  assert.deepEqual(await consume(true), ['work', 'commit', 'work', 'commit']);
  assert.deepEqual(await consume(false), ['work', 'flush', 'work inside a transaction', 'flush', 'commit']);
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
