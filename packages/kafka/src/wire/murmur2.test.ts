import assert from 'node:assert/strict';
import { test } from 'node:test';
import { murmur2, partitionForKey } from './murmur2.ts';

/** Key, hash and partition of 7 as computed by `Utils.murmur2` and `Utils.toPositive` of kafka-clients 4.1.1. */
const VECTORS: readonly (readonly [string, number, number])[] = [
  ['', 275646681, 2],
  ['a', -1563381124, 5],
  ['ab', 316155434, 0],
  ['abc', 479470107, 4],
  ['abcd', -1323649548, 5],
  ['abcde', 461995741, 4],
  ['21', -973932308, 3],
  ['foobar', -790332482, 0],
  ['asset-0001', 1853101289, 4],
  ['asset-0001point-7', 817282188, 2],
  ['Grüße', 1190824359, 4],
  ['温度', -43931296, 6],
  ['🌡️ sensor', 1771161847, 0],
  ['a-little-bit-long-string', -985981536, 1],
  ['a-little-bit-longer-string', -1486304829, 0],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971, 3],
];

test('keys hash, and go to partitions, as with the Java client', () => {
  for (const [key, hash, partition] of VECTORS) {
    assert.deepEqual([murmur2(Buffer.from(key)), partitionForKey(key, 7)], [hash, partition], key);
  }
});

test('a key longer than any before hashes like its bytes', () => {
  const key = 'ключ'.repeat(2000);
  assert.equal(partitionForKey(key, 1000), (murmur2(Buffer.from(key)) & 0x7fffffff) % 1000);
});
