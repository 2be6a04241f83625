import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { OperatorDefinition, OperatorRegistry } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';
import { folderOfOperator, type ShownCase } from './case-files.ts';
import { testPipeline, validateConfig } from './operator-harness.ts';

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

/** The text of all files of a folder that are no tests. */
const sourcesOf = (folder: string): string =>
  globSync('**/*.ts', { cwd: folder })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');

const ENGINE = dirname(fileURLToPath(import.meta.resolve('@penstock/engine')));

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

/** What is asked of all operators together. */
export const testOperatorNames = (
  operators: readonly OperatorDefinition[],
  registry: OperatorRegistry,
  library: string,
): void => {
  test('names are unique and follow the rules', () => {
    const ids = new Set<string>();
    for (const definition of operators) {
      assert.match(definition.id, /^[a-z]+(-[a-z]+)*$/);
      assert.ok(!ids.has(definition.id));
      ids.add(definition.id);
      assert.ok(
        existsSync(join(library, folderOfOperator(definition.id), 'operator.ts')),
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
};

/** What is asked of every definition: texts, schema, what it declares, and how it takes options. */
export const testDefinition = (
  definition: OperatorDefinition,
  examples: readonly ShownCase[],
  library: string,
): void => {
  test(`${definition.id}: texts and schema are complete`, () => {
    assert.match(definition.summary, /^[A-Z].*\.$/);
    assert.match(definition.description, /\S.*\.$/s);
    assert.ok(definition.keywords.length > 0);
    checkFields(definition.config as SchemaNode, definition.id);
  });

  test(`${definition.id}: errors and drops are declared, and what is declared is made somewhere`, () => {
    const own = sourcesOf(join(library, folderOfOperator(definition.id)));
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
      own + [join(library, '../shared'), join(ENGINE, 'task'), join(ENGINE, 'record')].map(sourcesOf).join('\n');
    const elsewhere = ['EXPRESSION_FAILED', 'KAFKA_RECORD_TOO_LARGE'];
    for (const name of declared)
      assert.ok(elsewhere.includes(name) || everything.includes(`'${name}'`), `nothing makes ${name}`);
  });

  test(`${definition.id}: every example validates, and so does it with its defaults filled in`, () => {
    assert.ok(examples.length > 0);
    for (const example of examples) {
      const { config, issues } = validateConfig(definition, example.config);
      assert.deepEqual(issues, [], example.title);
      const again = validateConfig(definition, config);
      assert.deepEqual([again.config, again.issues], [config, issues]);
    }
  });

  test(`${definition.id}: wrong types are issues with pointers, never exceptions`, () => {
    const names = Object.keys(definition.config.properties);
    for (const value of [7, 'text', true, [], {}, [7], [{}], [[]], { a: 1 }, 'x'.repeat(300_000)] as JsonValue[])
      for (const name of names) {
        const config = { ...(examples[0]?.config ?? {}), [name]: value };
        for (const issue of validateConfig(definition, config).issues)
          assert.match(issue.path, /^\/stages\/0\/configuration(\/\d+\/value(\/.*)?)?$/);
      }
  });

  if (definition.kind === 'source' || definition.kind === 'target') {
    test(`${definition.id}: examples say what is read or written`, () => {
      for (const example of examples) {
        const { config } = validateConfig(definition, example.config);
        if (definition.kind === 'source')
          assert.ok(['topic', 'inline', 'clock'].includes(definition.source(config as never, testPipeline).kind));
        else {
          const { promise } = definition.target(config as never, testPipeline);
          assert.ok(['exactly-once', 'idempotent', 'at-least-once'].includes(promise));
        }
      }
    });
  }
};
