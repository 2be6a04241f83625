import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessorDefinition } from '@penstock/engine';
import type { ShownCase } from './case-files.ts';
import { type HarnessOptions, OperatorHarness, runOperator, validateConfig } from './operator-harness.ts';

/** What is asked of every processor with state: that its changelog holds all of it, and nothing of other keys. */
export const testState = (
  definition: ProcessorDefinition,
  examples: readonly ShownCase[],
  optionsOf: (example: ShownCase) => HarnessOptions,
): void => {
  test(`${definition.id}: stopped and resumed after any record, the output is the same`, async () => {
    for (const example of examples) {
      const straight = await runOperator(definition, example.config, example.input, optionsOf(example));
      for (let cut = 0; cut <= example.input.length; cut++) {
        const before = await OperatorHarness.create(definition, example.config, optionsOf(example));
        await before.send(example.input.slice(0, cut));
        const stored = await before.storedState();
        await before.close();
        const after = await OperatorHarness.create(definition, example.config, { ...optionsOf(example), stored });
        assert.deepEqual(await after.storedState(), stored);
        await after.send(example.input.slice(cut));
        await after.close();
        assert.deepEqual([...before.run.output, ...after.run.output], straight.output);
      }
    }
  });

  test(`${definition.id}: records of another key do not touch the state of this one`, async () => {
    const [example] = examples;
    assert.ok(example);
    const { config } = validateConfig(definition, example.config);
    assert.equal(definition.requires?.(config as never)?.kind, 'parts');
    const harness = await OperatorHarness.create(definition, example.config, optionsOf(example));
    await harness.send(example.input);
    assert.ok((await harness.changedKeys()).length > 0);
    await harness.send([{ pointId: 'nothing any example selects' }]);
    await harness.close();
    if (definition.lineage?.(config as never)?.inputs.length !== 0) assert.deepEqual(await harness.changedKeys(), []);
  });
};
