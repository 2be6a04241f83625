import '../../../testing/load-components.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createElement, type ReactNode } from 'react';
import type { Previewed, PreviewSource } from '../../../api/preview.ts';
import type { SeenStage } from '../../../records/pair-records.ts';
import { Rendered } from '../../../testing/rendered.ts';
import { type Design, DesignContext } from '../model/design-context.ts';
import { newDesign } from '../model/design-state.ts';
import { pastedFrom } from './pasted-from.ts';

const { RecordView } = await import('./record-view.tsx');
const { SampleText } = await import('./sample-text.tsx');
const { SourceForm } = await import('./source-form.tsx');
const { StageCounts } = await import('./stage-counts.tsx');
const { StageRecords } = await import('./stage-records.tsx');

const document = {
  stages: [
    { instanceName: 'work_01', uiInfo: { stageType: 'PROCESSOR' } },
    { instanceName: 'write_01', uiInfo: { stageType: 'TARGET' } },
  ],
};
const nothing = (): void => {};
const design: Design = {
  template: undefined,
  stages: document,
  state: newDesign({ document, revision: 1 }),
  document,
  operators: [],
  findings: [],
  orgId: 'o',
  seenFields: new Map(),
  mayDesign: true,
  edit: nothing,
  select: nothing,
  go: nothing,
  ask: nothing,
  say: nothing,
};
const inDesigner = (node: ReactNode) => new Rendered(createElement(DesignContext, { value: design }, node));
const stage = (seen: Partial<SeenStage>): SeenStage => ({
  id: 'work_01',
  label: 'Work',
  input: [],
  output: [],
  dropped: [],
  errors: [],
  ...seen,
});

test('a changed record shows the fields that differ, each by a sign, with all digits', () => {
  const row = {
    fate: 'changed' as const,
    before: '{"a":9007199254740993,"b":1,"c":"x"}',
    after: '{"a":9007199254740992,"c":"x","d":true}',
  };
  const shown = new Rendered(createElement(RecordView, { row, fate: 'changed', isWhole: false }));
  assert.deepEqual(
    shown.all('row').map(({ text }) => text),
    ['ChangeFieldBeforeAfter', 'changed/a90071992547409939007199254740992', 'gone/b1–', 'new/d–true'],
  );
  const whole = new Rendered(createElement(RecordView, { row, fate: 'changed', isWhole: true }));
  assert.equal(whole.one('row', 'same/c"x""x"').isDisabled, false);
});

test('what was refused or dropped says why, with the record as it was', () => {
  const rows = inDesigner(
    createElement(StageRecords, {
      stage: stage({
        input: ['{"a":1.10}', 'no json'],
        dropped: [{ record: '{"a":1.10}', reason: 'not-selected' }],
        errors: [{ record: 'no json', code: 'RECORD_NOT_JSON', message: 'No JSON.' }],
      }),
    }),
  );
  assert.deepEqual(
    rows.all('listitem').map(({ text }) => text),
    ['Droppednot-selected{"a":1.10}', 'ErrorRECORD_NOT_JSONNo JSON.no json'],
  );
  assert.equal(rows.one('heading').name, 'Work');
});

test('of a target it says that nothing is written', () => {
  const target = inDesigner(
    createElement(StageRecords, { stage: stage({ id: 'write_01', input: ['{}'], output: ['{}'] }) }),
  );
  assert.match(target.text, /Not written/);
  assert.deepEqual(
    target.all('listitem').map(({ text }) => text),
    ['Would be written{}'],
  );
});

test('stages are buttons with their counts, and the one that is shown is pressed', () => {
  const stages = [
    stage({ id: 'read_01', label: 'Read', output: ['{}', '{}'] }),
    stage({ input: ['{}', '{}'], output: ['{}'], dropped: [{ record: '{}', reason: 'r' }] }),
  ];
  const list = inDesigner(createElement(StageCounts, { stages, shown: 'work_01' }));
  assert.equal(list.one('button', 'Read0 in, 2 out').isPressed, false);
  assert.equal(list.one('button', 'Work2 in, 1 out 1 dropped').isPressed, true);
});

test('the running pipeline can be looked at while it runs alone, and pasted records have a field', () => {
  const form = (
    source: PreviewSource,
    hasRun: boolean,
    sources: readonly { readonly id: string; readonly label: string }[] = [],
  ) =>
    new Rendered(
      createElement(SourceForm, { source, sources, hasRun, isRunning: false, onChoose: nothing, onRun: nothing }),
    );
  const stopped = form({ kind: 'latest', count: 20 }, false);
  assert.equal(stopped.one('option', 'The running pipeline as it is').isDisabled, true);
  assert.equal(stopped.one('option', '20 at most').isSelected, true);
  assert.equal(stopped.all('textbox').length, 0);
  assert.equal(
    form({ kind: 'latest', count: 20 }, true).one('option', 'The running pipeline as it is').isDisabled,
    false,
  );
  assert.equal(form({ kind: 'pasted', text: '{}' }, true).one('textbox', 'Records').text, '{}');
  const two = [
    { id: 'a', label: 'Sea' },
    { id: 'b', label: 'Land' },
  ];
  const both = form({ kind: 'pasted', text: '{}', others: { b: '[]' } }, true, two);
  assert.equal(both.one('textbox', 'Records of Sea').text, '{}');
  assert.equal(both.one('textbox', 'Records of Land').text, '[]');
  assert.equal(form({ kind: 'running', count: 50 }, true).all('option', '200 at most').length, 0);
});

test('a message whose topic no data source reads is asked about: which one it goes to', () => {
  const source: PreviewSource = { kind: 'pasted', text: '', undecided: { topic: 'tides', message: '{}' } };
  const sources = [
    { id: 'a', label: 'Sea' },
    { id: 'b', label: 'Land' },
  ];
  const form = new Rendered(
    createElement(SourceForm, { source, sources, hasRun: false, isRunning: false, onChoose: nothing, onRun: nothing }),
  );
  assert.match(form.one('group').name, /“tides”, which no data source/);
  assert.deepEqual(
    form.all('button').map(({ name }) => name),
    ['Run', 'Give it to Sea', 'Give it to Land'],
  );
});

test('a message goes into the field of the data source that reads its topic', () => {
  const read = [
    { stage: 'a', topic: 'waves' },
    { stage: 'b', topic: 'winds' },
  ];
  assert.deepEqual(pastedFrom({ topic: 'waves', message: '1' }, read), { kind: 'pasted', text: '1' });
  assert.deepEqual(pastedFrom({ topic: 'winds', message: '2' }, read), {
    kind: 'pasted',
    text: '',
    others: { b: '2' },
  });
  assert.deepEqual(pastedFrom({ topic: 'tides', message: '3' }, read), {
    kind: 'pasted',
    text: '',
    undecided: { topic: 'tides', message: '3' },
  });
});

test('how much was looked at is said, of how much where that is known', () => {
  const said = (sample: Previewed['sample'], seen: Partial<SeenStage> = {}) =>
    new Rendered(
      createElement(SampleText, {
        name: 'P',
        result: { stages: [stage(seen)], issues: [], sample, document: undefined, messages: undefined, at: 0 },
        sources: ['work_01'],
        onEdit: nothing,
      }),
    ).text;
  const letters = { kind: 'letters', count: 20 } as const;
  assert.equal(said({ source: letters, messages: 3, total: 1234 }), '3 of 1,234 dead letters, the newest.');
  assert.match(said({ source: letters, messages: 3, skipped: 2 }), /more than were counted\. 2 were left out/);
  assert.match(said({ source: letters, messages: 3, elsewhere: 4 }), /4 were left out: they came from topics that/);
  assert.match(
    said(
      { source: { kind: 'latest', count: 5 } },
      { output: ['{}'], errors: [{ record: 'x', code: 'C', message: '' }] },
    ),
    /^1 records, of the newest 5 messages asked for\. 1 messages are no records\./,
  );
});
