import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeStageCounters, encodeStageCounters, type StageSample, stageCountersOf } from './stage-sample.ts';
import { type Column, type StageSeries, stageSeriesOf } from './stage-series.ts';

const NO_TIME = { openMs: 0, idleMs: 0, rateMs: 0, commitMs: 0, commits: 0, offset: null, lag: null };

/** A source and a stage behind it which have done so many records, in 2 ms each. */
const sample = (
  at: number,
  workerId: string,
  records: number,
  countedSince: number | null,
  isMeasured = true,
): StageSample => ({
  at,
  workerId,
  countedSince,
  recordsRead: records,
  stages: new Map([
    ['in', { input: records, output: records, errors: 0, dropped: 0 }],
    ['do', { input: records, output: 0, errors: 0, dropped: records }],
  ]),
  parts: isMeasured
    ? new Map([
        [
          0,
          {
            ...NO_TIME,
            openMs: at,
            isOfSource: true,
            stages: new Map([
              ['in', { busyMs: 0, from: new Map() }],
              ['do', { busyMs: 2 * records, from: new Map([['in', records]]) }],
            ]),
          },
        ],
      ])
    : undefined,
});
const range = { from: 0, to: 1000, stepMs: 100 };

const columnsOf = ({ stages, edges }: StageSeries): Record<string, Column | undefined> => ({
  in: stages.find(({ stage }) => stage === 'do')?.recordsIn,
  dropped: stages.find(({ stage }) => stage === 'do')?.dropped,
  busy: stages.find(({ stage }) => stage === 'do')?.busyMs,
  edge: edges.find(({ from, to }) => from === 'in' && to === 'do')?.records,
});

test('counts of a step are of all its workers, each from where it was, and edges with them', () => {
  const series = stageSeriesOf(
    [sample(10, 'a', 5, 10), sample(110, 'a', 25, 10), sample(150, 'b', 3, 150), sample(450, 'b', 11, 150)],
    undefined,
    range,
  );
  assert.deepEqual(series.times, [0, 100, 400]);
  assert.deepEqual(columnsOf(series), {
    in: [5, 23, 8],
    dropped: [5, 23, 8],
    busy: [10, 46, 16],
    edge: [5, 23, 8],
  });
  assert.deepEqual(
    series.parts.map(({ part, openMs }) => [part, openMs]),
    [[0, [10, 250, 300]]],
  );
});

test('what is not known is null: counts before the range, and the time of a worker that does not measure it', () => {
  const unknown = stageSeriesOf([sample(10, 'a', 1000, -5), sample(110, 'a', 1001, -5)], undefined, range);
  assert.deepEqual(columnsOf(unknown), { in: [null, 1], dropped: [null, 1], busy: [null, 2], edge: [null, 1] });
  const older = stageSeriesOf([sample(10, 'a', 4, 10, false), sample(110, 'a', 6, 10, false)], undefined, range);
  assert.deepEqual(columnsOf(older), { in: [4, 2], dropped: [4, 2], busy: [null, null], edge: undefined });
  const begun = stageSeriesOf([sample(110, 'a', 6, -5)], sample(-5, 'a', 4, -5, false), range);
  assert.deepEqual(columnsOf(begun), { in: [2], dropped: [2], busy: [null], edge: undefined });
});

test('a stage of which nothing was said before has counted from 0; one that is not there any more is null', () => {
  const one = sample(10, 'a', 4, 10);
  const other: StageSample = {
    ...sample(20, 'b', 1, 20),
    stages: new Map([['new', { input: 7, output: 7, errors: 0, dropped: 0 }]]),
  };
  const { stages } = stageSeriesOf([one, { ...other, at: 120 }], undefined, range);
  assert.deepEqual(
    stages.map(({ stage, recordsIn }) => [stage, recordsIn]),
    [
      ['in', [4, null]],
      ['do', [4, null]],
      ['new', [null, 7]],
    ],
  );
});

test('the whole of a range is what its workers counted, thinned out or not, whatever the step', () => {
  const workers = fc.array(fc.array(fc.nat(50), { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });
  const step = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(workers, step, step, (counts, keepMs, stepMs) => {
      let at = 0;
      const samples = counts.flatMap((steps, worker) => {
        let total = 0;
        const since = at + 7;
        return steps.map((count) => {
          at += 7;
          total += count;
          return sample(at, `w${worker}`, total, since);
        });
      });
      const lastOfStep = (each: StageSample, index: number): boolean =>
        !samples
          .slice(index + 1)
          .some(
            (later) =>
              later.workerId === each.workerId && Math.floor(later.at / keepMs) === Math.floor(each.at / keepMs),
          );
      const expected = counts.flat().reduce((sum, count) => sum + count, 0);
      for (const kept of [samples, samples.filter(lastOfStep)]) {
        const columns = columnsOf(stageSeriesOf(kept, undefined, { from: 0, to: at + 1, stepMs }));
        const whole = (column: Column = []): number => column.reduce<number>((sum, value) => sum + (value ?? 0), 0);
        assert.deepEqual(
          [whole(columns.in), whole(columns.edge), whole(columns.busy)],
          [expected, expected, 2 * expected],
        );
      }
    }),
  );
});

test('counters are read as they were kept, and what another version wrote is not guessed at', () => {
  for (const isMeasured of [true, false]) {
    const { recordsRead, stages, parts } = sample(10, 'a', 5, 10, isMeasured);
    assert.deepEqual(decodeStageCounters(encodeStageCounters({ recordsRead, stages, parts })), {
      recordsRead,
      stages,
      parts,
    });
  }
  const more = (isOfSource: boolean) => ({ ...NO_TIME, isOfSource, stages: new Map() });
  const parts = new Map([0, 1, 2].map((part) => [part, more(part < 2)]));
  const kept = { recordsRead: 1, stages: new Map(), parts };
  assert.deepEqual(decodeStageCounters(encodeStageCounters(kept)), kept);
  assert.equal(decodeStageCounters('{"v":2,"s":[]}'), undefined);
  assert.equal(decodeStageCounters('[]'), undefined);
});

test('a heartbeat is counted over reasons and partitions; a position that is not known makes none', () => {
  const task = { part: 0, topic: 't', partition: 0, committedOffset: 5, endOffset: 9, lag: 4, stalledMs: 0 };
  const work = { 0: { ...NO_TIME, openMs: 3, stages: { do: { busyMs: 1, from: { in: 2 } } } } };
  const of = (tasks: (typeof task)[]) =>
    stageCountersOf({
      recordsRead: 1,
      stages: { do: { input: 9, output: 1, errors: { A: 1, B: 2 }, dropped: { late: 3, other: 2 } } },
      work: Object.fromEntries(Object.entries(work).map(([part, { offset: _o, lag: _l, ...spent }]) => [part, spent])),
      tasks,
    });
  const whole = of([task, { ...task, partition: 1 }]);
  assert.deepEqual(whole.stages.get('do'), { input: 9, output: 1, errors: 3, dropped: 5 });
  assert.deepEqual([whole.parts?.get(0)?.offset, whole.parts?.get(0)?.lag], [10, 8]);
  const some = of([task, { ...task, partition: 1, committedOffset: -1 }]);
  assert.deepEqual([some.parts?.get(0)?.offset, some.parts?.get(0)?.lag], [null, null]);
  const inline = of([{ ...task, topic: '', lag: 0 }]);
  assert.deepEqual([inline.parts?.get(0)?.offset, inline.parts?.get(0)?.lag], [null, 0]);
});
