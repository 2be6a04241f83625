import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHeader } from './read-header.ts';

const right = { s: [0, -1, 1], n: [1], e: [[1, 'SCRIPT_ERROR', 'x', null]], l: [['info', 'x']], t: '{}' };
const read = (changes: object): unknown => readHeader(JSON.stringify({ ...right, ...changes }), 2);

test('what Python tells of a run is read', () => {
  assert.deepEqual(read({}), right);
  assert.deepEqual(readHeader('{"f":{"code":"SCRIPT_FAILED","message":"x","line":1,"column":2}}', 0)?.f?.line, 1);
});

test('what a script that has changed it could make of it is refused', () => {
  for (const changes of [
    { s: [2] },
    { s: [-2] },
    { s: [0.5] },
    { n: [2] },
    { n: [-1] },
    { e: [[2, 'SCRIPT_ERROR', 'x', null]] },
    { e: [[0, 'NO_SUCH_CODE', 'x', null]] },
    { e: [[0, 'SCRIPT_ERROR', 7, null]] },
    { l: Array(21).fill(['info', 'x']) },
    { l: [['fatal', 'x']] },
    { t: 7 },
    { f: { code: 'WORKER_BUG', message: 'x' } },
  ])
    assert.equal(read(changes), undefined, JSON.stringify(changes));
  for (const text of ['', 'x', '[]', '7', 'null']) assert.equal(readHeader(text, 2), undefined, text);
});
