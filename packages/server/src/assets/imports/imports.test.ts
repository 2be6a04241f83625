import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonValue } from '@penstock/model';
import fc from 'fast-check';
import { MAX_PROBLEMS, Problems } from '../shapes/problems.ts';
import { CSV_KINDS, type CsvKind } from './csv-columns.ts';
import { readCsvAssets } from './read-csv.ts';
import { readJsonAssets } from './read-json.ts';

const json = (value: JsonValue) => {
  const problems = new Problems();
  const patch = readJsonAssets(value, problems);
  return { patch, problems, told: problems.issues.map(({ code, path }) => `${code} ${path}`) };
};
const csv = (kind: CsvKind, ...lines: string[]) => {
  const problems = new Problems();
  const patch = readCsvAssets(lines.join('\n'), kind, problems);
  return { patch, problems, told: problems.issues.map(({ code, path }) => `${code} ${path}`) };
};

test('a file has models, assets, trees with their nodes, and what is removed', () => {
  const { patch, told } = json({
    models: [
      { modelId: 'turbine', parentId: null, points: [{ pointId: 'WNAC.WindSpeed', dataType: 'DOUBLE', unit: 'm/s' }] },
    ],
    assets: [{ assetId: 't1', modelId: 'turbine', timezone: '+08:00', attributes: { mw: 2.5 }, tags: { site: 'n' } }],
    trees: [{ treeId: 'sites', tags: { kind: 'site' }, nodes: [{ assetId: 't1' }] }],
    nodes: [{ treeId: 'grid', assetId: 't1', parentId: null }],
    removed: { assets: ['t0'], nodes: [{ treeId: 'grid', assetId: 't0' }] },
  });
  assert.deepEqual(told, []);
  assert.deepEqual(patch.nodes, [
    { at: '/nodes/0', value: { treeId: 'grid', assetId: 't1', parentId: null } },
    { at: '/trees/0/nodes/0', value: { treeId: 'sites', assetId: 't1' } },
  ]);
  assert.deepEqual(patch.trees[0]?.value, { treeId: 'sites', tags: { kind: 'site' } });
  assert.deepEqual(patch.removed.assets, [{ at: '/removed/assets/0', value: 't0' }]);
});

test('everything that is wrong is told with its place', () => {
  const { told } = json({
    models: [{ modelId: 'a/b' }, { modelId: 'm', points: [{ pointId: 'p', dataType: 'TEXT', scale: 1 }] }],
    assets: [
      { assetId: 't1' },
      { assetId: 't2', modelId: 'm', timezone: 'Europe/Atlantis' },
      { assetId: 't3', modelId: 'm', tags: { 'a::b': 'x' }, attributes: { big: 2 ** 53 + 2 } },
      { assetId: 't4', modelId: 'm', name: 'a\u0000b' },
      { assetId: 't5', modelId: 'm', attributes: { text: '\ud800' } },
      { assetId: 't6', modelId: 'm' },
      { assetId: 't6', modelId: 'm' },
      7,
    ],
    trees: { treeId: 'x' },
    things: [],
    removed: { assets: ['t6', ''] },
  });
  assert.deepEqual(told.toSorted(), [
    'ASSET_ENTRY_TWICE /assets/6',
    'ASSET_ENTRY_TWICE /removed/assets/0',
    'FIELD_INVALID /assets/0/modelId',
    'FIELD_INVALID /assets/1/timezone',
    'FIELD_INVALID /assets/2/attributes/big',
    'FIELD_INVALID /assets/2/tags/a::b',
    'FIELD_INVALID /assets/3/name',
    'FIELD_INVALID /assets/3/name',
    'FIELD_INVALID /assets/4/attributes/text',
    'FIELD_INVALID /assets/7',
    'FIELD_INVALID /models/0/modelId',
    'FIELD_INVALID /models/1/points/0/dataType',
    'FIELD_INVALID /models/1/points/0/scale',
    'FIELD_INVALID /removed/assets/1',
    'FIELD_INVALID /things',
    'FIELD_INVALID /trees',
  ]);
});

test('more problems than anybody reads are counted', () => {
  const { problems } = json({ assets: Array.from({ length: 1000 }, () => 7) });
  assert.deepEqual([problems.issues.length, problems.total], [MAX_PROBLEMS, 1000]);
});

test('a CSV file has a column for each field, attribute and tag', () => {
  const { patch, told } = csv(
    'assets',
    '\ufeffassetId;modelId;name;timezone;attribute:mw:number;attribute:off:boolean;attribute:maker;tag:site',
    't1;m;"Turbine; ""one""";Europe/Berlin;2.5;true;007;north',
    '',
    't2;m;;;;;;',
  );
  assert.deepEqual(told, []);
  assert.deepEqual(
    patch.assets.map(({ value }) => value),
    [
      {
        assetId: 't1',
        modelId: 'm',
        name: 'Turbine; "one"',
        timezone: 'Europe/Berlin',
        attributes: { mw: 2.5, off: true, maker: '007' },
        tags: { site: 'north' },
      },
      { assetId: 't2', modelId: 'm' },
    ],
  );
  const points = csv('points', 'modelId,pointId,hasQuality,tag:kind', 'm,p,TRUE,x');
  assert.deepEqual(points.patch.points[0]?.value, {
    modelId: 'm',
    pointId: 'p',
    hasQuality: true,
    tags: { kind: 'x' },
  });
  assert.equal(csv('nodes', 'treeId\tassetId\tparentId', 't\ta\tb').patch.nodes.length, 1);
  assert.equal(csv('models', 'modelId,parentId', 'a,', 'b,a').patch.models.length, 2);
});

test('what is wrong in a CSV file is told with line and column', () => {
  const { problems } = csv(
    'assets',
    'assetId,modelId,attribute:mw:number,timezone',
    't1,m,1,+08:00',
    't2,m,a lot,+08:00',
    '"t3',
    'x",m,1,+08:00',
    't4,m,1',
    't5,,1,+08:00',
    't6,m,1,nowhere',
    't1,m,1,+08:00',
  );
  assert.deepEqual(
    problems.issues.map(({ path, message }) => [path, message.split(':')[0]]),
    [
      ['/3/attribute:mw:number', 'Line 3, column "attribute'],
      ['/6', 'Line 6'],
      ['/5/assetId', 'Line 5, column "assetId"'],
      ['/7/modelId', 'Line 7, column "modelId"'],
      ['/8/timezone', 'Line 8, column "timezone"'],
      ['/9', 'Line 9'],
    ],
  );
  assert.deepEqual(csv('assets', '').told, ['CSV_INVALID /1']);
  assert.deepEqual(csv('nodes', 'assetId,assetId,colour').told, [
    'CSV_COLUMN_UNKNOWN /1/assetId',
    'CSV_COLUMN_UNKNOWN /1/colour',
    'CSV_COLUMN_UNKNOWN /1',
  ]);
  assert.deepEqual(csv('models', 'modelId', '"a').told, ['CSV_INVALID /2']);
});

test('whatever is imported: there is a patch without problems, or problems with places; nothing is thrown', () => {
  const lists = fc.dictionary(fc.constantFrom('models', 'assets', 'trees', 'nodes', 'removed', 'x'), fc.jsonValue());
  fc.assert(
    fc.property(lists, (file) => {
      const { problems } = json(file as JsonValue);
      assert.ok(problems.issues.every(({ path }) => path === '' || path.startsWith('/')));
    }),
  );
  const text = fc.string({
    unit: fc.constantFrom(...'assetId,modelId\n\r";\t'.split(''), 'assetId,modelId\n', '"', 'é'),
  });
  fc.assert(
    fc.property(fc.constantFrom(...CSV_KINDS), text, (kind, file) => {
      const { problems } = csv(kind, file);
      assert.ok(problems.issues.every(({ path }) => /^\/\d+(\/|$)/.test(path)));
    }),
  );
});
