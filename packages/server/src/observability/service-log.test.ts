import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
import Fastify from 'fastify';
import { createServiceLog } from './service-log.ts';

test('an error is logged with where it was thrown, and without what its causes quote', () => {
  const lines: string[] = [];
  const log = createServiceLog('info', { write: (line) => void lines.push(line) });
  const cause = Object.assign(new Error('Failing row contains (hunter2)'), { code: '23514', detail: 'hunter2' });
  log.error({ err: new AppError('X_FAILED', 'It failed.', { domain: 'internal', cause }) }, 'failed');
  let parsing: unknown;
  try {
    JSON.parse('{"password": hunter2}');
  } catch (error) {
    parsing = error;
  }
  log.error({ err: parsing }, 'failed');
  const text = lines.join('');
  assert.doesNotMatch(text, /hunter2/);
  const first = JSON.parse(lines[0] ?? '').err;
  assert.deepEqual(
    [first.code, first.message, first.causes],
    ['X_FAILED', 'It failed.', [{ type: 'Error', code: '23514' }]],
  );
  assert.match(first.stack[0], /^at .*service-log\.test\.ts/);
  assert.match(JSON.parse(lines[1] ?? '').err.message, /^Unexpected token 'h'/);
});

test('a request is logged without its query, which may hold what signs somebody in', async (t) => {
  const lines: string[] = [];
  const app = Fastify({ loggerInstance: createServiceLog('info', { write: (line) => void lines.push(line) }) });
  t.after(() => app.close());
  app.get('/api/v1/session/link', async () => 'done');
  for (const url of ['/api/v1/session/link?token=hunter2', '/api/v1/%73ession/link?%74oken=hunter2&a=?\n'])
    assert.equal((await app.inject({ url })).statusCode, 200);
  assert.doesNotMatch(lines.join(''), /hunter2/);
  const { req } = JSON.parse(lines[0] ?? '');
  assert.deepEqual([req.method, req.url], ['GET', '/api/v1/session/link?…']);
});
