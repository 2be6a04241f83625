import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeenStage } from './pair-records.ts';
import { caseFile } from './preview-case.ts';

const stage = (instanceName: string, stageType: string, inputLanes: string[], outputLanes: string[]) => ({
  instanceName,
  inputLanes,
  outputLanes,
  uiInfo: { stageType },
});
const document = {
  stages: [
    stage('in', 'SOURCE', [], ['a']),
    stage('work', 'PROCESSOR', ['a'], ['b']),
    stage('out', 'TARGET', ['b'], []),
  ],
};
const seen = (id: string, more: Partial<SeenStage>): SeenStage => ({
  id,
  label: id,
  input: [],
  output: [],
  dropped: [],
  errors: [],
  ...more,
});
const at = Date.UTC(2026, 0, 2, 3, 4, 5);
const stages = [
  seen('in', {
    output: ['{"x":1}', '{"x":2}', '{"x":9007199254740993}'],
    errors: [{ record: 'no', code: 'RECORD_NOT_JSON', message: 'm' }],
  }),
  seen('work', {
    output: ['{"x":1,"y":true}'],
    dropped: [
      { record: '{"x":2}', reason: 'not-selected' },
      { record: '{"x":9007199254740993}', reason: 'not-selected' },
    ],
  }),
  seen('out', { input: ['{"x":1,"y":true}'], output: ['{"x":1,"y":true}'] }),
];

test('a preview is a case: what came in, what targets read, and all that did not get there', () => {
  const messages = ['{"x":1}', '{"x":2}', '{"x":9007199254740993}', 'no', null];
  assert.deepEqual(JSON.parse(caseFile('t', { document, stages, messages: { in: messages }, at })), [
    {
      title: 't',
      now: '2026-01-02T03:04:05.000Z',
      // What a double does not hold stays a text.
      input: [{ x: 1 }, { x: 2 }, '{"x":9007199254740993}', 'no', null],
      output: { work: [{ x: 1, y: true }] },
      dropped: { work: { 'not-selected': 2 } },
      deadLetters: { in: ['RECORD_NOT_JSON'] },
    },
  ]);
});

test('of what was read live the records are known, and of messages that were none nothing is said', () => {
  const [one] = JSON.parse(caseFile('t', { document, stages, messages: undefined, at }));
  assert.deepEqual(one.input, [{ x: 1 }, { x: 2 }, '{"x":9007199254740993}']);
  assert.deepEqual(one.deadLetters, {});
});

test('digits of what is expected stay', () => {
  const big = [seen('in', {}), seen('work', { output: ['{"x":9007199254740993}'] })];
  assert.match(caseFile('t', { document, stages: big, messages: { in: [] }, at }), /9007199254740993/);
});

test('of several data sources it is what came in by which', () => {
  const two = { stages: [stage('other', 'SOURCE', [], ['a']), ...document.stages] };
  const seenTwo = [seen('other', { output: ['{"x":3}'] }), ...stages];
  const [given] = JSON.parse(
    caseFile('t', { document: two, stages: seenTwo, messages: { other: ['{"x":3}'], in: [null] }, at }),
  );
  assert.deepEqual(given.inputs, { other: [{ x: 3 }], in: [null] });
  assert.equal(given.input, undefined);
  const [read] = JSON.parse(caseFile('t', { document: two, stages: seenTwo, messages: undefined, at }));
  assert.deepEqual(read.inputs, { other: [{ x: 3 }], in: [{ x: 1 }, { x: 2 }, '{"x":9007199254740993}'] });
  assert.deepEqual(read.deadLetters, {}, 'of messages that were none nothing is said');
});
