import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWindowLength } from './window-length.ts';

test('lengths of windows are read in their unit, and what is none says why', () => {
  const lengths: Record<string, number> = {
    '90s': 90_000,
    ' 15 M ': 900_000,
    '2 hours': 7_200_000,
    '1DAY': 86_400_000,
  };
  for (const [text, length] of Object.entries(lengths)) assert.equal(parseWindowLength(text), length, text);
  assert.equal(parseWindowLength('366d'), 366 * 86_400_000);
  for (const text of ['', '5', '5x', '5 mo', '-5m', '1.5h', '999999999s'])
    assert.match(String(parseWindowLength(text)), /is no length of a window/, text);
  assert.match(String(parseWindowLength('0m')), /longer than nothing/);
  assert.match(String(parseWindowLength('8785h')), /at most 366 days/);
});
