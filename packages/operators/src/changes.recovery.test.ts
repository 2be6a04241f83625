import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf, processor, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/**
 * Last Changed Record Appender, JavaScript with state per asset, and sliding windows, compared with maps that nothing ever
 * loses. The records of an asset are in one partition, so that their order is defined; the plan does not know, and cuts.
 */

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1);
const registry = createRegistry(operators);

const COUNTING = `
for (var i = 0; i < records.length; i++) {
  var value = records[i].value, known = state[value.assetId] || { count: 0, sum: 0 };
  known.count++;
  known.sum += value.value;
  if (known.count === 5) delete state[value.assetId]; else state[value.assetId] = known;
  value.total = [known.count, known.sum];
  output.write(records[i]);
}`;

const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  processor(
    'LastChangedRecordAppender',
    { inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::since' }] },
    'EDHKafkaConsumer_01',
  ),
  producer('changed', 'LastChangedRecordAppender_01'),
  processor('JavaScript', { script: COUNTING }, 'EDHKafkaConsumer_01'),
  producer('totals', 'JavaScript_01', 2),
  processor(
    'SlidingTimeWindowAggregator',
    {
      inputOutput: [
        { inputPoint: 'm::p', fixedWindowSize: 2, slidingWindowSize: 5, aggregator: 'sum', outputPoint: 'm::moving' },
      ],
    },
    'EDHKafkaConsumer_01',
  ),
  producer('moving', 'SlidingTimeWindowAggregator_01', 3),
]);

interface Reading {
  readonly asset: number;
  readonly minutes: number;
  readonly value: number;
}

const expected = (readings: readonly Reading[]) => {
  const changed: JsonValue[] = [];
  const totals: JsonValue[] = [];
  const moving: JsonValue[] = [];
  for (const asset of new Set(readings.map((one) => one.asset))) {
    let kept: Reading | undefined;
    let total = { count: 0, sum: 0 };
    let newest = Number.NEGATIVE_INFINITY;
    const windows = new Map<number, number>();
    for (const reading of readings.filter((one) => one.asset === asset)) {
      const { minutes, value } = reading;
      const before = kept;
      if (kept === undefined || kept.value !== value) kept = reading;
      const shown = before ?? reading;
      changed.push([asset, START + minutes * MINUTE, START + shown.minutes * MINUTE, shown.value]);
      total = { count: total.count + 1, sum: total.sum + value };
      totals.push([asset, total.count, total.sum]);
      if (total.count === 5) total = { count: 0, sum: 0 };
      newest = Math.max(newest, minutes);
      for (const [start, sum] of windows)
        if (start + 5 <= newest) {
          moving.push([asset, START + start * MINUTE, sum]);
          windows.delete(start);
        }
      for (let start = minutes - 4; start <= minutes; start++)
        if (start % 2 === 0 && start + 5 > newest) windows.set(start, (windows.get(start) ?? 0) + value);
    }
  }
  return { changed, totals, moving };
};

const sorted = (list: readonly JsonValue[]): string[] => list.map((one) => JSON.stringify(one)).sort();
const assetOf = ({ assetId }: JsonObject): number => Number(String(assetId).slice(1));
const changeOf = (output: JsonObject): JsonValue => {
  const { lastChangedTs, lastChangedValue, lastChangedRecord } = (output.attr as JsonObject)
    .lastChangedRecordAppender as JsonObject;
  const { time, value } = lastChangedRecord as JsonObject;
  assert.deepEqual([lastChangedTs, lastChangedValue], [time, value]);
  return [assetOf(output), output.time as number, time as number, value as number];
};

test('changes, totals of a script and moving sums are the same whatever is committed, lost and repeated in between', async () => {
  const reading = fc.record({ asset: fc.nat(4), minutes: fc.nat(30), value: fc.nat(3) });
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(11),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(reading, { minLength: 1, maxLength: 40 }),
      fc.array(move, { maxLength: 25 }),
      async (readings, moves) => {
        const input = [0, 1, 2].map((partition) =>
          readings
            .filter(({ asset }) => asset % 3 === partition)
            .map(({ asset, minutes, value }) =>
              JSON.stringify({
                modelId: 'm',
                modelIdPath: '/m',
                assetId: `a${asset}`,
                pointId: 'p',
                time: START + minutes * MINUTE,
                value,
              }),
            ),
        );
        const pipeline = new MemoryPipeline({
          document,
          registry,
          input,
          cutPartitions: 2,
          now: START + 1000 * MINUTE,
        });
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        await pipeline.idle(60_000);
        const wanted = expected(readings);
        assert.deepEqual(sorted((pipeline.output('changed') as JsonObject[]).map(changeOf)), sorted(wanted.changed));
        assert.deepEqual(
          sorted(
            (pipeline.output('totals') as JsonObject[]).map(
              (one): JsonValue => [assetOf(one), ...(one.total as number[])],
            ),
          ),
          sorted(wanted.totals),
        );
        assert.deepEqual(
          sorted(
            (pipeline.output('moving') as JsonObject[]).map(
              (one): JsonValue => [assetOf(one), one.time as number, one.value as number],
            ),
          ),
          sorted(wanted.moving),
        );
        assert.deepEqual(pipeline.output('dead-letters'), []);
      },
    ),
    { numRuns: 15 },
  );
});
