import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { grantsTopic } from './topic-grant.ts';

const may = (pattern: string, topic: string, use: 'read' | 'write' = 'read') =>
  grantsTopic([{ pattern, read: true, write: false }], topic, use);

test('a grant is for the topics of its pattern and for the use it names', () => {
  assert.deepEqual(
    [may('orders', 'orders'), may('orders', 'orders2'), may('orders', 'orders', 'write')],
    [true, false, false],
  );
  assert.deepEqual(
    ['wind.*', 'wind.*.raw', '*raw', '*'].map((pattern) => may(pattern, 'wind.a.raw')),
    [true, true, true, true],
  );
  assert.deepEqual(
    ['wind.*', 'ab*ba', 'a*b*c'].map((pattern) => may(pattern, 'aba')),
    [false, false, false],
  );
  assert.equal(grantsTopic([], 'orders', 'read'), false);
});

test('a star in front does not stand for topics that programs keep for themselves', () => {
  for (const topic of ['__consumer_offsets', '_schemas']) assert.equal(may('*', topic) || may('*s', topic), false);
  assert.equal(may('_sch*', '_schemas'), true);
});

test('a pattern covers what the regular expression of its stars covers', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), minLength: 1, maxLength: 8 });
  const topics = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 });
  fc.assert(
    fc.property(letters, topics, (pattern, topic) => {
      const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
      assert.equal(may(pattern, topic), expression.test(topic));
    }),
  );
});
