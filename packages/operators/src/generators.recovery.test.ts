import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/**
 * Record Generator and Virtual Record Generator over commits, crashes and pauses, compared with lists of slots that
 * nothing ever loses. While a pipeline runs, no task is late by more than half a minute; a pause is of any length.
 */

const EVERY = 10_000;
const IN_TIME = 60_000;
const FIRST = Date.UTC(2026, 0, 1) + 4321;
const ASSETS = Array.from({ length: 5 }, (_, index) => `asset-${index}`);
const registry = createRegistry(operators);

const made = {
  outputs: ASSETS.flatMap((assetId) => ['p', 'q'].map((pointId) => ({ assetId, outputPoint: `m::${pointId}` }))),
  triggerFrequency: '10s',
  valueGenerator: 'FIXED_INCREMENTAL',
  beginningNumber: '1',
  fixedIncremental: '0.1',
};
type Missed = 'EACH' | 'LAST' | 'NONE';

/** What it makes goes out twice: as it is, and behind a stage that keeps what was before. */
const documents = {
  'Record Generator': (missedTriggers: Missed) =>
    documentOf([
      consumer('in', { partitionedBy: 'ASSET' }),
      {
        name: 'RecordGenerator_01',
        label: 'Record Generator',
        from: ['EDHKafkaConsumer_01'],
        config: { ...made, missedTriggers },
      },
      ...behind('RecordGenerator_01'),
    ]),
  'Virtual Record Generator': (missedTriggers: Missed) =>
    documentOf([
      {
        name: 'VirtualRecordGenerator_01',
        label: 'Virtual Record Generator',
        config: { ...made, missedTriggers },
      },
      ...behind('VirtualRecordGenerator_01'),
    ]),
};
const behind = (generator: string) => [
  producer('made', generator),
  {
    name: 'LastRecordAppender_01',
    label: 'Last Record Appender',
    from: [generator],
    config: { inputOutput: [{ inputPoint: 'm::p', conditions: '*', outputPoint: 'm::p' }] },
  },
  producer('appended', 'LastRecordAppender_01', 2),
];

/** The slots from behind `last` up to `now` that come, by the choice for those that are missed. */
const due = (last: number, now: number, missed: Missed): number[] => {
  const all = Array.from({ length: Math.floor((now - last) / EVERY) }, (_, index) => last + (index + 1) * EVERY);
  if (missed === 'EACH') return all;
  const inTime = all.filter((slot) => slot >= now - IN_TIME);
  return inTime.length > 0 || missed === 'NONE' ? inTime : all.slice(-1);
};

/** Two points of every asset for each slot, counted from the first. */
const expected = (slots: readonly number[]): string[] =>
  slots
    .flatMap((time, number) =>
      ASSETS.flatMap((assetId) => ['p', 'q'].map((pointId) => `${assetId} ${pointId} ${time} ${(10 + number) / 10}`)),
    )
    .sort();

const textOf = ({ assetId, pointId, time, value }: JsonObject): string => `${assetId} ${pointId} ${time} ${value}`;
const outputOf = (pipeline: MemoryPipeline, topic: string): JsonObject[] => pipeline.output(topic) as JsonObject[];

const move = fc.record({
  kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const, 'pause' as const),
  place: fc.nat(11),
  ms: fc.integer({ min: 0, max: 15_000 }),
  pauseMs: fc.integer({ min: 0, max: 500_000 }),
});

for (const [name, documentFor] of Object.entries(documents))
  test(`${name}: each slot comes once for every asset, and after a pause as was chosen`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('EACH' as const, 'LAST' as const, 'NONE' as const),
        fc.integer({ min: 1, max: 4 }),
        fc.array(move, { maxLength: 30 }),
        async (missed, tasks, moves) => {
          const pipeline = new MemoryPipeline({
            document: documentFor(missed),
            registry,
            input: Array.from({ length: tasks }, () => []),
            cutPartitions: 3,
            now: FIRST,
          });
          await pipeline.settle();
          let last = Math.floor(FIRST / EVERY) * EVERY;
          const slots: number[] = [];
          const comeTo = (now: number): void => {
            for (const slot of due(last, now, missed)) slots.push(slot);
            last = slots.at(-1) ?? last;
          };
          const everybody = pipeline.places;
          for (const { kind, place, ms, pauseMs } of moves) {
            const { part, partition } = everybody[place % everybody.length] ?? { part: 0, partition: 0 };
            if (kind === 'step') {
              pipeline.now += ms;
              await pipeline.step(part, partition, 5);
              // Before anybody is late.
              await pipeline.settle();
              comeTo(pipeline.now);
            } else if (kind === 'commit') await pipeline.commit(part, partition);
            else if (kind === 'crash') {
              pipeline.now += Math.floor(ms / 10);
              await pipeline.step(part, partition, 5);
              await pipeline.crash(part, partition);
            } else {
              for (const one of everybody) await pipeline.crash(one.part, one.partition);
              pipeline.now += pauseMs;
              await pipeline.settle();
              comeTo(pipeline.now);
            }
          }
          await pipeline.settle();
          comeTo(pipeline.now);
          assert.deepEqual(outputOf(pipeline, 'made').map(textOf).sort(), expected(slots));
          const appended = outputOf(pipeline, 'appended');
          assert.equal(appended.length, slots.length * ASSETS.length);
          for (const record of appended) {
            const { lastRecord } = (record.attr as { lastRecordAppender: { lastRecord?: JsonObject } })
              .lastRecordAppender;
            const before = slots[slots.indexOf(Number(record.time)) - 1];
            assert.equal(lastRecord?.time, before, 'what stands behind sees the slot before');
          }
          assert.deepEqual(pipeline.output('dead-letters'), []);
        },
      ),
      { numRuns: 12 },
    );
  });
