import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TopicFlow } from '@penstock/engine';
import fc from 'fast-check';
import { type FlowingPipeline, findLoop } from './flow-loop.ts';

const flow = (from: string, to: string, ...points: readonly (readonly [point: string, ...madeOf: string[]])[]) => ({
  from,
  to,
  points: points.map(([point, ...madeOf]) => ({ point, madeOf })),
});
const everything = (from: string, to: string): TopicFlow => ({ from, to, points: 'everything' });
const pipeline = (name: string, ...flows: TopicFlow[]): FlowingPipeline => ({ name, flows });

/** The way round in short. */
const way = (added: FlowingPipeline, ...others: FlowingPipeline[]) =>
  findLoop(added, others)?.map((step) => `${step.pipeline}: ${step.point ?? '*'} to ${step.topic}`);

test('records that come back through another pipeline under the point they began with go round', () => {
  const power = pipeline('power', flow('t', 't', ['m::power_sum', 'm::power']));
  const back = pipeline('back', flow('t', 't', ['m::power', 'm::power_sum']));
  assert.deepEqual(way(back, power), ['back: m::power to t', 'power: m::power_sum to t']);
  assert.equal(way(power), undefined, 'it puts out another point than it reads');
  assert.equal(way(pipeline('mean', flow('t', 't', ['m::mean', 'm::power_sum'])), power), undefined, 'a chain ends');
});

test('records that are copied from topic to topic and back go round', () => {
  const there = pipeline('there', everything('a', 'b'));
  const on = pipeline('on', everything('b', 'c'));
  assert.deepEqual(way(pipeline('back', everything('c', 'a')), there, on), [
    'back: * to a',
    'there: * to b',
    'on: * to c',
  ]);
  const one = pipeline('one', flow('c', 'a', ['m::power', 'm::power']));
  assert.deepEqual(way(one, there, on), ['one: m::power to a', 'there: m::power to b', 'on: m::power to c']);
  assert.equal(way(pipeline('two', flow('c', 'a', ['m::q', 'm::power'])), there, on), undefined, 'under another name');
});

test('a circle within one pipeline, and one among the others, is none of the added one', () => {
  const self = pipeline('self', everything('t', 't'));
  assert.equal(way(self), undefined);
  const [there, back] = [pipeline('there', everything('a', 'b')), pipeline('back', everything('b', 'a'))];
  assert.equal(way(pipeline('beside', everything('b', 'c')), there, back), undefined);
  assert.deepEqual(way(self, pipeline('other', everything('t', 't'))), ['self: * to t', 'other: * to t']);
});

test('agrees with following every way there is', () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const points = fc.oneof(
    fc.constant<'everything'>('everything'),
    fc.array(fc.record({ point: name, madeOf: fc.array(name, { minLength: 1, maxLength: 2 }) }), { maxLength: 3 }),
  );
  const flows = fc.array(fc.record({ from: name, to: name, points }), { maxLength: 2 });
  fc.assert(
    fc.property(flows, fc.array(flows, { maxLength: 3 }), (own, rest) => {
      const added = { name: 'added', flows: own };
      const others = rest.map((given, at) => ({ name: `other ${at}`, flows: given }));
      assert.equal(findLoop(added, others) !== undefined, comesBack(added, others));
    }),
    { numRuns: 500 },
  );
});

/** Whether some place that the added one writes leads back to where it was read, through another one. */
const comesBack = (added: FlowingPipeline, others: readonly FlowingPipeline[]): boolean => {
  const names = ['a', 'b', 'c', '*'];
  const edges = [added, ...others].flatMap(({ flows }, at) =>
    flows.flatMap(({ from, to, points }) =>
      (points === 'everything' ? names.map((point) => ({ point, madeOf: [point] })) : points).flatMap(
        ({ point, madeOf }) => madeOf.map((one) => ({ isOwn: at === 0, from: `${from}/${one}`, to: `${to}/${point}` })),
      ),
    ),
  );
  return edges
    .filter(({ isOwn }) => isOwn)
    .some((first) => {
      const seen = new Set<string>();
      const open = [{ at: first.to, other: false }];
      for (let place = open.pop(); place !== undefined; place = open.pop()) {
        const { at, other } = place;
        if (at === first.from && other) return true;
        const key = `${at} ${other}`;
        if (seen.has(key)) continue;
        seen.add(key);
        for (const edge of edges) if (edge.from === at) open.push({ at: edge.to, other: other || !edge.isOwn });
      }
      return false;
    });
};
