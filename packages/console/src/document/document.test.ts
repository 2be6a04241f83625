import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { copyStages, pasteStages, readCopied } from './clipboard.ts';
import { diffDocuments } from './diff.ts';
import { isObject, type JsonObject, parseJson, printJson } from './json.ts';
import { connect, connectionProblem, disconnect, readersOf, splice } from './lanes.ts';
import { optionOf, setOption, setStageText } from './options.ts';
import { firstRows, setOutputRows } from './outputs.ts';
import { placeOfPointer } from './places.ts';
import { idOf, inputsOf, outputsOf, type PipelineDocument, type StageKind, stageOf, stagesOf } from './shape.ts';
import { addStage, makeRoom, moveStages, type NewStage, placeOf, removeAndHeal, removeStages } from './stages.ts';

const newStage = (kind: StageKind, instancePrefix: string): NewStage => ({
  kind,
  instancePrefix,
  stageName: `com_penstock_stage_${instancePrefix}`,
  library: 'penstock-operators-lib',
  version: 1,
  label: instancePrefix,
  configuration: [{ name: 'stageOnRecordError', value: 'TO_ERROR' }],
});
const PLACE = { x: 10.4, y: 20 };
const at = (stage: string, output = 0) => ({ stage, output });
const stage = (document: PipelineDocument, id: string): JsonObject => stageOf(document, id) ?? {};

/** Source, one processor, target; the document has keys that no edit knows. */
const chain = (): PipelineDocument => {
  let document: PipelineDocument = { pipelineConfig: { title: 'T', own: 1, stages: [] }, envelope: true };
  for (const [kind, name] of [
    ['source', 'In'],
    ['processor', 'Do'],
    ['target', 'Out'],
  ] as const)
    document = addStage(document, newStage(kind, name), PLACE).document;
  return connect(connect(document, at('In_01'), 'Do_01'), at('Do_01'), 'Out_01');
};

test('a new stage has a name of its own, a lane unless it is a target, and leaves the rest as it was', () => {
  const { document, id } = addStage(chain(), newStage('processor', 'Do'), PLACE);
  assert.equal(id, 'Do_02');
  assert.equal(stagesOf(document).length, 4);
  assert.deepEqual([document.envelope, isObject(document.pipelineConfig) && document.pipelineConfig.own], [true, 1]);
  assert.deepEqual(outputsOf(stage(document, 'Out_01')), []);
  const lanes = stagesOf(document).flatMap(outputsOf);
  assert.equal(new Set(lanes).size, lanes.length);
});

test('only what can work is connected, and the reason is told', () => {
  const document = chain();
  assert.equal(connectionProblem(document, at('In_01'), 'Out_01'), undefined);
  assert.deepEqual(
    [
      [at('In_01'), 'Do_01'],
      [at('Do_01'), 'Do_01'],
      [at('Do_01'), 'In_01'],
      [at('Out_01'), 'Do_01'],
      [at('Do_01', 3), 'Out_01'],
      [at('Do_01'), 'Nobody'],
    ].map(([from, to]) => connectionProblem(document, from as ReturnType<typeof at>, String(to))),
    ['twice', 'self', 'source-has-no-input', 'target-has-no-output', 'unknown', 'unknown'],
  );
  const two = connect(addStage(document, newStage('processor', 'Do'), PLACE).document, at('Do_01'), 'Do_02');
  assert.equal(connectionProblem(two, at('Do_02'), 'Do_01'), 'cycle');
  assert.equal(connect(two, at('Do_02'), 'Do_01'), two);
});

test('a stage is put into a connection, and taken out of it again with the chain healed', () => {
  const before = chain();
  const { document, id } = addStage(before, newStage('processor', 'New'), PLACE);
  const spliced = splice(document, at('Do_01'), 'Out_01', id);
  assert.deepEqual([readersOf(spliced, 'Do_01'), readersOf(spliced, id)], [[id], ['Out_01']]);
  const healed = removeAndHeal(spliced, new Set([id]));
  assert.equal(printJson(healed), printJson(before));
  const cut = removeStages(spliced, new Set([id]));
  assert.deepEqual([readersOf(cut, 'Do_01'), inputsOf(stage(cut, 'Out_01'))], [[], []]);
  const target = addStage(before, newStage('target', 'Aside'), PLACE);
  assert.equal(splice(target.document, at('Do_01'), 'Out_01', target.id), target.document);
});

test('an option is set in the row that counts, and its absence is the default', () => {
  const document = setOption(chain(), 'Do_01', 'latency', 2);
  assert.equal(optionOf(stage(document, 'Do_01'), 'latency'), 2);
  assert.equal(setOption(document, 'Do_01', 'latency', 2), document);
  assert.equal(optionOf(stage(setOption(document, 'Do_01', 'latency', undefined), 'Do_01'), 'latency'), undefined);
  const twice = {
    stages: [
      {
        instanceName: 'a',
        configuration: [
          { name: 'x', value: 1 },
          { name: 'x', value: 2 },
        ],
      },
    ],
  };
  assert.deepEqual(setOption(twice, 'a', 'x', 3), {
    stages: [
      {
        instanceName: 'a',
        configuration: [
          { name: 'x', value: 1 },
          { name: 'x', value: 3 },
        ],
      },
    ],
  });
});

test('rows that are outputs have a lane each, and what led on from a row goes with it', () => {
  const table = { option: 'rows', column: 'lane' };
  const one = addStage(chain(), newStage('processor', 'Split'), PLACE);
  let document = setOutputRows(one.document, one.id, table, [
    { lane: outputsOf(stage(one.document, one.id))[0] ?? '', when: 'a' },
    { when: 'b' },
  ]);
  assert.equal(outputsOf(stage(document, one.id)).length, 2);
  document = connect(document, at(one.id, 1), 'Out_01');
  const [first] = outputsOf(stage(document, one.id));
  const cut = setOutputRows(document, one.id, table, [{ lane: first ?? '', when: 'a' }]);
  assert.deepEqual(outputsOf(stage(cut, one.id)), [first]);
  assert.deepEqual(readersOf(cut, one.id), []);
  assert.equal(inputsOf(stage(cut, 'Out_01')).length, 1);
  const fresh = firstRows(stage(one.document, one.id), table, { when: 'default' });
  assert.deepEqual(optionOf(fresh, 'rows'), [{ when: 'default', lane: outputsOf(fresh)[0] }]);
});

test('stages go as text and come back under names of their own, connected among themselves', () => {
  const document = chain();
  const text = copyStages(document, new Set(['Do_01', 'Out_01']));
  const pasted = pasteStages(document, readCopied(text) ?? []);
  assert.deepEqual(pasted.ids, ['Do_02', 'Out_02']);
  assert.deepEqual(readersOf(pasted.document, 'Do_02'), ['Out_02']);
  assert.deepEqual(inputsOf(stage(pasted.document, 'Do_02')), []);
  assert.deepEqual(readersOf(pasted.document, 'Do_01'), ['Out_01']);
  for (const other of ['', 'hello', '{}', '[]', '{"kind":"penstock-stages","stages":[{}]}'])
    assert.equal(readCopied(other), undefined);
});

test('a pointer leads to the field, as near as it says', () => {
  const document = setOption(chain(), 'Do_01', 'rows', [{ a: 1 }]);
  const lead = (pointer: string, stageId?: string) => placeOfPointer(document, pointer, stageId);
  assert.deepEqual(lead('/pipelineConfig/stages/1/configuration/1/value/0/a'), {
    stage: 'Do_01',
    option: 'rows',
    row: 0,
    column: 'a',
  });
  assert.deepEqual(lead('/pipelineConfig/stages/1/configuration/1/value'), { stage: 'Do_01', option: 'rows' });
  assert.deepEqual(lead('/pipelineConfig/stages/1/configuration'), { stage: 'Do_01' });
  assert.deepEqual(lead('/pipelineConfig/stages/1/inputLanes/0'), { stage: 'Do_01' });
  assert.deepEqual(lead('/pipelineConfig/stages'), {});
  assert.deepEqual(lead('', 'Do_01'), { stage: 'Do_01' });
});

test('a diff tells stages, fields and connections, and nothing of where they are drawn', () => {
  const before = chain();
  assert.deepEqual(diffDocuments(before, moveStages(before, new Map([['Do_01', { x: 500, y: 1 }]]))), []);
  let after = setStageText(setOption(before, 'Do_01', 'latency', 3), 'Do_01', { label: 'Better' });
  after = addStage(removeStages(after, new Set(['Out_01'])), newStage('target', 'Else'), PLACE).document;
  after = disconnect(after, at('In_01'), 'Do_01');
  assert.deepEqual(
    diffDocuments(before, after).map(({ id, change, fields, isReconnected }) => [
      id,
      change,
      fields.map(({ name }) => name),
      isReconnected,
    ]),
    [
      ['Do_01', 'changed', ['label', 'latency'], true],
      ['Else_01', 'added', [], false],
      ['Out_01', 'removed', [], false],
    ],
  );
});

test('numbers that this language cannot hold stay as they were written', () => {
  const text = '{"a":12345678901234567890,"b":1.5,"c":[0.12345678901234567890]}';
  assert.equal(printJson(parseJson(text)), text);
  const value = parseJson(text);
  assert.deepEqual(isObject(value) && [value.b, isObject(value.a)], [1.5, false]);
});

test('whatever a document is, edits give a document, and no connection twice or in a circle', () => {
  const stageArbitrary = fc.record(
    {
      instanceName: fc.constantFrom('A_01', 'B_01', 'C_01'),
      inputLanes: fc.array(fc.constantFrom('a', 'b', 'c')),
      outputLanes: fc.oneof(fc.array(fc.constantFrom('a', 'b', 'c')), fc.jsonValue()),
      configuration: fc.jsonValue(),
      uiInfo: fc.jsonValue(),
    },
    { requiredKeys: ['instanceName'] },
  );
  const documents = fc
    .array(fc.oneof(stageArbitrary, fc.jsonValue()))
    .map((stages) => JSON.parse(JSON.stringify({ stages })));
  fc.assert(
    fc.property(documents, fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 12 }), (given, wires) => {
      let document: PipelineDocument = given;
      const own: string[] = [];
      for (let number = 0; number < 5; number++) {
        const added = addStage(document, newStage('processor', 'N'), PLACE);
        document = added.document;
        own.push(added.id);
      }
      for (const [from, to] of wires) document = connect(document, at(own[from] ?? ''), own[to] ?? '');
      for (const id of own) {
        const inputs = inputsOf(stage(document, id));
        assert.equal(new Set(inputs).size, inputs.length);
        for (const reader of readersOf(document, id))
          assert.notEqual(connectionProblem(document, at(reader), id), undefined, 'back is a circle');
      }
      const pasted = pasteStages(document, readCopied(copyStages(document, new Set(own))) ?? []);
      assert.equal(pasted.ids.length, own.length);
      const lanes = stagesOf(pasted.document)
        .filter((each) => idOf(each).startsWith('N_'))
        .flatMap(outputsOf);
      assert.equal(new Set(lanes).size, lanes.length);
      assert.deepEqual(stagesOf(removeAndHeal(document, new Set(own))).map(idOf), stagesOf(given).map(idOf));
    }),
  );
});

test('a stage that goes between two others has room there, and what is behind makes way', () => {
  const at = (instanceName: string, xPos: number, yPos = 0) => ({ instanceName, uiInfo: { xPos, yPos } });
  const places = (document: PipelineDocument) =>
    stagesOf(document).map((stage) => [idOf(stage), placeOf(stage)?.x, placeOf(stage)?.y]);
  const tight = { stages: [at('a', 0), at('b', 260, 40), at('c', 520), at('aside', 100, 300), at('new', 7, 7)] };
  assert.deepEqual(places(makeRoom(tight, 'new', 'a', 'b')), [
    ['a', 0, 0],
    ['b', 520, 40],
    ['c', 780, 0],
    ['aside', 100, 300],
    ['new', 260, 20],
  ]);
  const wide = { stages: [at('a', 0), at('b', 1000), at('new', 7, 7)] };
  assert.deepEqual(places(makeRoom(wide, 'new', 'a', 'b')), [
    ['a', 0, 0],
    ['b', 1000, 0],
    ['new', 500, 0],
  ]);
  const back = { stages: [at('a', 500), at('b', 0), at('new', 7, 7)] };
  assert.equal(makeRoom(back, 'new', 'a', 'b'), back);
});
