import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
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
