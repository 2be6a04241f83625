import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateConfig } from '@penstock/testkit/operator';
import { recordFilter } from './operator.ts';

test('what is wrong with an expression is told at its row and place', () => {
  const filters = [
    { filterExpression: 'value > 1', outputMeasurementId: 'm' },
    { filterExpression: "value > 1 && assetTags('x')", outputMeasurementId: '' },
  ];
  const { issues } = validateConfig(recordFilter, { filters });
  assert.deepEqual(
    issues.map(({ path, at, message }) => [path.replace(/^.*\/value/, ''), at, message]),
    [
      [
        '/1/filterExpression',
        { offset: 13, length: 9 },
        'At 13: The function "assetTags" is not known. Did you mean assetTag(key)?',
      ],
    ],
  );
});
