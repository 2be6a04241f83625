import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateConfig } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { devRawDataSource } from './operator.ts';
import { splitJsonArray, splitJsonObjects } from './split-json.ts';

test('splits objects that follow each other in any layout', () => {
  const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 });
  const gap = fc.stringMatching(/^[\s,]{1,4}$/);
  fc.assert(
    fc.property(objects, gap, fc.boolean(), (values, between, isPretty) => {
      const texts = values.map((value) => JSON.stringify(value, null, isPretty ? 2 : undefined));
      const pieces = splitJsonObjects(texts.join(between));
      assert.deepEqual(
        pieces.map((piece) => 'text' in piece && JSON.parse(piece.text)),
        JSON.parse(JSON.stringify(values)),
      );
      assert.equal(splitJsonObjects(texts.join('')).length, values.length);
    }),
  );
});

test('never hangs or throws, and loses no text silently', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ' ', '\n', '1', 'a', ':') }),
      (text) => {
        const pieces = splitJsonObjects(text);
        assert.equal(pieces.length === 0, /^[\s,]*$/.test(text));
      },
    ),
  );
});

test('says on which line the text is no JSON object', () => {
  assert.deepEqual(splitJsonObjects('{"a":1}\n\n{"b":\n}\n7 {"c":2}'), [
    { text: '{"a":1}', line: 1 },
    { problem: 'this is not a JSON object', line: 3 },
    { problem: 'this is not a JSON object', line: 5 },
    { text: '{"c":2}', line: 5 },
  ]);
  assert.deepEqual(splitJsonArray('[{"a":1},2]'), [
    { text: '{"a":1}', line: 1 },
    { problem: 'item 1 is not a JSON object', line: 1 },
  ]);
  assert.deepEqual(splitJsonArray('{}'), [{ problem: 'this is not a JSON array', line: 1 }]);
});

test('the stage names lines in its issues and sends what is left as written', () => {
  const { issues } = validateConfig(devRawDataSource, { rawData: '{"a":1}\n{' });
  assert.match(issues[0]?.message ?? '', /Line 2/);
  assert.equal(validateConfig(devRawDataSource, { rawData: ' \n ' }).issues.length, 1);
  const { config } = validateConfig(devRawDataSource, {
    rawData: '{"n":12345678901234567890}',
    stopAfterFirstBatch: 'true',
  });
  assert.deepEqual(devRawDataSource.source(config as never, { pipelineId: 'p', orgId: 'o', messageChannel: 0 }), {
    kind: 'inline',
    values: ['{"n":12345678901234567890}'],
    stopAfterFirstBatch: true,
  });
});
