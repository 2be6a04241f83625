import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { besideOf, type HarnessOptions, needsRuntime, OperatorHarness } from '@penstock/testkit/operator';
import { operators, shownCases } from './generated/operators.ts';
import { lastRecordAppender } from './library/last-record-appender/operator.ts';
import { latePointTagger } from './library/late-point-tagger/operator.ts';
import { offLimitTagger } from './library/off-limit-tagger/operator.ts';

const ODD = '"serial":9223372036854775807,"price":1.10,"größe":[1.0,-0,{"n":12345678901234567890.50}]';

/** An example's record with more in it, as somebody else might have written it. */
const withOddities = (fields: JsonObject): string => {
  const { attr, ...rest } = fields;
  const entries = JSON.stringify(attr ?? {}).slice(1, -1);
  return `{${JSON.stringify(rest).slice(1, -1)},"attr":{"deviceId":9007199254740993${entries === '' ? '' : `,${entries}`}},${ODD}}`;
};

const textsOf = async (
  definition: Parameters<typeof OperatorHarness.create>[0],
  config: JsonObject,
  input: readonly string[],
  stages: Pick<HarnessOptions, 'lanes' | 'beside' | 'http' | 'assets' | 'trees' | 'models'> = {},
): Promise<string[]> => {
  const texts: string[] = [];
  const harness = await OperatorHarness.create(definition, config, {
    ...stages,
    onOutput: (record) => texts.push(record.toJson()),
  });
  await harness.sendTexts(input);
  await harness.close();
  return texts;
};

/** They make new records; all others pass on the ones they get. */
const MAKERS: readonly string[] = ['window', 'generate', 'format'];
/** Of other categories: what they put out are points of their own, with nothing of the records they follow from. */
const CALCULATORS: readonly string[] = ['energy-integrator', 'multi-point-calculator'];

for (const definition of operators) {
  if (definition.kind !== 'processor' || MAKERS.includes(definition.category) || needsRuntime(definition)) continue;
  if (CALCULATORS.includes(definition.id)) continue;
  test(`${definition.label} passes on the digits of what it does not change`, async () => {
    for (const { config, input, output, lanes, beside, http, assets, trees, models } of shownCases[definition.id] ??
      []) {
      const texts = await textsOf(definition, config, input.map(withOddities), {
        lanes,
        http,
        assets,
        trees,
        models,
        beside: besideOf(beside, operators),
      });
      assert.equal(texts.length, output.length);
      for (const text of texts) {
        assert.ok(text.includes(ODD), text);
        assert.ok(text.includes('"deviceId":9007199254740993'), text);
      }
    }
  });
}

test('a dq with bits beyond 2^53 gets one more and keeps the others', async () => {
  const record =
    '{"assetId":"a","modelId":"m","modelIdPath":"/m","pointId":"p","time":1,"value":9,"dq":9223372036854775296}';
  const config = { inputOutput: [{ inputPoint: 'm::p', minMax: '0,5', openClose: '[x,y]', outputPoint: 'm::p' }] };
  const [text] = await textsOf(offLimitTagger, config, [record]);
  assert.match(text ?? '', /"dq":9223372036854775305,/);
  const points = { inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::p' }] };
  const late = await textsOf(latePointTagger, points, [record, record.replace('"time":1', '"time":0')]);
  assert.match(late[0] ?? '', /"dq":9223372036854775296/);
  assert.match(late[1] ?? '', /"dq":9223372036854775301/);
});

test('an appended record has the digits it had as a record of its own', async () => {
  const of = (value: string): string =>
    `{"assetId":"ü","modelId":"m","modelIdPath":"/m","pointId":"p","time":1,"value":${value},"attr":{"n":1.10}}`;
  const config = { inputOutput: [{ inputPoint: 'm::p', conditions: '*', outputPoint: 'm::p' }] };
  const texts = await textsOf(lastRecordAppender, config, [of('9007199254740993'), of('1.0')]);
  assert.ok(texts[1]?.includes(`"lastRecordAppender":{"lastRecord":${of('9007199254740993')}}`), texts[1]);
});
