import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { batchOf } from '../record/testing.ts';
import { documentOf } from '../testing/operators.ts';
import { headersOfMessage, openTask, planOf, record, written } from '../testing/tasks.ts';

const planBy = (operator: string, by: string[]) =>
  planOf(
    documentOf(
      { name: 's', operator: 'source', config: { partitionedBy: ['assetId'] } },
      { name: 'b', operator, config: { by }, from: ['s'] },
      { name: 't', operator: 'target', from: ['b'] },
    ),
  );

describe('records that are brought together by a key', () => {
  test('are an error of the stage where they have none, and their neighbours go on', async () => {
    const plan = planBy('together', ['/assetId', '/attr/site/id']);
    assert.deepEqual(plan.cuts, []);
    const { task, log } = await openTask(plan);
    await task.process(
      batchOf([record({ attr: { site: { id: 's1' } } }), record({}), record({ attr: { site: 3 } })]),
      0,
      3,
    );
    assert.deepEqual(
      written(log, 'output').map((text) => JSON.parse(text ?? '').key),
      [['a', 's1']],
    );
    const letters = log.messages.filter(({ topic }) => topic === 'dead').map(headersOfMessage);
    assert.deepEqual(
      letters.map((headers) => [headers['penstock.stage'], headers['penstock.code']]),
      [
        ['b', 'KEY_NOT_VALID'],
        ['b', 'KEY_NOT_VALID'],
      ],
    );
    assert.match(letters[0]?.['penstock.message'] ?? '', /"\/attr\/site\/id" is missing or empty/);
  });

  test('go through a cut by it although the stage behind keeps nothing; those without one go along', async () => {
    const { task, log } = await openTask(planBy('partition', ['/attr/site']));
    await task.process(batchOf([record({ attr: { site: 'north' } }), record({})]), 0, 2);
    assert.deepEqual(
      log.messages.filter(({ topic, value }) => topic === 'cut-0' && value !== null).map(({ key }) => key),
      ['north', ''],
    );
  });
});
