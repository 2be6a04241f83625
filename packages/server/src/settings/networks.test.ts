import assert from 'node:assert/strict';
import { test } from 'node:test';
import { networksOf } from './networks.ts';

test('networks are given as CIDR, lone addresses as they are, and nothing else', () => {
  assert.deepEqual(networksOf('10.1.0.0/16, 127.0.0.1,fd00::/8,::1'), [
    '10.1.0.0/16',
    '127.0.0.1/32',
    'fd00::/8',
    '::1/128',
  ]);
  for (const text of ['10.1.0.0/40', '10.1', 'localhost'])
    assert.throws(() => networksOf(text), { code: 'SETTINGS_INVALID' }, text);
});
