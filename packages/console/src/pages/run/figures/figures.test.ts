import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunView } from '@penstock/client/session';
import { eventLagOf } from './event-lag.ts';
import { figuresOf, kindsOf, type Look, rateOf, withLook } from './figures.ts';

const stages = (output: number): RunView['stages'] => ({ S: { input: output, output, errors: {}, dropped: {} } });
const look = (at: number, output: number, workerId = 'w'): Look => ({ at, workerId, stages: stages(output) });
const outputOf = (given: RunView['stages']) => given.S?.output;
const looks = (...given: Look[]): readonly Look[] => given.reduce<readonly Look[]>(withLook, []);

test('a rate is what came out between two looks; one look has none', () => {
  assert.equal(rateOf(looks(look(0, 100)), outputOf), undefined);
  assert.equal(rateOf(looks(look(0, 100), look(2000, 300)), outputOf), 100);
});

test('a new worker counts from nothing: what was before it says nothing about its rate', () => {
  assert.equal(rateOf(looks(look(0, 5000), look(2000, 10, 'next')), outputOf), undefined);
  assert.equal(rateOf(looks(look(0, 5000), look(2000, 10, 'next'), look(4000, 30, 'next')), outputOf), 10);
});

test('old looks are forgotten, and the same answer twice is one look', () => {
  const many = looks(...Array.from({ length: 60 }, (_, index) => look(index * 1000, index * 5)));
  assert.ok(many.length <= 11);
  assert.equal(looks(look(0, 1), look(0, 1)).length, 1);
});

const run = (given: RunView['stages']): RunView => ({ stages: given }) as RunView;

test('a stage nobody counted for yet is not known; beside others that are, it has seen nothing', () => {
  assert.equal(figuresOf(null, 'S'), undefined);
  assert.equal(figuresOf(run({}), outputOf), undefined);
  assert.equal(figuresOf(run(stages(1)), 'other')?.input, 0);
});

test('a pipeline is as far behind in event time as the task that is behind most', () => {
  const behind = (...all: (number | null)[]) =>
    eventLagOf({ tasks: all.map((eventLagMs) => ({ eventLagMs })) as RunView['tasks'] });
  assert.deepEqual(
    [behind(200, null, 1500), behind(null), behind(), eventLagOf(null)],
    [1500, undefined, undefined, undefined],
  );
});

test('errors and drops are listed by how many there are', () => {
  const kinds = kindsOf(
    run({
      A: { input: 9, output: 1, errors: { BAD: 2 }, dropped: { LATE: 5 } },
      B: { input: 1, output: 1, errors: { WORSE: 2 }, dropped: {} },
    }),
  );
  assert.deepEqual(
    kinds.map(({ stage, kind, code, count }) => `${stage} ${kind} ${code} ${count}`),
    ['A drop LATE 5', 'A error BAD 2', 'B error WORSE 2'],
  );
});
