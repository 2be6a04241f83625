import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, sizeText } from './own-topics.ts';

test('sizes are read and written with their unit', () => {
  assert.deepEqual(['512', '500MiB', '2 GiB', '1.5gib'].map(bytesOf), [512, 524_288_000, 2_147_483_648, 1_610_612_736]);
  for (const text of ['', 'GiB', '1 GB', '-1GiB', '1e3']) assert.throws(() => bytesOf(text), /not a size/);
  assert.deepEqual([0, 1023, 1024, 1_610_612_736, 5 * 1024 ** 5].map(sizeText), [
    '0 B',
    '1023 B',
    '1 KiB',
    '1.5 GiB',
    '5120 TiB',
  ]);
  // Not known is no size.
  assert.deepEqual([sizeText(null), sizeText(undefined)], ['-', '-']);
});
