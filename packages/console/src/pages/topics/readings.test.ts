import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingsIn } from './readings.ts';

test('a message is readings of points, with all digits of their values', () => {
  const one =
    '{"assetId":"w","modelId":"M","pointId":"p","time":1700000000000,"value":9007199254740993.10,"quality":0}';
  assert.deepEqual(readingsIn(one), [
    { assetId: 'w', modelId: 'M', pointId: 'p', value: '9007199254740993.10', quality: 0, time: 1_700_000_000_000 },
  ]);
  const [first, second, ...others] = readingsIn(`[${one},{"pointId":"q","value":{"a":1}},7,{"pointId":"r"}]`);
  assert.equal(first?.pointId, 'p');
  assert.deepEqual(second, {
    assetId: '',
    modelId: '',
    pointId: 'q',
    value: '{"a":1}',
    quality: undefined,
    time: undefined,
  });
  assert.deepEqual(others, []);
});

test('what is no record of a point is no reading', () => {
  for (const text of ['', 'no record', '7', 'null', '[]', '{"value":1}', '{"pointId":7,"value":1}'])
    assert.deepEqual(readingsIn(text), [], text);
});
