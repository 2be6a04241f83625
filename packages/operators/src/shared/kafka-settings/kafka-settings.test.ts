import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PipelineFacts } from '@penstock/engine';
import { checkClientSettings, consumerSettings, producerSettings, readClientSettings } from './client-settings.ts';
import { checkTopic, resolveTopic } from './topic-name.ts';

const pipeline: PipelineFacts = { pipelineId: 'p', orgId: 'o1', messageChannel: 0 };
const offline: PipelineFacts = { ...pipeline, messageChannel: 1 };

test('an empty topic and the names without organisation mean those of the channel', () => {
  assert.equal(resolveTopic('', pipeline), 'MEASURE_POINT_INTERNAL_o1');
  assert.equal(resolveTopic('', offline), 'MEASURE_POINT_INTERNAL_OFFLINE_o1');
  assert.equal(resolveTopic(' MEASURE_POINT_INTERNAL ', offline), 'MEASURE_POINT_INTERNAL_OFFLINE_o1');
  assert.equal(resolveTopic('MEASURE_POINT_CAL', pipeline), 'MEASURE_POINT_CAL_o1');
  assert.equal(resolveTopic('EDP_INPUT', pipeline), 'EDP_INPUT');
});

test("others' topics and reserved names are refused, whatever their spelling", () => {
  const allowed = [
    '',
    'EDP_INPUT',
    'MEASURE_POINT_ORIGIN_o1',
    'MEASURE_POINT_CAL_OFFLINE_o1',
    'MEASURE_POINTS',
    'my.topic-1',
  ];
  for (const topic of allowed) assert.deepEqual(checkTopic(topic, '/t', pipeline), [], topic);
  const refused = [
    'MEASURE_POINT_INTERNAL_o2',
    'MEASURE_POINT_INTERNAL_o1x',
    'MEASURE_POINT_ORIGIN_OFFLINE',
    'penstock-state-p',
    'Penstock-x',
    'PENSTOCK_DEAD_LETTERS_o1',
    '__consumer_offsets',
    '__transaction_state',
    'a b',
    'a/b',
    '.',
    '..',
    'ü',
    'x'.repeat(250),
    '${record:value("/topic")}',
  ];
  for (const topic of refused) assert.equal(checkTopic(topic, '/t', pipeline)[0]?.path, '/t', topic);
});

test('client settings are read in both forms documents have', () => {
  assert.deepEqual(
    readClientSettings([
      { key: 'auto.offset.reset', value: 'latest' },
      { 'fetch.min.bytes': 5, 'fetch.max.wait.ms': '10' },
      { key: '', value: '' },
    ]),
    { 'auto.offset.reset': 'latest', 'fetch.min.bytes': '5', 'fetch.max.wait.ms': '10' },
  );
});

test('settings off the list, of a wrong type or out of range are named', () => {
  const problems = checkClientSettings(
    [
      { key: 'auto.offset.reset', value: 'none' },
      { key: 'bootstrap.servers', value: 'evil:9092' },
      { 'sasl.jaas.config': 'x', 'fetch.max.wait.ms': '60001' },
      { key: 'fetch.min.bytes', value: '1.5' },
      { key: '__proto__', value: 'x' },
      { key: 'isolation.level', value: 'read_committed' },
    ],
    consumerSettings,
    '/s',
  );
  assert.deepEqual(
    problems.map((issue) => issue.path),
    ['/s/0', '/s/1', '/s/2', '/s/2', '/s/3', '/s/4'],
  );
  assert.match(problems[1]?.message ?? '', /"bootstrap\.servers" may not be set/);
  assert.deepEqual(
    checkClientSettings([{ retries: 3, acks: 'all', 'enable.idempotence': true }], producerSettings, '/s'),
    [],
  );
  assert.equal(checkClientSettings([{ acks: '1' }, { 'transactional.id': 'x' }], producerSettings, '/s').length, 2);
});
