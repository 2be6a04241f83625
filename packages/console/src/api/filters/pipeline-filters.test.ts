import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PipelineState } from '@penstock/model';
import fc from 'fast-check';
import { countsOfTabs, isFiltered, queryOfFilters, readPipelineFilters, STATE_TABS } from './pipeline-filters.ts';

test('every state of a pipeline belongs to one tab', () => {
  assert.deepEqual(Object.values(STATE_TABS).flat().toSorted(), Object.values(PipelineState).toSorted());
});

test('an address that was written from filters is read as the same filters', () => {
  const filters = fc.record(
    {
      text: fc.string({ minLength: 1, maxLength: 50 }),
      state: fc.constantFrom('failed' as const, 'running' as const),
      mode: fc.constantFrom(0 as const, 1 as const),
      group: fc.string({ maxLength: 20 }),
      label: fc.string({ minLength: 1, maxLength: 20 }),
      sort: fc.constant('name' as const),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(fc.property(filters, (given) => assert.deepEqual(readPipelineFilters({ ...given }), given)));
});

test('whatever stands in an address, the list can be shown', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('text', 'state', 'mode', 'group', 'label', 'sort', 'x'), fc.jsonValue()),
      (search) => {
        const query = queryOfFilters(readPipelineFilters(search));
        assert.ok(query.sort === 'name' || query.sort === 'updated');
      },
    ),
  );
});

test('a tab asks for all states that count to it', () => {
  assert.deepEqual(queryOfFilters({ state: 'running', text: 'wind' }), {
    sort: 'updated',
    text: 'wind',
    status: 'STARTING,RUNNING',
  });
  assert.deepEqual(countsOfTabs({ RUNNING: 3, STARTING: 1, RUN_ERROR: 2 }), {
    all: 6,
    failed: 2,
    running: 4,
    paused: 0,
    stopped: 0,
    idle: 0,
  });
});

test('an order is no filter', () => {
  assert.deepEqual([isFiltered({ sort: 'name' }), isFiltered({ group: '' })], [false, true]);
});
