import assert from 'node:assert/strict';
import { test } from 'node:test';
import { translationProblems } from './code-texts.ts';

const catalogue = {
  A_ONE: { kind: 'issue', meaning: 'There is no {name}.', remedy: 'Make it.' },
  A_TWO: { kind: 'event', meaning: 'It is over.' },
} as const;

test('a translation has every code, with a remedy where there is one, and the same parameters', () => {
  const right = { A_ONE: { meaning: '没有 {name}。', remedy: '请创建。' }, A_TWO: { meaning: '已结束。' } };
  assert.deepEqual(translationProblems(catalogue, right), []);
  assert.deepEqual(translationProblems(catalogue, { ...right, A_THREE: { meaning: 'x' } }), ['A_THREE is no code']);
  assert.deepEqual(translationProblems(catalogue, { A_ONE: right.A_ONE }), ['A_TWO has no text']);
  assert.deepEqual(translationProblems(catalogue, { ...right, A_ONE: { meaning: '没有。', remedy: '请创建。' } }), [
    'A_ONE has other parameters',
  ]);
  assert.deepEqual(translationProblems(catalogue, { ...right, A_ONE: { meaning: '没有 {name}。' } }), [
    'A_ONE has a remedy in one language only',
  ]);
  assert.deepEqual(translationProblems(catalogue, { ...right, A_TWO: { meaning: ' ' } }), ['A_TWO has no meaning']);
});
