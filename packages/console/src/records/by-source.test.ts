import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bySource, sourceOfTopic } from './by-source.ts';

const sources = [
  { stage: 'sea', topic: 'waves' },
  { stage: 'clock', topic: null },
  { stage: 'land', topic: 'winds' },
];

test('a message goes to the data source that reads its topic, in its order', () => {
  const messages = [
    { topic: 'winds', message: '1' },
    { topic: 'waves', message: '2' },
    { topic: 'winds', message: null },
  ];
  assert.deepEqual(bySource(messages, sources), { given: { sea: ['2'], clock: [], land: ['1', null] }, elsewhere: 0 });
});

test('what no data source reads goes to none of several, and is counted', () => {
  assert.equal(sourceOfTopic('tides', sources), undefined);
  assert.deepEqual(bySource([{ topic: 'tides', message: 'x' }], sources), {
    given: { sea: [], clock: [], land: [] },
    elsewhere: 1,
  });
});

test('where one data source alone takes messages, all are its own', () => {
  assert.equal(sourceOfTopic('tides', sources.slice(0, 2)), 'sea');
  assert.equal(sourceOfTopic('tides', [{ stage: 'only', topic: null }]), 'only');
  assert.equal(sourceOfTopic('tides', []), undefined);
});

test('no message is lost: each is given to one data source or counted', () => {
  const topic = fc.constantFrom('waves', 'winds', 'tides');
  fc.assert(
    fc.property(fc.array(fc.record({ topic, message: fc.string() })), (messages) => {
      const { given, elsewhere } = bySource(messages, sources);
      assert.equal(Object.values(given).flat().length + elsewhere, messages.length);
    }),
  );
});
