import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@penstock/model';
import { parse } from 'yaml';
import { operators } from '../registry.ts';
import { OperatorHarness } from './run-operator.ts';

/**
 * Golden cases: files `{operator}/cases/*.yaml`. Each file holds cases with a configuration and steps; a step sends
 * records, lets the clock tick or restarts the stage from its stored state, and says what comes out. Fields common to
 * all records of a case stand under `record`.
 */
interface Case {
  readonly title: string;
  readonly config: JsonObject;
  readonly record?: JsonObject;
  readonly steps: readonly {
    readonly send?: readonly JsonObject[];
    /** Unix ms. */
    readonly tick?: number;
    readonly restart?: boolean;
    readonly out?: readonly JsonObject[];
    readonly dropped?: readonly string[];
    readonly errors?: readonly string[];
  }[];
}

const source = fileURLToPath(new URL('..', import.meta.url));

for (const file of globSync('library/*/cases/*.yaml', { cwd: source }).sort()) {
  const id = basename(dirname(dirname(file)));
  const cases = parse(readFileSync(`${source}/${file}`, 'utf8')) as Case[];
  for (const { title, config, record = {}, steps } of cases)
    test(`${id}, ${basename(file, '.yaml')}: ${title}`, async (t) => {
      const definition = operators.find((operator) => operator.id === id);
      assert.ok(definition?.kind === 'processor');
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
