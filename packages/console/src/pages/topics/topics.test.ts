import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { placeOfRecord, queryOfTopicLook, readTopicLook, readTriedRecord } from '../../api/filters/topic-filters.ts';
import { fromLocalTime, toLocalTime } from './local-time.ts';
import { mergedFields } from './sample-fields.ts';
import { hasText, textOfPart } from './shown-part.ts';

const bytes = (text: string | null, base64 = '/wA=') => ({ base64, text, size: 2, isCut: false });

test('an address says where is looked: an offset is one of a partition, and a time is none beside it', () => {
  assert.deepEqual(readTopicLook({ partition: 2, offset: 40, since: 5, text: 7, record: '2-40' }), {
    partition: 2,
    offset: 40,
    text: '7',
    record: '2-40',
  });
  assert.deepEqual(readTopicLook({ offset: 40, since: 5 }), { since: 5 });
  assert.deepEqual(readTopicLook({ partition: -1, offset: 1.5, since: 'x', text: '', record: '../1' }), {});
  assert.deepEqual(queryOfTopicLook({ partition: 2, offset: 40, text: 'x', record: '2-40' }), {
    partition: 2,
    offset: 40,
  });
});

test('any address shows something', () => {
  const key = fc.constantFrom('partition', 'offset', 'since', 'text', 'record', 'topic');
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue()), (search) => {
      const look = readTopicLook(search);
      assert.deepEqual(readTopicLook({ ...look }), look);
      if (look.offset !== undefined) assert.notEqual(look.partition, undefined);
    }),
  );
});

test('a record to be tried out is named by its topic and place', () => {
  assert.deepEqual(readTriedRecord({ topic: 'a.b', record: '3-17' }), { topic: 'a.b', record: '3-17' });
  assert.deepEqual([readTriedRecord({ record: '3-17' }), readTriedRecord({ topic: 'a', record: '3' })], [{}, {}]);
  assert.deepEqual(placeOfRecord('3-17'), { partition: 3, offset: 17 });
});

test('a time is that of the clock of whoever looks, to the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      const text = toLocalTime(seconds * 1000);
      assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      // An hour that the clock has twice is one of the two.
      assert.equal(toLocalTime(fromLocalTime(text) ?? -1), text);
    }),
  );
  assert.deepEqual(
    [fromLocalTime(''), fromLocalTime('x'), fromLocalTime('1960-01-01T00:00:00')],
    [undefined, undefined, undefined],
  );
});

test('a text is looked for in key, value and headers; what is no text is found by its bytes', () => {
  const record = {
    key: bytes('WT_01'),
    value: bytes(null),
    headers: [{ key: 'traceparent', value: bytes('00-ab') }],
  };
  assert.ok(['wt_', '/WA=', 'TRACE', '-ab'].every((text) => hasText(record, text)));
  assert.ok(!hasText(record, 'nowhere'));
  assert.ok(!hasText({ key: null, value: null, headers: [] }, 'a'));
  assert.equal(textOfPart(null), undefined);
});

test('fields of several pages are one list, with all types and as many records', () => {
  const field = (path: string, type: 'string' | 'number', count: number) => ({
    path,
    types: [type],
    count,
    example: '1',
  });
  assert.deepEqual(mergedFields([[field('/a', 'number', 2)], [field('/a', 'string', 1), field('/b', 'number', 3)]]), [
    { path: '/a', types: ['number', 'string'], count: 3, example: '1' },
    field('/b', 'number', 3),
  ]);
  assert.deepEqual(mergedFields([]), []);
});
