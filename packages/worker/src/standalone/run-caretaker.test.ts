import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilePlan } from '@penstock/engine';
import { AppError, type RunEvent, type RunLayout, type TaskPlace } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { consumer, documentOf, producer } from '@penstock/testkit';
import type { Assignment } from '../plan/assignment.ts';
import { type CaretakerAdmin, careForRun } from './run-caretaker.ts';

const facts = { pipelineId: 'p', orgId: 'o1', messageChannel: 0 } as const;
const layoutOf = (sourcePartitions: number): RunLayout => ({
  sourcePartitions,
  cuts: [],
  topics: { deadLetters: 'd', state: 's', cuts: ['penstock-repartition-p-0'] },
});
const plan = (() => {
  const window = {
    name: 'FixedTimeWindowAggregator_01',
    label: 'Fixed Time Window Aggregator',
    from: ['EDHKafkaConsumer_01'],
    config: {
      inputOutput: [
        { inputPoint: 'm::p', windowSize: 1, windowUnit: 'MINUTE', aggregator: 'sum', outputPoint: 'm::q' },
      ],
    },
  };
  const stages = [consumer('in'), window, producer('out', window.name)];
  const { plan } = compilePlan(documentOf(stages), { registry: createRegistry(operators), facts, sourcePartitions: 2 });
  assert.ok(plan !== undefined);
  return plan;
})();

/** Kafka as the caretaker sees it: answers from lists, the last answer again and again; ends the care after them. */
const kafkaWith = (
  counts: (number | Error)[],
  end: AbortController,
): CaretakerAdmin & { deleted: unknown[]; found(): number } => {
  const deleted: unknown[] = [];
  let found = 0;
  return {
    deleted,
    found: () => found,
    partitionCount: async () => {
      const next = counts.shift();
      if (typeof next === 'number') found = next;
      if (counts.length === 0) end.abort();
      if (next instanceof Error) throw next;
      return next;
    },
    committedOffsets: async (group, topic) => new Map([[0, group === 'penstock-p' && topic.endsWith('-0') ? 17 : -1]]),
    deleteRecordsBefore: async (topic, offsets) => {
      deleted.push([topic, [...offsets]]);
    },
  };
};

/** What a preparation answers that finds so many partitions of the source. */
const prepared = (found: number): Assignment => ({
  layout: layoutOf(found),
  places: [
    ...Array.from({ length: found }, (_, partition) => ({ part: 0, partition })),
    { part: 1, partition: 0 },
    { part: 1, partition: 4 },
  ],
});

describe('the care for a running pipeline', () => {
  const care = async (counts: (number | Error)[], prepare: (found: number) => Assignment = prepared) => {
    const end = new AbortController();
    const admin = kafkaWith(counts, end);
    const events: RunEvent[] = [];
    const places: TaskPlace[] = [];
    await careForRun(
      {
        plan,
        layout: layoutOf(2),
        admin,
        prepare: async () => prepare(admin.found()),
        lookMs: 1,
        onEvent: (event) => events.push(event),
        onPlaces: (added) => places.push(...added),
      },
      end.signal,
    );
    return { codes: events.map(({ code }) => code), places, deleted: admin.deleted };
  };

  test('new partitions of the source are prepared and read, those of other parts left alone', async () => {
    const { codes, places } = await care([2, 4, 4, 5]);
    assert.deepEqual(codes, []);
    assert.deepEqual(places, [
      { part: 0, partition: 2 },
      { part: 0, partition: 3 },
      { part: 0, partition: 4 },
    ]);
  });

  test('new partitions that change how records are distributed end the run, to begin anew', async () => {
    const refuse = (): never => {
      throw new AppError('PLAN_CHANGED', 'changed', { domain: 'external', retryable: true });
    };
    await assert.rejects(care([2, 3, 3], refuse), { code: 'PLAN_CHANGED', retryable: true });
  });

  test('a look that fails is told and tried again', async () => {
    const { codes, places } = await care([new Error('away'), 3]);
    assert.deepEqual(codes, ['RUN_CARE_FAILED']);
    assert.deepEqual(places, [{ part: 0, partition: 2 }]);
  });

  test('what is committed behind a cut is deleted from the repartition topic', async () => {
    const { deleted } = await care([2, 2, 2, 2]);
    assert.deepEqual(deleted, [['penstock-repartition-p-0', [[0, 17]]]]);
  });
});
