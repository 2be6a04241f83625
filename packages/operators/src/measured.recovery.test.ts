import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/**
 * Every variant with state, behind a cut by its own key, crashed and repeated in any order: what comes out is what comes
 * out of a run in which nothing happens. That a variant does what its operator does is tested beside this.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const registry = createRegistry(operators);
const SOURCE = 'EDHKafkaConsumer_01';
const rows = (extra: JsonObject = {}): JsonObject[] =>
  ['a', 'b'].map((id) => ({ inputPoint: id, outputPoint: `${id}_out`, ...extra }));

const COUNTING = `
for (var i = 0; i < records.length; i++) {
  var value = records[i].value;
  var key = value.assetId + value.measurementId;
  state[key] = (state[key] || 0) + value.value;
  value.total = state[key];
  output.write(records[i]);
}`;

const stages = [
  processor('LatePointTaggerNew', { inputOutput: rows() }, SOURCE),
  processor('LastRecordAppenderNew', { inputOutput: rows() }, SOURCE),
  processor('LastChangedRecordAppenderNew', { inputOutput: rows() }, SOURCE),
  processor('FixedTimeWindowAggregatorNew', { inputOutput: rows({ windowSize: 2, aggregator: 'sum' }) }, SOURCE),
  processor(
    'SlidingTimeWindowAggregatorNew',
    { inputOutput: rows({ fixedWindowSize: 1, slidingWindowSize: 3, aggregator: 'max' }) },
    SOURCE,
  ),
  processor('SimplifiedTimeWindowAggregatorNew', { inputOutput: rows({ aggregateWindow: '2m' }) }, SOURCE),
  processor('LatestRecordMergerNew', { inputOutput: rows({ isTrigger: true }), cacheExpireTime: 5 }, SOURCE),
  processor('JavaScriptNew', { script: COUNTING, stateKey: ['measurementId', 'assetId'] }, SOURCE),
];
const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  ...stages.flatMap((stage, index) => [stage, producer(stage.name, stage.name, index + 1)]),
  processor('Partitioner', { initMethodArguments: ['/assetId'] }, SOURCE),
  processor('RecordCapturerNew', { inputOutput: [{ inputPoint: 'a' }] }, 'Partitioner_01'),
  { name: 'Trash_01', label: 'Trash', from: ['RecordCapturerNew_01'] },
  processor(
    'RecordRestorerNew',
    { inputOutput: [{ inputPoint: 'b', restorePoint: 'a', outputPoint: 'restored' }] },
    'Partitioner_01',
  ),
  producer('RecordRestorerNew_01', 'RecordRestorerNew_01', 20),
]);
const TOPICS = [...stages.map(({ name }) => name), 'RecordRestorerNew_01'];

const reading = fc.record({
  asset: fc.nat(4),
  measurementId: fc.constantFrom('a', 'b', 'c'),
  minutes: fc.nat(12),
  value: fc.nat(3),
});
const move = fc.record({
  kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
  place: fc.nat(40),
  count: fc.integer({ min: 1, max: 4 }),
});

const outputsOf = async (
  input: string[][],
  moves: readonly (typeof move extends fc.Arbitrary<infer M> ? M : never)[],
) => {
  const pipeline = new MemoryPipeline({ document, registry, input, cutPartitions: 2, now: START + 1000 * MINUTE });
  for (const { kind, place, count } of moves) {
    const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
    if (kind === 'step') await pipeline.step(part, partition, count);
    else if (kind === 'commit') await pipeline.commit(part, partition);
    else await pipeline.crash(part, partition);
  }
  await pipeline.settle();
  await pipeline.idle(60_000);
  assert.deepEqual(pipeline.output('dead-letters'), []);
  return TOPICS.map((topic) => [
    topic,
    pipeline
      .output(topic)
      .map((one: JsonValue) => JSON.stringify(one))
      .sort(),
  ]);
};

test('what variants keep by asset and measurement survives whatever is committed, lost and repeated in between', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(reading, { minLength: 10, maxLength: 40 }),
      fc.array(move, { maxLength: 30 }),
      async (readings, moves) => {
        // Records of an asset are in one partition, so that their order is defined; the plan does not know, and cuts.
        const input = [0, 1, 2].map((partition) =>
          readings
            .filter(({ asset }) => asset % 3 === partition)
            .map(({ asset, measurementId, minutes, value }) =>
              JSON.stringify({
                assetId: `a${asset}`,
                measurementId,
                time: START + minutes * MINUTE,
                value,
                quality: 0,
              }),
            ),
        );
        const wanted = await outputsOf(input, []);
        assert.deepEqual(await outputsOf(input, moves), wanted);
        for (const [topic, records] of wanted) if ((records as string[]).length > 0) seen.add(String(topic));
      },
    ),
    { numRuns: 8 },
  );
  assert.deepEqual([...seen].sort(), [...TOPICS].sort());
});
