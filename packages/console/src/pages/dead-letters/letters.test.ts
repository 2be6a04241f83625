import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { queryOfLetterFilters, readLetter, readLetterFilters, showsAll } from '../../api/filters/letter-filters.ts';
import { fieldsOf, MAX_FIELDS } from '../../records/fields.ts';
import { bytesOf, hexLines, SHOWN_BYTES } from '../../value/bytes.ts';

test('fields have a path, a type and the digits they were written with', () => {
  const text = '{"id":9007199254740993,"v":1.10,"m":[{"a/b":null},true],"s":"x"}';
  assert.deepEqual(
    fieldsOf(text).map(({ path, type, text: value }) => [path, type, value]),
    [
      ['/id', 'number', '9007199254740993'],
      ['/v', 'number', '1.10'],
      ['/m', 'list', '[2]'],
      ['/m/0', 'object', '{1}'],
      ['/m/0/a~1b', 'null', 'null'],
      ['/m/1', 'boolean', 'true'],
      ['/s', 'text', 'x'],
    ],
  );
});

test('any JSON has fields, and a bounded number of them', () => {
  fc.assert(fc.property(fc.json(), (text) => assert.ok(fieldsOf(text).length <= MAX_FIELDS)));
  assert.equal(fieldsOf(JSON.stringify(Array.from({ length: 2000 }, () => 1))).length, MAX_FIELDS);
  assert.throws(() => fieldsOf('{"a":'), SyntaxError);
});

test('bytes are shown with their place, sixteen a line, and no more than fit', () => {
  assert.deepEqual(hexLines(Uint8Array.from([0x41, 0x00, 0xff])), [`000000  41 00 ff${' '.repeat(39)}  A..`]);
  assert.equal(hexLines(new Uint8Array(1_000_000)).length, SHOWN_BYTES / 16);
  assert.deepEqual([...bytesOf('/wAB')], [255, 0, 1]);
});

test('a day in the address is the time between its two ends', () => {
  const day = Date.UTC(2026, 4, 2);
  const filters = readLetterFilters({ pipelineId: 'p', day, letter: '0-17', x: 1 });
  assert.deepEqual(filters, { pipelineId: 'p', day, letter: '0-17' });
  assert.deepEqual(queryOfLetterFilters(filters), { pipelineId: 'p', since: day, until: day + 86_400_000 });
});

test('an address that says nothing right shows all letters', () => {
  assert.ok(showsAll(readLetterFilters({ day: 'x', letter: '../../x', code: '' })));
  assert.deepEqual(
    [readLetter({ letter: '../x' }), readLetter({ letter: 5 }), readLetter({ letter: '3-7' })],
    [{}, {}, { letter: '3-7' }],
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('pipelineId', 'stage', 'code', 'day', 'letter'), fc.jsonValue()),
      (search) => {
        readLetterFilters(search);
      },
    ),
  );
});
