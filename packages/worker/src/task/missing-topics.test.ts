import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKafkaError } from '@penstock/kafka';
import { AppError } from '@penstock/model';
import { mendMissingTopics } from './missing-topics.ts';

const topics = { deadLetters: 'letters', state: 'state', cuts: [] };
const unknown = new AppError('KAFKA_TOPIC_UNKNOWN', 'Adding partitions: unknown topic', { domain: 'user' });

const mend = async (there: readonly string[], error: unknown = unknown) => {
  const made: string[] = [];
  const told: string[] = [];
  const isMended = await mendMissingTopics(error, {
    topics,
    input: 'in',
    written: ['out', 'letters', 'state'],
    admin: {
      describeTopic: async (topic) => (there.includes(topic) ? { id: topic, partitions: 1 } : undefined),
      ensureTopic: async (topic) => {
        made.push(topic);
        return { created: true, partitions: 1 };
      },
    },
    tell: ({ message }) => told.push(message),
  });
  return { isMended, made, told };
};

test('dead letters that were deleted are made anew, and that is told with their name', async () => {
  const { isMended, made, told } = await mend(['in', 'out', 'state']);
  assert.deepEqual([isMended, made], [true, ['letters']]);
  assert.match(told[0] ?? '', /"letters" was deleted/);
});

test('a topic that somebody else made anew only has to be looked at again', async () => {
  assert.deepEqual(await mend(['in', 'out', 'state', 'letters']), { isMended: true, made: [], told: [] });
});

test('where to begin in an input that was made anew is settled by whoever prepares the run', async () => {
  const error = new AppError('KAFKA_TOPIC_UNKNOWN', 'made anew', { domain: 'user', params: { topic: 'in' } });
  await assert.rejects(mend(['in', 'out', 'state', 'letters'], error), { code: 'PLAN_CHANGED', retryable: true });
});

test('state that is gone, and topics of others, are for somebody to decide, by name', async () => {
  await assert.rejects(mend(['in', 'out', 'letters']), { code: 'STATE_LOST', domain: 'user' });
  await assert.rejects(mend(['in', 'state']), (error: unknown) => {
    assert.ok(isKafkaError(error, 'KAFKA_TOPIC_UNKNOWN') && !error.retryable);
    assert.match(error.message, /"out" does not exist/);
    return true;
  });
});

test('other errors are none of its business', async () => {
  const fenced = new AppError('KAFKA_FENCED', 'fenced', { domain: 'external' });
  assert.deepEqual(await mend([], fenced), { isMended: false, made: [], told: [] });
});
