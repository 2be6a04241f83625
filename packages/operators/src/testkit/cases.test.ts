import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operators } from '../generated/operators.ts';
import { readCaseFiles } from './case-files.ts';
import { OperatorHarness, validateConfig } from './run-operator.ts';

for (const { id, name, cases } of readCaseFiles()) {
  const definition = operators.find((operator) => operator.id === id);
  for (const { title, config, record = {}, steps = [] } of cases)
    test(`${id}, ${name}: ${title}`, async (t) => {
      assert.ok(definition, `there is no operator ${id}`);
      if (definition.kind !== 'processor') {
        assert.deepEqual([validateConfig(definition, config).issues, steps], [[], []]);
        return;
      }
      let harness = await OperatorHarness.create(definition, config);
      t.after(() => harness.close());
      for (const [index, step] of steps.entries()) {
        const { output, dropped, errors } = harness.run;
        const before = [output.length, dropped.length, errors.length] as const;
        if (step.send !== undefined) await harness.send(step.send.map((fields) => ({ ...record, ...fields })));
        if (step.tick !== undefined) harness.tick(step.tick);
        const at = `step ${index + 1}`;
        assert.deepEqual(
          output.slice(before[0]),
          (step.out ?? []).map((fields) => ({ ...record, ...fields })),
          at,
        );
        assert.deepEqual(
          dropped.slice(before[1]).map(({ reason }) => reason),
          step.dropped ?? [],
          at,
        );
        assert.deepEqual(
          errors.slice(before[2]).map(({ code }) => code),
          step.errors ?? [],
          at,
        );
        if (step.restart === true) {
          const stored = harness.storedState();
          await harness.close();
          harness = await OperatorHarness.create(definition, config, { stored });
        }
      }
    });
}
