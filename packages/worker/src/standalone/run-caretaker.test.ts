import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilePlan, type Plan } from '@penstock/engine';
import type { RunEvent } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { type CaretakerAdmin, careForRun } from './run-caretaker.ts';
import type { TaskPlace } from './thread-messages.ts';

const facts = { pipelineId: 'p', orgId: 'o1', messageChannel: 0 } as const;
const planOf = (isStateful: boolean): Plan => {
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
  const stages = isStateful
    ? [consumer('in'), window, producer('out', window.name)]
    : [consumer('in'), producer('out', 'EDHKafkaConsumer_01')];
  const { plan } = compilePlan(documentOf(stages), { registry: createRegistry(operators), facts, sourcePartitions: 2 });
  assert.ok(plan !== undefined);
  return plan;
};

/** Kafka as the caretaker sees it: answers from lists, the last answer again and again; ends the care after them. */
const kafkaWith = (counts: (number | Error)[], end: AbortController): CaretakerAdmin & { deleted: unknown[] } => {
  const deleted: unknown[] = [];
  return {
    deleted,
    partitionCount: async () => {
      const next = counts.shift();
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

describe('the care for a running pipeline', () => {
  const care = async (isStateful: boolean, counts: (number | Error)[]) => {
    const end = new AbortController();
    const admin = kafkaWith(counts, end);
    const events: RunEvent[] = [];
    const places: TaskPlace[] = [];
    await careForRun(
      {
        plan: planOf(isStateful),
        sourcePartitions: 2,
        admin,
        lookMs: 1,
        onEvent: (event) => events.push(event),
        onPlaces: (added) => places.push(...added),
      },
      end.signal,
    );
    return { codes: events.map(({ code }) => code), places, deleted: admin.deleted };
  };

  test('new partitions of the source are read where no state depends on their number', async () => {
    const { codes, places } = await care(false, [2, 4, 4, 5]);
    assert.deepEqual(codes, ['SOURCE_PARTITIONS_ADDED', 'SOURCE_PARTITIONS_ADDED']);
    assert.deepEqual(places, [
      { part: 0, partition: 2 },
      { part: 0, partition: 3 },
      { part: 0, partition: 4 },
    ]);
  });

  test('new partitions under kept state end the run with what to do', async () => {
    await assert.rejects(care(true, [2, 3, 3]), { code: 'STATE_PARTITIONS_CHANGED', domain: 'user' });
  });

  test('a look that fails is told and tried again', async () => {
    const { codes, places } = await care(false, [new Error('away'), 3]);
    assert.deepEqual(codes, ['RUN_CARE_FAILED', 'SOURCE_PARTITIONS_ADDED']);
    assert.deepEqual(places, [{ part: 0, partition: 2 }]);
  });

  test('what is committed behind a cut is deleted from the repartition topic', async () => {
    const { deleted } = await care(true, [2, 2, 2, 2]);
    assert.deepEqual(deleted, [['penstock-repartition-p-0', [[0, 17]]]]);
  });
});
