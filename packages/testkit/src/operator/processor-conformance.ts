import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProcessorDefinition } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { ShownCase } from './case-files.ts';
import {
  type HarnessOptions,
  OperatorHarness,
  type OperatorRun,
  runOperator,
  validateConfig,
} from './operator-harness.ts';

/** What came out of a run must be declared, or be the engine's own. */
const assertDeclared = (definition: ProcessorDefinition, run: OperatorRun): void => {
  const codes = new Set((definition.errors ?? []).map(({ code }) => code));
  const reasons = new Set((definition.drops ?? []).map(({ reason }) => reason));
  for (const { code, message } of run.errors) assert.ok(codes.has(code), `${code} is not declared: ${message}`);
  for (const { reason } of run.dropped) assert.ok(reasons.has(reason), `${reason} is not declared`);
};

/** Settings of the engine's own that keep every record of the test below out, each with the reason it is dropped for. */
const GATES: readonly (readonly [JsonObject, string])[] = [
  [{ stageRequiredFields: ['/no/such/field'] }, 'required-field'],
  [{ stageRecordPreconditions: ["${record:value('/quality') == 0}"] }, 'precondition'],
  [{ qualityFilter: 'GOOD_QUALITY' }, 'quality-filter'],
];

const start = (
  definition: ProcessorDefinition,
  examples: readonly ShownCase[],
  settings: JsonObject = {},
): Promise<OperatorHarness> => {
  const [example] = examples;
  assert.ok(example);
  const { config, lanes, references } = example;
  return OperatorHarness.create(definition, { ...config, ...settings }, { lanes, references });
};

const tally = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** What is asked of every processor: that each record ends as output, drop or declared error, whatever it is. */
export const testProcessor = (
  definition: ProcessorDefinition,
  examples: readonly ShownCase[],
  optionsOf: (example: ShownCase) => HarnessOptions,
): void => {
  test(`${definition.id}: examples run as written`, async () => {
    for (const example of examples) {
      const run = await runOperator(definition, example.config, example.input, optionsOf(example));
      assert.deepEqual(run.output, example.output, example.title);
      assertDeclared(definition, run);
      assert.deepEqual(
        run.errors.map((error) => error.code),
        example.errors ?? [],
      );
      assert.deepEqual(
        run.dropped.map((drop) => drop.reason),
        example.dropped ?? [],
      );
    }
  });

  test(`${definition.id}: records in are accounted for and other fields are kept`, async () => {
    const [example] = examples;
    assert.ok(example);
    const input = example.input.map((record, index) => ({ ...record, extra: { index } }));
    const { output, dropped, errors } = await runOperator(definition, example.config, input, optionsOf(example));
    for (const drop of dropped) assert.match(drop.reason, /^[a-z]+(-[a-z]+)*$/);
    for (const error of errors) {
      assert.match(error.code, /^[A-Z]+(_[A-Z]+)*$/);
      assert.notEqual(error.message, '');
    }
    if (definition.makesRecords === true) return;
    assert.equal(output.length + dropped.length + errors.length, input.length);
    const indexes = [...output, ...dropped.map((drop) => drop.record), ...errors.map((error) => error.record)].map(
      (record) => (isJsonObject(record.extra) ? record.extra.index : undefined),
    );
    assert.deepEqual(
      indexes.sort(),
      input.map((record) => record.extra.index),
    );
  });

  test(`${definition.id}: hostile records end as output, drop or error`, async () => {
    const values: JsonValue[] = [null, 7, -0, 1e308, 'text', '', true, [], {}, { constructor: 1 }, [[null]]];
    const names = [
      'assetId',
      'pointId',
      'modelId',
      'modelIdPath',
      'time',
      'value',
      'quality',
      'dq',
      'attr',
      '__proto__',
    ];
    const sample = examples[0]?.input[0] as JsonObject;
    const input = names.flatMap((name) =>
      values.map(
        (value) =>
          JSON.parse(
            JSON.stringify({ ...sample, zz: 1 }).replace(/"zz":1/, `${JSON.stringify(name)}:${JSON.stringify(value)}`),
          ) as JsonObject,
      ),
    );
    const harness = await start(definition, examples);
    await harness.send([...input, ...input, {}]);
    await harness.close();
    for (const error of harness.run.errors) assert.notEqual(error.code, 'STAGE_FAILED', error.message);
    assertDeclared(definition, harness.run);
    if (definition.makesRecords !== true) {
      const { output, dropped, errors } = harness.run;
      assert.equal(output.length + dropped.length + errors.length, input.length * 2 + 1);
    }
  });

  test(`${definition.id}: what it declares to change is all it changes`, async () => {
    for (const example of examples) {
      const { config } = validateConfig(definition, example.config);
      const changes = definition.changes(config as never);
      if (changes === 'any' || definition.makesRecords === true) continue;
      const input = example.input.map((record, index): JsonObject => ({ ...record, index }));
      const { output } = await runOperator(definition, example.config, input, optionsOf(example));
      for (const record of output) {
        const source = input[Number(record.index)];
        assert.ok(source);
        for (const name of new Set([...Object.keys(record), ...Object.keys(source)]))
          if (!changes.includes(name)) assert.deepEqual(record[name], source[name], name);
      }
    }
  });

  test(`${definition.id}: lineage and selection name points, or measurements`, () => {
    for (const example of examples) {
      const { config } = validateConfig(definition, example.config);
      const lineage = definition.lineage?.(config as never);
      const selected = definition.selects?.(config as never);
      for (const named of [...(lineage?.inputs ?? []), ...(lineage?.outputs ?? []), ...(selected ?? [])])
        assert.ok(
          Object.values(named).every((id) => id !== ''),
          JSON.stringify(named),
        );
    }
  });

  test(`${definition.id}: closes twice`, async () => {
    const harness = await start(definition, examples);
    await harness.close();
    await harness.close();
    assert.deepEqual(
      harness.logs.filter((line) => line.includes('could not be closed')),
      [],
    );
  });

  test(`${definition.id}: records that its stage is not to see do not reach it`, async () => {
    const [example] = examples;
    assert.ok(example);
    for (const [setting, reason] of GATES) {
      const harness = await start(definition, examples, setting);
      await harness.send(example.input.map((record) => ({ ...record, quality: 1 })));
      await harness.close();
      const { lookUps = {}, ...records } = harness.counters;
      for (const { requests } of Object.values(lookUps)) assert.equal(requests, 0);
      assert.deepEqual(records, {
        input: example.input.length,
        output: 0,
        errors: {},
        dropped: { [reason]: example.input.length },
      });
      assert.deepEqual(await harness.changedKeys(), []);
    }
  });

  test(`${definition.id}: its counters say what became of every record`, async () => {
    for (const example of examples) {
      const harness = await OperatorHarness.create(definition, example.config, optionsOf(example));
      await harness.send(example.input);
      await harness.close();
      const { output, dropped, errors } = harness.run;
      const { lookUps: _asked, ...records } = harness.counters;
      assert.deepEqual(records, {
        input: example.input.length,
        output: output.length,
        errors: tally(errors.map(({ code }) => code)),
        dropped: tally(dropped.map(({ reason }) => reason)),
      });
    }
  });
};
