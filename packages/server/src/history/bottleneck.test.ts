import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bottleneck, bottleneckOf } from './bottleneck.ts';
import type { PartCounts, StageSample } from './stage-sample.ts';

const SECONDS = 20;
interface Part {
  readonly busy?: Readonly<Record<string, number>>;
  readonly idleMs?: number;
  readonly rateMs?: number;
  readonly commitMs?: number;
  readonly commits?: number;
  readonly tasks?: number;
  readonly moved?: number | null;
  readonly lag: number | null;
  /** The first part is anyway. */
  readonly isOfSource?: boolean;
}

const partOf = ({ busy = {}, tasks = 1, moved = 2000, lag, isOfSource = false, ...times }: Part): PartCounts => ({
  openMs: tasks * SECONDS * 1000,
  idleMs: 0,
  rateMs: 0,
  commitMs: 0,
  commits: tasks * SECONDS,
  ...times,
  offset: moved,
  lag,
  isOfSource,
  stages: new Map(Object.entries(busy).map(([name, busyMs]) => [name, { busyMs, from: new Map() }])),
});

const NOTHING: PartCounts = { ...partOf({ lag: 0, moved: 0, commits: 0 }), openMs: 0 };
const base = { workerId: 'w', countedSince: null, stages: new Map() };

/** What is said of 20 s, in which 2000 messages were read, at a rate of 1000/s unless said otherwise. */
const found = (parts: readonly Part[], { rate = 1000, seconds = SECONDS, recordsRead = 2000 } = {}): Bottleneck => {
  const before: StageSample = {
    ...base,
    at: 0,
    recordsRead: 0,
    parts: new Map(parts.map((_, part) => [part, NOTHING])),
  };
  const now: StageSample = {
    ...base,
    at: seconds * 1000,
    recordsRead,
    parts: new Map(parts.map((part, index) => [index, partOf(index === 0 ? { ...part, isOfSource: true } : part)])),
  };
  return bottleneckOf(before, now, rate);
};
const brief = ({ code, limit, share }: Bottleneck) => [code, limit?.kind ?? null, limit?.stage ?? null, share];

test('the stage that takes most of the time of a pipeline that falls behind, with its share', () => {
  const slow = found([{ busy: { read: 500, script: 17_000, out: 500 }, commitMs: 1000, lag: 10_000 }]);
  assert.deepEqual(brief(slow), ['BOTTLENECK_STAGE', 'stage', 'script', 0.895]);
  assert.deepEqual(
    [slow.state, slow.params, slow.windowMs],
    ['limited', { stage: 'script', percent: 90, lag: 10_000 }, 20_000],
  );
  assert.deepEqual(
    slow.shares.map(({ kind, stage, share }) => [kind, stage, share]),
    [
      ['stage', 'script', 0.895],
      ['commit', null, 0.053],
      ['stage', 'read', 0.026],
      ['stage', 'out', 0.026],
    ],
  );
});

test('commits, where they take the time', () => {
  assert.deepEqual(brief(found([{ busy: { script: 2000 }, commitMs: 17_000, lag: 10_000 }])), [
    'BOTTLENECK_COMMIT',
    'commit',
    null,
    0.895,
  ]);
});

test('the rate, where it is used up; else waiting for it explains nothing', () => {
  const paced: Part = { busy: { script: 1000 }, rateMs: 18_000, lag: 10_000 };
  const limited = found([paced], { rate: 100 });
  assert.deepEqual(brief(limited), ['BOTTLENECK_RATE', 'rate', null, 0.947]);
  assert.equal(limited.params.kafkaRate, 100);
  assert.deepEqual(brief(found([paced], { rate: 10_000 })), ['BOTTLENECK_WAITS', null, null, null]);
});

test('a backlog that is soon worked off is none, and neither is what waits for its commit', () => {
  assert.deepEqual(brief(found([{ busy: { script: 19_000 }, lag: 0 }])), ['BOTTLENECK_NONE', null, null, null]);
  assert.equal(found([{ busy: { script: 19_000 }, lag: 900 }]).state, 'keeps-up');
  assert.equal(found([{ busy: { script: 19_000 }, lag: 1100 }]).state, 'limited');
  // Commits every 20 s, and as much waits as came in 30 s.
  assert.equal(found([{ busy: { script: 9000 }, idleMs: 9000, commits: 1, lag: 3000 }]).state, 'keeps-up');
  assert.equal(found([{ busy: { script: 100 }, idleMs: 19_000, commits: 0, moved: 0, lag: 50 }]).state, 'keeps-up');
  assert.equal(found([{ busy: { script: 19_000 }, commits: 0, moved: 0, lag: 50 }]).state, 'limited');
});

test('the rate, where the parts of several sources wait for it', () => {
  const waiting: Part = { busy: { script: 9000 }, rateMs: 10_000, lag: 10_000 };
  const behind = { ...waiting, busy: { other: 9000 } };
  assert.equal(found([waiting, { ...behind, isOfSource: true }], { rate: 100 }).code, 'BOTTLENECK_RATE');
  assert.equal(found([waiting, behind], { rate: 100 }).code, 'BOTTLENECK_STAGE');
});

test('of several parts the last that is behind counts, even if the first one waits for the rate', () => {
  const first: Part = { busy: { source: 500 }, rateMs: 19_000, lag: 50_000 };
  const second: Part = { busy: { window: 15_000 }, commitMs: 3000, lag: 20_000 };
  assert.deepEqual(brief(found([first, second], { rate: 100 })), ['BOTTLENECK_STAGE', 'stage', 'window', 0.833]);
  assert.deepEqual(brief(found([first, { ...second, lag: 10 }], { rate: 100 })), [
    'BOTTLENECK_RATE',
    'rate',
    null,
    0.974,
  ]);
});

test('one busy task of many is a slow stage; none that is busy is slow reading', () => {
  const tasks = { tasks: 8, lag: 100_000 };
  assert.deepEqual(brief(found([{ ...tasks, busy: { script: 19_000 }, idleMs: 140_000 }])), [
    'BOTTLENECK_STAGE',
    'stage',
    'script',
    1,
  ]);
  const waiting = found([{ ...tasks, busy: { script: 2000 }, idleMs: 156_000 }]);
  assert.deepEqual(brief(waiting), ['BOTTLENECK_READ', 'read', null, 0.975]);
});

test('it is not known too early, without measurements, without a lag, or across a restart', () => {
  const part: Part = { busy: { script: 19_000 }, lag: 10_000 };
  assert.equal(found([part], { seconds: 9 }).code, 'BOTTLENECK_TOO_EARLY');
  assert.equal(found([{ ...part, lag: null }]).code, 'BOTTLENECK_LAG_UNKNOWN');
  const now: StageSample = { ...base, at: 20_000, recordsRead: 1, parts: new Map([[0, partOf(part)]]) };
  const before: StageSample = { ...now, at: 0 };
  assert.equal(bottleneckOf({ ...before, workerId: 'other' }, now, 1).code, 'BOTTLENECK_TOO_EARLY');
  assert.equal(bottleneckOf({ ...before, parts: undefined }, now, 1).code, 'BOTTLENECK_NOT_MEASURED');
  assert.equal(bottleneckOf(before, { ...now, parts: undefined }, 1).code, 'BOTTLENECK_NOT_MEASURED');
});

test('whatever is counted: shares of a part add up to 1, and what limits is known where something does', () => {
  const ms = fc.nat(30_000);
  const part = fc.record({
    busy: fc.dictionary(fc.string(), ms, { maxKeys: 4 }),
    idleMs: ms,
    rateMs: ms,
    commitMs: ms,
    commits: fc.nat(100),
    moved: fc.integer({ min: -5, max: 5000 }),
    lag: fc.nat(100_000),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 5000 }), (parts, rate) => {
      const { state, limit, share, shares } = found(parts, { rate });
      assert.equal(limit !== null, state === 'limited');
      assert.equal(share !== null, state === 'limited');
      for (const index of parts.keys()) {
        const own = shares.filter((each) => each.part === index);
        const sum = own.reduce((total, each) => total + each.share, 0);
        assert.ok(own.length === 0 || Math.abs(sum - 1) < 0.01, `${sum}`);
      }
    }),
  );
});
