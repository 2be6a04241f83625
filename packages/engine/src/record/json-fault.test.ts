import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonFault, jsonFaultAt } from './json-fault.ts';

for (const [text, told] of [
  ['{"a":"b\u0001c"}', 'the character U+0001 is not expected at position 7.'],
  ['{"a":"b\nc"}', 'the character U+000A is not expected at position 7.'],
  ['{"a":1,}', '"}" (U+007D) is not expected at position 7.'],
  ['{a:1}', 'a letter or digit is not expected at position 1.'],
  ['\ufeff{}', 'the character U+FEFF is not expected at position 0.'],
  ['{"a":1', 'it ends too early, at position 6.'],
  ['', 'it ends too early, at position 0.'],
  ["{'a':1}", '"\'" (U+0027) is not expected at position 1.'],
  ['{"a":01}', 'a letter or digit is not expected at position 6.'],
  ['{"a":1.}', '"}" (U+007D) is not expected at position 7.'],
  ['{"a":nul}', '"}" (U+007D) is not expected at position 8.'],
  ['{"a":"\\x"}', 'a letter or digit is not expected at position 7.'],
  ['{} {}', '"{" (U+007B) is not expected at position 3.'],
] as const)
  test(`${JSON.stringify(text)}: ${told}`, () => assert.equal(jsonFault(text), told));

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Whether a text of some length makes JSON of this beginning: `JSON.parse` tells an end from a fault. */
const couldGoOn = (beginning: string): boolean => {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = String(error);
    if (/end of JSON|Unterminated string/.test(message)) return true;
    return Number(/at position (\d+)/.exec(message)?.[1] ?? -1) >= beginning.length;
  }
};

test('the place is the first with which no JSON goes on, whatever the text', () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '}', ']', ',', '\u0001', '1', 'x', '\\', ':', ' '), fc.nat(3))
    .map(([json, at, put, cut]) => {
      const position = at % (json.length + 1);
      return json.slice(0, position) + put + json.slice(position + cut);
    })
    .filter((text) => !isJson(text));
  fc.assert(
    fc.property(broken, (text) => {
      const at = jsonFaultAt(text);
      assert.ok(couldGoOn(text.slice(0, at)), `${JSON.stringify(text)} is wrong before ${at}`);
      if (at < text.length) assert.ok(!couldGoOn(text.slice(0, at + 1)), `${JSON.stringify(text)} goes on at ${at}`);
    }),
    { numRuns: 2000 },
  );
});
