import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { waitAfter } from './backoff.ts';
import { signWebhook } from './webhook.ts';

test('signatures are those of Standard Webhooks: a library of theirs takes them, and none of another body', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const body = JSON.stringify({ type: 'alarm.raised', data: { pipelineName: '风电场' } });
  const seconds = Math.floor(Date.now() / 1000);
  const headers = {
    'webhook-id': 'd1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': signWebhook(secret, 'd1', seconds, body),
  };
  assert.deepEqual(new Webhook(secret).verify(body, headers), JSON.parse(body));
  assert.throws(() => new Webhook(secret).verify(`${body} `, headers));
  assert.throws(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'd2' }));
});

test('pauses between attempts grow to a quarter of an hour, and no further', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 100].map(waitAfter),
    [5_000, 15_000, 45_000, 135_000, 405_000, 900_000, 900_000, 900_000],
  );
});
