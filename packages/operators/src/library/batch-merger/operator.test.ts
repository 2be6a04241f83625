import assert from 'node:assert/strict';
import { test } from 'node:test';
import { termsOf } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { runOperator, validateConfig } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { MAX_MERGED } from '../../shared/merged-records.ts';
import { batchMerger } from './operator.ts';

const record = (fields: JsonObject): JsonObject => ({ modelId: 'm', modelIdPath: '/m', pointId: 'p', ...fields });
const table = (...points: [string, string][]) => ({
  inputOutput: points.map(([input, output]) => ({ inputPoint: `m::${input}`, outputPoint: `m::${output}` })),
});
const crossBatch = ({ attr }: JsonObject): JsonValue | undefined => (isJsonObject(attr) ? attr.crossBatch : undefined);
const groupsOf = (records: readonly JsonObject[]) =>
  records.map((one) => {
    const merged = crossBatch(one);
    const { key, groupedRecords } = isJsonObject(merged) ? merged : {};
    return { point: one.pointId, n: one.n, key, members: (groupedRecords as JsonObject[]).map(({ n }) => n) };
  });

test('each record is in the group of its key and output point, whatever comes together', async () => {
  const rows: [string, string][] = [
    ['p', 'a'],
    ['q', 'a'],
    ['q', 'b'],
  ];
  const given = fc.record({
    pointId: fc.constantFrom('p', 'q', 'other'),
    assetId: fc.constantFrom<JsonValue>('x', 'y', 7, '7', null),
    site: fc.constantFrom<JsonValue>('s', 's::x', ''),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(given, { maxLength: 20 }), async (fields) => {
      const input = fields.map((each, n) => record({ ...each, n }));
      const config = { ...table(...rows), fields: ['/assetId', '/site'] };
      const { output, dropped, errors } = await runOperator(batchMerger, config, input);
      // A second way to the same: for each record, whether it is the last of its kind, and who is of its kind.
      const isKeyed = ({ assetId, site }: JsonObject) => assetId !== null && site !== '';
      const keyOf = ({ assetId, site }: JsonObject) => `${assetId}\n${site}`;
      const outputsOf = ({ pointId }: JsonObject) => rows.filter(([point]) => point === pointId).map(([, to]) => to);
      const good = input.filter((each) => outputsOf(each).length > 0 && isKeyed(each));
      const expected = good.flatMap((each) =>
        outputsOf(each).flatMap((point) => {
          const kind = good.filter((other) => outputsOf(other).includes(point) && keyOf(other) === keyOf(each));
          if (kind.at(-1) !== each) return [];
          return [{ point, n: each.n, key: `${each.assetId}::${each.site}`, members: kind.map(({ n }) => n) }];
        }),
      );
      assert.deepEqual(groupsOf(output), expected);
      const lasts = new Set(expected.map(({ n }) => n));
      assert.deepEqual(
        dropped.map(({ record: { n }, reason }) => [n, reason]).sort(byNumber),
        input
          .filter((each) => outputsOf(each).length === 0 || (isKeyed(each) && !lasts.has(each.n)))
          .map((each) => [each.n, outputsOf(each).length === 0 ? 'not-selected' : 'merged-into-group']),
      );
      assert.deepEqual(
        errors.map(({ record: { n }, code }) => [n, code]),
        input.filter((each) => outputsOf(each).length > 0 && !isKeyed(each)).map(({ n }) => [n, 'KEY_NOT_VALID']),
      );
    }),
    { numRuns: 100 },
  );
});

const byNumber = ([one]: (JsonValue | undefined)[], [other]: (JsonValue | undefined)[]): number =>
  Number(one) - Number(other);

test('records of a group are as they came, also where one of them goes on under two names', async () => {
  const input = [record({ assetId: 'x', value: 1, n: 0 })];
  const { output } = await runOperator(batchMerger, table(['p', 'a'], ['p', 'b']), input);
  assert.deepEqual(
    output.map((each) => [each.pointId, crossBatch(each)]),
    ['a', 'b'].map((point) => [point, { groupedRecords: input, enableCache: false, key: 'x' }]),
  );
});

test('a key may be an expression', async () => {
  const config = {
    ...table(['p', 'a']),
    keyGenerateMethod: 'By EL Expression',
    expression: "${str:toUpper(record:value('/assetId'))}",
  };
  const input = ['x', 'X', 'y'].map((assetId, n) => record({ assetId, n }));
  assert.deepEqual(groupsOf((await runOperator(batchMerger, config, input)).output), [
    { point: 'a', n: 1, key: 'X', members: [0, 1] },
    { point: 'a', n: 2, key: 'Y', members: [2] },
  ]);
});

test('only the way that is chosen is looked at, and decides how records are brought together', () => {
  const read = (config: JsonObject) => validateConfig(batchMerger, { ...table(['p', 'a']), ...config });
  const by = (config: JsonObject) => termsOf(batchMerger.requires?.(read(config).config as never));
  const wrong = { fields: ['a//b'], expression: '${nothing()}' };
  const isGood = (config: JsonObject) => read(config).issues.length === 0;
  assert.ok(!isGood({ ...wrong, expression: '/assetId' }) && isGood({ ...wrong, fields: ['/assetId'] }));
  const expression = { keyGenerateMethod: 'By EL Expression' };
  assert.ok(!isGood({ ...expression, ...wrong }) && isGood({ ...expression, ...wrong, expression: '/assetId' }));
  assert.deepEqual([by({ fields: ['/assetId', '/attr/x'] }), by(expression)], [['assetId', '/attr/x'], ['assetId']]);
});

test('a group that one record cannot hold is an error of each of its records, and of no others', async () => {
  const text = 'x'.repeat(MAX_MERGED / 2);
  const input = [{ assetId: 'x', text }, { assetId: 'y' }, { assetId: 'x', text }].map(record);
  const { output, errors, dropped } = await runOperator(batchMerger, table(['p', 'a']), input);
  assert.deepEqual(
    [output.length, dropped, errors.map(({ code }) => code)],
    [1, [], ['MERGED_RECORDS_TOO_LARGE', 'MERGED_RECORDS_TOO_LARGE']],
  );
});

test('what another group made of a record goes on, although one of its groups is too large', async () => {
  const text = 'x'.repeat(MAX_MERGED / 2);
  const input = [
    { pointId: 'p', text, n: 0 },
    { pointId: 'p', text, n: 1 },
    { pointId: 'r', n: 2 },
    { pointId: 'q', n: 3 },
  ].map((fields) => record({ assetId: 'x', ...fields }));
  const { output, errors, dropped } = await runOperator(
    batchMerger,
    table(['p', 'a'], ['q', 'a'], ['q', 'b'], ['r', 'b']),
    input,
  );
  assert.deepEqual(groupsOf(output), [{ point: 'b', n: 3, key: 'x', members: [2, 3] }]);
  assert.deepEqual(
    errors.map(({ record: { pointId, n } }) => [pointId, n]),
    [
      ['p', 0],
      ['p', 1],
      ['q', 3],
    ],
  );
  assert.deepEqual(
    dropped.map(({ record: { n }, reason }) => [n, reason]),
    [[2, 'merged-into-group']],
  );
});
