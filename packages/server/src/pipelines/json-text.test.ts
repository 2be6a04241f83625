import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anyText } from '@penstock/testkit/any-text';
import fc from 'fast-check';
import { elementsOf, isTooDense, membersOf, nestingOf, replaceValues, withEscapedSurrogates } from './json-text.ts';

test('members keep their text as it was sent', () => {
  const members = membersOf(
    ' {"a" : 12345678901234567890.10 ,"b":{"x":[1, {"y":"}]\\""}]}, "c\\u0041":"z", "a":1e400}\n',
  );
  assert.deepEqual(
    [...members],
    [
      ['a', '1e400'],
      ['b', '{"x":[1, {"y":"}]\\""}]}'],
      ['cA', '"z"'],
    ],
  );
  assert.deepEqual([...membersOf('{}')], []);
});

test('members of any object mean what JSON.parse makes of them, however it is laid out', () => {
  const object = fc.dictionary(anyText(), fc.jsonValue());
  const layout = fc.constantFrom(undefined, 1, '\t', '\r\n ');
  fc.assert(
    fc.property(object, layout, (value, space) => {
      const text = JSON.stringify(value, null, space);
      const members = [...membersOf(text)].map(([name, piece]) => [name, JSON.parse(piece)]);
      assert.deepEqual(members, Object.entries(JSON.parse(text)));
    }),
  );
});

test('nesting counts brackets outside strings', () => {
  assert.equal(nestingOf('{"a":[[{"b":"[[[[{{{{"}]]}'), 4);
  assert.equal(nestingOf('"[[[" '), 0);
  assert.equal(nestingOf('['.repeat(100_000)), 100_000);
});

test('a text of little but brackets and commas is too dense, what documents and heartbeats are like is not', () => {
  const many = 100_000;
  for (const dense of ['{},', '[],', '1,']) assert.equal(isTooDense(`[${dense.repeat(many)}0]`), true, dense);
  assert.equal(isTooDense('{'.repeat(many)), true, 'whether it is JSON or not');
  assert.equal(isTooDense(`[${'{},'.repeat(9000)}0]`), false, 'a small one');
  assert.equal(isTooDense(JSON.stringify('{},'.repeat(many))), false, 'text');
  assert.equal(isTooDense(`[${'{"lag":0,"partition":1},'.repeat(many)}0]`), false);
});

test('halves of surrogate pairs survive as escapes', () => {
  const text = `{"a":"x\ud800y","b":"\ud83d\ude00"}`;
  const escaped = withEscapedSurrogates(text);
  assert.equal(escaped.isWellFormed(), true);
  assert.deepEqual(JSON.parse(escaped), JSON.parse(text));
});

test('values are replaced by path, and nothing else is touched', () => {
  const text = ' { "a" : [1, {"b":"x]}"} ,[ ]], "c":{}, "a\\u0062":1e400 }\n';
  const paths: string[] = [];
  const same = replaceValues(text, (path) => void paths.push(path.join('/')));
  assert.equal(same, text);
  assert.deepEqual(paths, ['', 'a', 'a/0', 'a/1', 'a/1/b', 'a/2', 'c', 'ab']);
  const swap = (wanted: string) => replaceValues(text, (path) => (path.join('/') === wanted ? '"new"' : undefined));
  assert.equal(swap('a/1'), ' { "a" : [1, "new" ,[ ]], "c":{}, "a\\u0062":1e400 }\n');
  assert.equal(swap('ab'), ' { "a" : [1, {"b":"x]}"} ,[ ]], "c":{}, "a\\u0062":"new" }\n');
  assert.equal(swap(''), ' "new"\n');
});

test('every path of any JSON is visited once, in order', () => {
  const pathsOf = (value: unknown, path: readonly string[]): string[] => [
    JSON.stringify(path),
    ...(typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, [...path, name]))
      : []),
  ];
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, space) => {
      const seen: string[] = [];
      const text = JSON.stringify(value, null, space);
      replaceValues(text, (path) => void seen.push(JSON.stringify(path)));
      assert.deepEqual(seen, pathsOf(JSON.parse(text), []));
    }),
  );
});

test('elements of any array mean what JSON.parse makes of them, however it is laid out', () => {
  const layout = fc.constantFrom(undefined, 1, '\t', '\r\n ');
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), layout, (value, space) => {
      const text = JSON.stringify(value, null, space);
      assert.deepEqual(
        elementsOf(text).map((element) => JSON.parse(element)),
        JSON.parse(text),
      );
    }),
  );
});
