import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runOperator, validateConfig } from '@penstock/testkit/operator';
import { offLimitTagger } from './operator.ts';

const row = (outputPoint: string, openClose: string, minMax: string) => ({
  inputPoint: 'm::p',
  openClose,
  minMax,
  outputPoint,
});
const record = { modelId: 'm', modelIdPath: '/m', assetId: 'a', pointId: 'p', time: 1, value: 7 };

test('a record several rows apply to comes out once per row, each with its own limits', async () => {
  const { output } = await runOperator(
    offLimitTagger,
    { inputOutput: [row('m::low', '(-∞,y]', '5'), row('m::high', '[x,+∞)', '8'), row('m::p', '(-∞,+∞)', '')] },
    [record],
  );
  assert.deepEqual(
    output.map(({ pointId, dq, attr }) => [pointId, dq, (attr as { isOutlier: boolean }).isOutlier]),
    [
      ['low', 9, true],
      ['high', 17, true],
      ['p', 0, false],
    ],
  );
});

test('limits that are none are named in the row', () => {
  const { issues } = validateConfig(offLimitTagger, {
    inputOutput: [row('m::p', '[x,y]', '5'), row('p', '<x,y>', '1,2')],
  });
  assert.deepEqual(
    issues.map((issue) => issue.path),
    ['/stages/0/configuration/0/value/1/openClose'],
  );
  const second = validateConfig(offLimitTagger, { inputOutput: [row('m::p', '[x,y]', '5'), row('p', '[x,y]', '1,2')] });
  assert.deepEqual(
    second.issues.map((issue) => issue.path),
    ['/stages/0/configuration/0/value/1/outputPoint', '/stages/0/configuration/0/value/0/minMax'],
  );
});
