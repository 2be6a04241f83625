import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type OperatorDefinition, StreamRecord } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { operators, shownCases } from '../generated/operators.ts';
import { createRegistry } from '../registry.ts';
import type { ShownCase } from '../shared/shown-case.ts';
import { OperatorHarness, type OperatorRun, runOperator, testPipeline, validateConfig } from './run-operator.ts';

/** The rules every operator keeps, whatever it does. An operator that is added is tested without a line here. */

interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly ui?: {
    readonly options?: Readonly<Record<string, string>>;
    readonly dependsOn?: { readonly field: string };
  };
}

const examplesOf = (id: string): readonly ShownCase[] => shownCases[id] ?? [];

const source = fileURLToPath(new URL('..', import.meta.url));
/** The text of all files of a folder that are no tests. */
const sourcesOf = (folder: string): string =>
  globSync('**/*.ts', { cwd: join(source, folder) })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(source, folder, file), 'utf8'))
    .join('\n');

/** What came out of a run must be declared, or be the engine's own. */
const assertDeclared = (definition: OperatorDefinition, run: OperatorRun): void => {
  const codes = new Set((definition.errors ?? []).map(({ code }) => code));
  const reasons = new Set((definition.drops ?? []).map(({ reason }) => reason));
  for (const { code, message } of run.errors) assert.ok(codes.has(code), `${code} is not declared: ${message}`);
  for (const { reason } of run.dropped) assert.ok(reasons.has(reason), `${reason} is not declared`);
};

const checkFields = (schema: SchemaNode, place: string): void => {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const at = `${place}.${name}`;
    assert.match(field.title ?? '', /\S/, `${at} has no title`);
    assert.match(field.description ?? '', /\S.*\.$/s, `${at} has no description that is a sentence`);
    if (field.enum !== undefined) {
      assert.deepEqual(Object.keys(field.ui?.options ?? {}), field.enum, `${at}: every value needs a title`);
      assert.ok(field.enum.includes(String(field.default)), `${at}: the default is not among the values`);
    }
    const dependsOn = field.ui?.dependsOn?.field;
    if (dependsOn !== undefined)
      assert.ok(schema.properties?.[dependsOn], `${at} depends on a field that is not there`);
    if (field.items !== undefined) checkFields(field.items, `${at}[]`);
  }
};

test('names are unique and follow the rules', () => {
  const registry = createRegistry(operators);
  const ids = new Set<string>();
  for (const definition of operators) {
    assert.match(definition.id, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(!ids.has(definition.id));
    ids.add(definition.id);
    assert.ok(
      existsSync(new URL(`../library/${definition.id}/operator.ts`, import.meta.url)),
      `${definition.id} has no folder`,
    );
    assert.match(
      definition.stageName,
      /^com_(penstock|streamsets_pipeline)_stage_(origin|processor|destination|devtest)_\w+$/,
    );
    assert.match(definition.instancePrefix, /^[A-Z][A-Za-z]+$/);
    const query = { stageName: '', library: '', stageVersion: '1', label: '', instanceName: '' };
    assert.equal(
      registry.resolve({ ...query, stageName: definition.stageName, library: definition.library }),
      definition,
    );
    for (const stageName of definition.stageNameAliases ?? [])
      assert.equal(registry.resolve({ ...query, stageName }), definition);
    assert.equal(registry.resolve({ ...query, label: ` ${definition.label.toUpperCase()} ` }), definition);
    assert.equal(registry.resolve({ ...query, label: `${definition.label} 2` }), definition);
    assert.equal(registry.resolve({ ...query, instanceName: `${definition.instancePrefix}_07` }), definition);
  }
  assert.equal(
    registry.resolve({ stageName: 'x', library: '', stageVersion: '', label: 'x', instanceName: 'PointSelector' }),
    undefined,
  );
});

for (const definition of operators) {
  test(`${definition.id}: texts and schema are complete`, () => {
    assert.match(definition.summary, /^[A-Z].*\.$/);
    assert.match(definition.description, /\S.*\.$/s);
    assert.ok(definition.keywords.length > 0);
    checkFields(definition.config as SchemaNode, definition.id);
  });

  test(`${definition.id}: errors and drops are declared, and what is declared is made somewhere`, () => {
    const own = sourcesOf(`library/${definition.id}`);
    const declared = [
      ...(definition.errors ?? []).map((one) => one.code),
      ...(definition.drops ?? []).map((one) => one.reason),
    ];
    for (const { when } of [...(definition.errors ?? []), ...(definition.drops ?? [])]) assert.match(when, /^\S.*\.$/);
    assert.equal(new Set(declared).size, declared.length);
    const made = [...own.matchAll(/\.(?:error|drop)\(\s*[^,()]+,\s*'([^']+)'/g)].map(([, name]) => name ?? '');
    assert.deepEqual(
      made.filter((name) => !declared.includes(name)),
      [],
    );
    const everything =
      own + sourcesOf('shared') + sourcesOf('../../engine/src/task') + sourcesOf('../../engine/src/record');
    const elsewhere = ['EXPRESSION_FAILED', 'KAFKA_RECORD_TOO_LARGE'];
    for (const name of declared)
      assert.ok(elsewhere.includes(name) || everything.includes(`'${name}'`), `nothing makes ${name}`);
  });

  test(`${definition.id}: every example validates, and so does it with its defaults filled in`, () => {
    assert.ok(examplesOf(definition.id).length > 0);
    for (const example of examplesOf(definition.id)) {
      const validated = validateConfig(definition, example.config);
      assert.deepEqual(validated.issues, [], example.title);
      const again = validateConfig(definition, validated.config);
      assert.deepEqual(again, validated);
    }
  });

  test(`${definition.id}: wrong types are issues with pointers, never exceptions`, () => {
    const names = Object.keys(definition.config.properties);
    for (const value of [7, 'text', true, [], {}, [7], [{}], [[]], { a: 1 }, 'x'.repeat(300_000)] as JsonValue[])
      for (const name of names) {
        const config = { ...(examplesOf(definition.id)[0]?.config ?? {}), [name]: value };
        for (const issue of validateConfig(definition, config).issues)
          assert.match(issue.path, /^\/stages\/0\/configuration(\/\d+\/value(\/.*)?)?$/);
      }
  });

  if (definition.kind === 'processor') {
    test(`${definition.id}: examples run as written`, async () => {
      for (const example of examplesOf(definition.id)) {
        const run = await runOperator(definition, example.config, example.input);
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
      const [example] = examplesOf(definition.id);
      assert.ok(example);
      const input = example.input.map((record, index) => ({ ...record, extra: { index } }));
      const { output, dropped, errors } = await runOperator(definition, example.config, input);
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
      const sample = examplesOf(definition.id)[0]?.input[0] as JsonObject;
      const input = names.flatMap((name) =>
        values.map(
          (value) =>
            JSON.parse(
              JSON.stringify({ ...sample, zz: 1 }).replace(
                /"zz":1/,
                `${JSON.stringify(name)}:${JSON.stringify(value)}`,
              ),
            ) as JsonObject,
        ),
      );
      const harness = await OperatorHarness.create(definition, examplesOf(definition.id)[0]?.config ?? {});
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
      for (const example of examplesOf(definition.id)) {
        const { config } = validateConfig(definition, example.config);
        const changes = definition.changes(config as never);
        if (changes === 'any' || definition.makesRecords === true) continue;
        const input = example.input.map((record, index): JsonObject => ({ ...record, index }));
        const { output } = await runOperator(definition, example.config, input);
        for (const record of output) {
          const source = input[Number(record.index)];
          assert.ok(source);
          for (const name of new Set([...Object.keys(record), ...Object.keys(source)]))
            if (!changes.includes(name)) assert.deepEqual(record[name], source[name], name);
        }
      }
    });

    test(`${definition.id}: lineage and selection name points`, () => {
      for (const example of examplesOf(definition.id)) {
        const { config } = validateConfig(definition, example.config);
        const lineage = definition.lineage?.(config as never);
        const selected = definition.selects?.(config as never);
        for (const { modelId, pointId } of [
          ...(lineage?.inputs ?? []),
          ...(lineage?.outputs ?? []),
          ...(selected ?? []),
        ]) {
          assert.notEqual(modelId, '');
          assert.notEqual(pointId, '');
        }
      }
    });

    test(`${definition.id}: closes twice`, async () => {
      const harness = await OperatorHarness.create(definition, examplesOf(definition.id)[0]?.config ?? {});
      await harness.close();
      await harness.close();
    });

    if (definition.state !== undefined) {
      test(`${definition.id}: stopped and resumed after any record, the output is the same`, async () => {
        for (const example of examplesOf(definition.id)) {
          const straight = await runOperator(definition, example.config, example.input);
          for (let cut = 0; cut <= example.input.length; cut++) {
            const before = await OperatorHarness.create(definition, example.config);
            await before.send(example.input.slice(0, cut));
            const stored = before.storedState();
            await before.close();
            const after = await OperatorHarness.create(definition, example.config, { stored });
            assert.deepEqual(after.storedState(), stored);
            await after.send(example.input.slice(cut));
            await after.close();
            assert.deepEqual([...before.run.output, ...after.run.output], straight.output);
          }
        }
      });

      test(`${definition.id}: records of another key do not touch the state of this one`, async () => {
        const [example] = examplesOf(definition.id);
        assert.ok(example);
        const { config } = validateConfig(definition, example.config);
        const keyFields = definition.state?.keyFields(config as never) ?? [];
        assert.ok(keyFields.length > 0);
        const harness = await OperatorHarness.create(definition, example.config);
        await harness.sendRecords(example.input.map((record) => StreamRecord.from(structuredClone(record))));
        assert.ok(harness.changedKeys().length > 0);
        await harness.send([{ pointId: 'nothing any example selects' }]);
        await harness.close();
        if (definition.lineage?.(config as never)?.inputs.length !== 0) assert.deepEqual(harness.changedKeys(), []);
      });
    }
  }

  if (definition.kind === 'source' || definition.kind === 'target') {
    test(`${definition.id}: examples say what is read or written`, () => {
      for (const example of examplesOf(definition.id)) {
        const { config } = validateConfig(definition, example.config);
        if (definition.kind === 'source')
          assert.ok(['topic', 'inline'].includes(definition.source(config as never, testPipeline).kind));
        else
          assert.ok(
            ['exactly-once', 'idempotent', 'at-least-once'].includes(
              definition.target(config as never, testPipeline).promise,
            ),
          );
      }
    });
  }
}
