import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compilePlan } from '@penstock/engine';
import { createRegistry, operators } from '@penstock/operators';
import { benchCases } from './operator-case.ts';
import { operatorDocument } from './operator-document.ts';

const LIBRARY = fileURLToPath(new URL('../../../packages/operators/src/library', import.meta.url));

test('every processor of the library is measured with a case of its own folder, and its document compiles', async () => {
  const cases = await benchCases(LIBRARY, operators);
  const registry = createRegistry(operators);
  const facts = { pipelineId: 'p1', orgId: 'o1', messageChannel: 0 } as const;
  const wanted = operators.filter(({ kind }) => kind === 'processor');
  for (const definition of wanted) {
    const one = cases.get(definition.id);
    assert.ok(one !== undefined && one.records.length > 0, `${definition.id} has no case with records`);
    const beside = one.beside.map(({ operator, config }) => {
      const found = operators.find(({ id }) => id === operator);
      assert.ok(found, operator);
      return { definition: found, config, lanes: ['out'], isWritten: false };
    });
    const stages = [...beside, { definition, config: one.config, lanes: one.lanes, isWritten: true }];
    const { plan, issues } = compilePlan(operatorDocument('in', 'out', stages), {
      registry,
      facts,
      sourcePartitions: 4,
    });
    assert.ok(plan, `${definition.id}: ${JSON.stringify(issues)}`);
  }
  assert.equal(cases.size, wanted.length);
});
