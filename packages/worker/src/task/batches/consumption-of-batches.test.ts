import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchOfMessages, type DefinedBatch, type SourceBatch, type Task, type TaskLog } from '@penstock/engine';
import type { PartitionFeed } from '@penstock/kafka';
import { consumer, documentOf, producer } from '@penstock/testkit';
import fc from 'fast-check';
import { compileRun } from '../../plan/compile-run.ts';
import { Consumption } from '../consumption.ts';
import { unlimitedPace } from '../pace.ts';
import { Suspects } from '../refused-record.ts';

/** What a feed answers: so many records, a report (no record), or nothing for a quarter of a second. */
type Answer = number | 'report' | 'nothing';

interface Given {
  readonly batch: DefinedBatch;
  readonly answers: readonly Answer[];
  /** The offset at which the input ends for good. */
  readonly finishAt?: number;
  readonly until?: number;
}

const facts = { pipelineId: 'p', orgId: 'o', messageChannel: 0 } as const;
const plan = compileRun({ document: documentOf([consumer('in'), producer('out', 'EDHKafkaConsumer_01')]), ...facts });

/** Runs a task's consumption over these answers; gives the offsets of each call of the stages, and of the commits. */
const consume = async ({ batch, answers, finishAt = Number.POSITIVE_INFINITY, until }: Given) => {
  const calls: number[][] = [];
  const commits: number[] = [];
  const draining = new AbortController();
  let now = 0;
  let at = 0;
  let next = 0;
  const messages = (values: readonly (Buffer | null)[]): SourceBatch => {
    const first = next;
    next += values.length;
    const read = batchOfMessages(
      'in',
      values.map((value) => ({ key: null, value, timestamp: 0 })),
    );
    return { ...read, offsets: read.offsets.map((offset) => offset + first), nextOffset: next };
  };
  const feed = {
    emptyAnswers: 0,
    endOffset: 1e6,
    endKnownAt: 0,
    next: async (waitMs: number): Promise<SourceBatch | undefined> => {
      const answer = answers[at++];
      if (answer === undefined) draining.abort();
      if (typeof answer === 'number') return messages(new Array<Buffer>(answer).fill(Buffer.from('{}')));
      if (answer === 'report') return messages([null]);
      now += Math.min(250, waitMs);
      return undefined;
    },
  };
  const task = {
    isSlow: false,
    takesBatches: true,
    process: ({ offsets }: SourceBatch, from: number, to: number) => void calls.push([...offsets.slice(from, to)]),
    tick: () => undefined,
    hasSchedules: false,
    isBehind: false,
    wantsCommit: false,
    takeReports: () => 0,
    noteCaughtUp: () => undefined,
    commit: async ({ offset }: { offset: number }) => void commits.push(offset),
  };
  const consumption = new Consumption({
    plan,
    topic: 'in',
    partition: 0,
    batch,
    task: task as unknown as Task,
    log: { isOpen: false, pendingBytes: 0, pendingRecords: 0 } as unknown as TaskLog,
    feed: feed as unknown as PartitionFeed,
    start: 0,
    pace: until === undefined ? unlimitedPace : { ...unlimitedPace, until },
    suspects: new Suspects(),
    clock: { now: () => now },
    finishAt: () => finishAt,
    onEvent: () => undefined,
    onRead: () => undefined,
    onCommit: () => undefined,
  });
  await consumption.run(draining.signal);
  return { calls, commits, isGathering: consumption.isGathering };
};

const nothings = (count: number): Answer[] => new Array<Answer>(count).fill('nothing');

test('a batch is whole with its records, however they were read', async () => {
  const { calls } = await consume({ batch: { size: 4, waitMs: 1000 }, answers: [1, 2, 6, 3] });
  assert.deepEqual(calls, [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10, 11],
  ]);
});

test('or after its time, counted from its first record', async () => {
  const batch = { size: 4, waitMs: 600 };
  const { calls } = await consume({ batch, answers: [1, 'nothing', 1, 'nothing', 'nothing', 1, ...nothings(3)] });
  assert.deepEqual(calls, [[0, 1], [2]]);
});

test('what is not whole when the task ends is left to be read again', async () => {
  const { calls, commits, isGathering } = await consume({ batch: { size: 4, waitMs: 1000 }, answers: [6, 'nothing'] });
  assert.deepEqual([calls, commits.at(-1), isGathering], [[[0, 1, 2, 3]], 4, true]);
});

test('where the input ends for good, or a range, it is what there is', async () => {
  const batch = { size: 4, waitMs: 1000 };
  for (const end of [{ finishAt: 6 }, { until: 6 }]) {
    const { calls, commits } = await consume({ batch, answers: [3, 3], ...end });
    assert.deepEqual(
      [calls, commits.at(-1)],
      [
        [
          [0, 1, 2, 3],
          [4, 5],
        ],
        6,
      ],
    );
  }
});

test('reports of tasks in front of a cut are no records: they wait with those in front of them, and for no others', async () => {
  const batch = { size: 2, waitMs: 1000 };
  const { calls } = await consume({ batch, answers: ['report', 1, 'report', 'report', 1, 'report'] });
  assert.deepEqual(calls, [[0], [1, 2, 3, 4], [5]]);
});

test('as a plain reckoning has it: nothing is left out, nothing comes twice, and commits are between batches', async () => {
  const answer = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constant<Answer>('nothing'));
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 900 }),
      fc.array(answer, { maxLength: 30 }),
      async (size, waitMs, answers) => {
        const { calls, commits } = await consume({ batch: { size, waitMs }, answers });
        const expected: number[][] = [];
        let open: number[] = [];
        let [now, openedAt, offset] = [0, 0, 0];
        const close = (): void => {
          expected.push(open);
          open = [];
        };
        for (const one of answers) {
          if (typeof one !== 'number') now += open.length === 0 ? 250 : Math.min(250, openedAt + waitMs - now);
          for (let left = typeof one === 'number' ? one : 0; left > 0; left--) {
            if (open.length === 0) openedAt = now;
            open.push(offset++);
            if (open.length === size) close();
          }
          if (open.length > 0 && now >= openedAt + waitMs) close();
        }
        assert.deepEqual(calls, expected);
        const ends = new Set(expected.map((batch) => (batch.at(-1) as number) + 1));
        for (const commit of commits) assert.ok(ends.has(commit), `${commit}`);
      },
    ),
  );
});
