import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject, JsonValue } from '@penstock/model';
import fc from 'fast-check';
import { fieldPointer, type KeySpec } from '../operator/index.ts';
import { StreamRecord } from '../record/stream-record.ts';
import { batchOf } from '../record/testing.ts';
import { keyReaderOf, MAX_KEY_PART, partitionText, partitionTextOf } from './key-reader.ts';
import { fieldsReadBy, keyPartProblem, keyPartProblems, termsOf } from './key-terms.ts';

const terms = (...parts: string[]): readonly string[] => termsOf({ kind: 'parts', parts }) ?? [];
const keyOf = (fields: JsonObject, ...parts: string[]): readonly string[] =>
  keyReaderOf(terms(...parts))(StreamRecord.from(fields));
const PARENT = "${record:value('/attr/tslParentLookup[0]/id')}";

describe('the terms of a key', () => {
  test('a field at the top goes by its name, all else by what it is', () => {
    assert.deepEqual(terms('/assetId', '/attr/site/id', PARENT), ['assetId', '/attr/site/id', PARENT]);
    assert.deepEqual(terms('/a~1b', '/${x'), ['/a~1b', '/${x']);
    assert.deepEqual(termsOf({ kind: 'single' }), []);
    for (const key of [{ kind: 'task' }, undefined] satisfies (KeySpec | undefined)[])
      assert.equal(termsOf(key), undefined);
  });
  test('an expression that reads one field is that field', () => {
    assert.deepEqual(terms("${record:value('/assetId')}", '${ record:value( "/attr/site/id" ) }'), [
      'assetId',
      '/attr/site/id',
    ]);
    for (const other of [PARENT, "${record:value('/a-b')}", "s${record:value('/site')}", "${record:value('/list/0')}"])
      assert.deepEqual(terms(other), [other]);
    fc.assert(
      fc.property(fc.jsonValue(), (site) => {
        const record = StreamRecord.from({ attr: { site } as JsonObject });
        const read = (term: string): string => {
          try {
            return keyReaderOf([term])(record)[0] ?? '';
          } catch {
            return 'none';
          }
        };
        assert.equal(read("${record:value('/attr/site')}"), read('/attr/site'));
      }),
    );
  });
  test('say which fields they read', () => {
    assert.deepEqual(terms('/assetId', '/attr/site', PARENT).map(fieldsReadBy), [['assetId'], ['attr'], ['attr']]);
    assert.deepEqual(new Set(fieldsReadBy("${record:value(record:value('/which'))}")), new Set(['which', '*']));
  });
  test('what is neither a pointer nor an expression is told', () => {
    for (const part of ['assetId', '', '/', '/a//b', '/a~2', '${record:value(}', '${nothing:known()}'])
      assert.equal(typeof keyPartProblem(part), 'string', part);
    for (const part of ['/assetId', '/a~0b/c~1', PARENT, "s${record:value('/site')}"])
      assert.equal(keyPartProblem(part), undefined, part);
  });
  test('and where in its text', () => {
    const places = (part: string) =>
      keyPartProblems(part).map(({ offset, length }) => part.slice(offset, offset + length));
    assert.deepEqual(places('assetId'), ['assetId']);
    assert.deepEqual(
      keyPartProblems('/a//b~2/').map(({ offset }) => offset),
      [5, 2, 7],
    );
    assert.deepEqual(places('x${nothing:known()}'), ['nothing:known']);
  });
});

describe('the key of a record', () => {
  test('is read by field, inner field and expression', () => {
    const fields = { assetId: 'a', attr: { site: { id: 7 }, tslParentLookup: [{ id: 'parent' }] }, ok: true };
    assert.deepEqual(keyOf(fields, '/assetId', '/attr/site/id', PARENT, '/ok'), ['a', '7', 'parent', 'true']);
    assert.deepEqual(keyOf(fields, '/attr/tslParentLookup/0/id'), ['parent']);
  });
  test('has all digits of whole numbers that a double has not', () => {
    const text = '{"id":9007199254740993,"attr":{"id":-9223372036854775807},"big":1e20}';
    const record = StreamRecord.read(batchOf([text]), 0);
    assert.ok(record instanceof StreamRecord);
    assert.deepEqual(keyReaderOf(terms('/id', '/attr/id', '/big'))(record), [
      '9007199254740993',
      '-9223372036854775807',
      '100000000000000000000',
    ]);
  });
  test('is none where a part is missing, no single value or too long: the message says which', () => {
    const wrong: JsonValue[] = [null, '', {}, ['a'], 'x'.repeat(MAX_KEY_PART + 1)];
    for (const site of wrong)
      assert.throws(() => keyOf({ assetId: 'a', site }, '/assetId', '/site'), {
        code: 'KEY_NOT_VALID',
        message: /^"site" /,
      });
    assert.throws(() => keyOf({}, '/constructor'), { code: 'KEY_NOT_VALID' });
    assert.throws(() => keyOf({}, '/attr/site/id'), {
      code: 'KEY_NOT_VALID',
      message: /"\/attr\/site\/id" is missing/,
    });
    assert.throws(() => keyOf({ n: 'x' }, "${1 / record:value('/n')}"), {
      code: 'KEY_NOT_VALID',
      message: /cannot be evaluated/,
    });
  });
  test('chooses the same partition by its parts as the record does by itself', () => {
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), value, value, (name, first, second) => {
        const by = terms(fieldPointer(name), '/attr/inner');
        const record = StreamRecord.from({
          attr: { inner: second },
          [name]: name === 'attr' ? { inner: second } : first,
        });
        let key: readonly string[];
        try {
          key = keyReaderOf(by)(record);
        } catch {
          return;
        }
        assert.equal(partitionTextOf(by)(record), partitionText(key));
      }),
    );
  });
  test('chooses as the first edition did, for every record that has one or none', () => {
    const before = (record: StreamRecord, fields: readonly string[]): string =>
      fields
        .map((field) => record.get(field))
        .map((found) =>
          found === undefined || found === null ? '' : typeof found === 'string' ? found : JSON.stringify(found),
        )
        .join('\u0000');
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('assetId', 'pointId', 'x'), fc.jsonValue()), (fields) => {
        const record = (): StreamRecord => StreamRecord.from(structuredClone(fields) as JsonObject);
        const by = ['assetId', 'x'];
        assert.equal(partitionTextOf(terms('/assetId', '/x'))(record()), before(record(), by));
      }),
    );
  });
});
