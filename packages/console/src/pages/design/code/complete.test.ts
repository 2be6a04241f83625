import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CodeLanguage, completionsAt, type Known, namesIn } from './complete.ts';

const known: Known = {
  functions: [
    { name: 'record:value', signature: 'record:value(path)', summary: 'A field.', parameters: 1 },
    { name: 'time:now', signature: 'time:now()', summary: 'Now.', parameters: 0 },
  ],
  fields: ['/assetId', '/attr/tag'],
  points: ['Wind::Speed'],
  names: ['records', 'output.write(record)'],
};

/** The text with `|` where the cursor is. */
const at = (marked: string, language: CodeLanguage = 'expression') => {
  const place = marked.indexOf('|');
  const found = completionsAt(language, marked.replace('|', ''), place, known);
  return [found?.from, found?.offers.map(({ label, insert }) => insert ?? label)];
};

test('an expression is completed with functions, and inside of quotes with fields and points', () => {
  assert.deepEqual(at('${rec|}'), [2, ['record:value()', 'time:now()']]);
  assert.deepEqual(at('${1 + record:v|}'), [6, ['record:value()', 'time:now()']]);
  assert.deepEqual(at('rec|'), [0, ['${record:value()}', '${time:now()}']]);
  assert.deepEqual(at("${record:value('/a|')}"), [16, ['/assetId', '/attr/tag']]);
  assert.deepEqual(at("${record:value('|')}"), [16, ['/assetId', '/attr/tag', 'Speed', 'Wind::Speed']]);
  assert.deepEqual(at("${record:value('/pointId') == 'Sp|'}"), [31, ['Speed', 'Wind::Speed']]);
  assert.deepEqual(at("${'it\\'s' + |}")[0], 12);
  assert.deepEqual(at("${'}' + ti|}")[0], 8);
});

test('the cursor goes to what is to be filled in', () => {
  const [value, now] = completionsAt('expression', '', 0, known)?.offers ?? [];
  assert.deepEqual([value?.back, now?.back], [2, 0]);
});

test('a script is completed with fields of a record, points, and the names of its operator', () => {
  assert.deepEqual(at('r.value.as|', 'javascript'), [8, ['assetId', 'attr']]);
  assert.deepEqual(at("if (x === 'Sp|", 'javascript'), [11, ['/assetId', '/attr/tag', 'Speed', 'Wind::Speed']]);
  assert.deepEqual(at("const a = 'b';\nout|", 'javascript'), [15, ['records', 'output.write()']]);
  assert.deepEqual(at("r.value['as|']", 'javascript'), [9, ['assetId', 'attr']]);
  assert.equal(completionsAt('json', '{', 1, known), undefined);
});

test('in Python fields of a record are keys of its value', () => {
  assert.deepEqual(at("r.value['as|']", 'python'), [9, ['assetId', 'attr']]);
  assert.deepEqual(at('for r in rec|', 'python'), [9, ['records', 'output.write()']]);
  assert.deepEqual(at('r.value.as|', 'python'), [undefined, undefined]);
});

test('names are found in the reference of an operator, and codes, reasons and signs are none', () => {
  const text =
    '`records`, the batch; `record.value`; `output.write(record)`; `log.info/warn/error(message, …)`; `SCRIPT_FAILED`; `not-written`; `1 / 0`; `.createRecord(id)`; `sdcFunctions.isPreview()`.';
  assert.deepEqual(namesIn(text), ['records', 'record.value', 'output.write(record)', 'sdcFunctions.isPreview()']);
});

test('wherever the cursor is, what is replaced lies before it', () => {
  const texts = fc.string({ unit: fc.constantFrom('$', '{', '}', "'", '"', '/', 'a', ':', '\\', '.', '\n', ' ') });
  fc.assert(
    fc.property(texts, fc.nat(), fc.constantFrom('expression', 'javascript', 'python'), (text, place, language) => {
      const cursor = place % (text.length + 1);
      const found = completionsAt(language, text, cursor, known);
      assert.ok(found !== undefined && found.from >= 0 && found.from <= cursor);
    }),
  );
});
