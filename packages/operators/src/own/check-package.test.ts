import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validateStageConfig } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import { operators } from '../generated/operators.ts';
import { createRegistry } from '../registry.ts';
import { operatorTitles, schemaInLanguage } from '../titles/in-language.ts';
import { checkPackage } from './check-package.ts';
import { ownDefinitions, packageHash } from './own-definition.ts';
import { isOwnLibrary } from './own-names.ts';
import { PACKAGE_FORMAT } from './package-schema.ts';

const operator = (more: JsonObject = {}): JsonObject => ({
  name: 'Dead Band',
  category: 'select',
  summary: 'Filters.',
  description: 'Filters.',
  options: {},
  changes: [],
  cases: [{ title: 'one', shown: true, config: {}, steps: [{}] }],
  code: 'function process(record, context) { context.emit(record); }',
  ...more,
});
const held = (more: JsonObject = {}, ...all: JsonObject[]): JsonObject => ({
  format: PACKAGE_FORMAT,
  name: 'acme',
  version: '1.0.0',
  operators: all.length === 0 ? [operator()] : all,
  ...more,
});
const text = (more: JsonObject = {}): JsonObject => ({ type: 'string', title: 'T', description: 'D.', ...more });
const issuesOf = (value: unknown) => checkPackage(value).issues.map(({ path, message }) => `${path} ${message}`);
const paths = (more: JsonObject): string[] =>
  checkPackage(held({}, operator(more))).issues.map(({ path }) => path.replace('/operators/0', ''));

test('a package that is right has no issues', () => {
  assert.deepEqual(issuesOf(held()), []);
  assert.deepEqual(
    paths({
      options: {
        by: text({ default: '/assetId' }),
        rows: { type: 'array', title: 'R', description: 'R.', items: { type: 'object', properties: { p: text() } } },
      },
      requires: ['/assetId', { option: 'by' }, "${record:value('/x')}"],
      stores: [{ name: 'last', version: 1, subKeys: 1, ranges: true }],
      lineage: { inputs: '/rows/*/p' },
    }),
    [],
  );
});

test('what is not as the schema says is told with its place, and nothing more is looked at', () => {
  for (const value of [
    null,
    7,
    'x',
    [],
    {},
    { operators: 1 },
    held({ operators: [] }),
    held({ more: 1 }),
  ] as JsonValue[])
    assert.ok(issuesOf(value).length > 0, JSON.stringify(value));
  assert.deepEqual(issuesOf(held({ zz: 1 })), ['/zz This is not known here.']);
  assert.deepEqual(paths({ options: { 'Not-a-name': text() } }), ['/options/Not-a-name']);
  assert.deepEqual(paths({ options: { a: text({ ui: { secret: true } }) } }), ['/options/a/ui/secret']);
  assert.deepEqual(paths({ code: '' }), ['/code']);
});

test('names that are not its own to give are refused', () => {
  for (const name of ['penstock-x', 'base', 'streamsets-lib', 'enos'])
    assert.match(issuesOf(held({ name })).join(), /^\/name .*would look like a library of Penstock/);
  assert.match(
    issuesOf(held({}, operator({ name: 'Point Selector' }))).join(),
    /^\/operators\/0\/name Penstock has an operator/,
  );
  assert.match(
    issuesOf(held({}, operator(), operator({ name: 'Dead band'.replace('b', 'B') }))).join(),
    /^\/operators\/1\/name/,
  );
  assert.deepEqual(paths({ options: { constructor: text(), toString: text(), stageOnRecordError: text() } }), [
    '/options/constructor',
    '/options/toString',
    '/options/stageOnRecordError',
  ]);
  assert.deepEqual(
    paths({
      errors: [
        { code: 'SCRIPT_FAILED', when: 'A.' },
        { code: 'OWN', when: 'A.' },
        { code: 'OWN', when: 'A.' },
      ],
    }),
    ['/errors/0/code', '/errors/2/code'],
  );
  assert.deepEqual(paths({ drops: [{ reason: 'not-selected', when: 'A.' }] }), ['/drops/0/reason']);
  const stores = ['constructor', 'schedules', 'a', 'a'].map((name) => ({ name, version: 1 }));
  assert.deepEqual(paths({ requires: ['/a'], stores }), ['/stores/0/name', '/stores/1/name', '/stores/3/name']);
});

test('members called __proto__, depth and size without end are refused wherever they stand', () => {
  const hostile = JSON.parse('{"format":"x","operators":[{"cases":[{"config":{"__proto__":{"a":1}}}]}]}');
  assert.deepEqual(issuesOf(hostile), [
    '/operators/0/cases/0/config/__proto__ "__proto__" is the name of nothing in a package.',
  ]);
  let deep: JsonValue = 1;
  for (let i = 0; i < 5000; i++) deep = [deep];
  assert.match(issuesOf(held({ description: deep })).join(), /nested 32 levels/);
  assert.match(issuesOf(held({ description: new Array(300_000).fill(0) })).join(), /200000 values/);
  assert.ok(
    paths({ options: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`o${i}`, text()])) }).length > 0,
  );
});

test('options say nothing that means nothing', () => {
  const option = (more: JsonObject): string[] =>
    paths({ options: { a: text(more) } }).map((path) => path.replace('/options/a', ''));
  assert.deepEqual(option({ minimum: 1 }), ['/minimum']);
  assert.deepEqual(option({ minLength: 5, maxLength: 2 }), ['/minLength']);
  assert.deepEqual(option({ default: 7 }), ['/default']);
  assert.deepEqual(option({ enum: ['A', 'B'], default: 'C', ui: { options: { A: 'a', B: 'b' } } }), ['/default']);
  assert.deepEqual(option({ enum: ['A'] }), ['/ui']);
  assert.deepEqual(option({ type: 'array' }), ['']);
  assert.deepEqual(option({ items: { type: 'string' } }), ['']);
  assert.deepEqual(option({ type: 'array', items: { type: 'object' } }), ['/items']);
  assert.deepEqual(option({ ui: { dependsOn: { field: 'b', values: [true] } } }), ['/ui/dependsOn/field']);
});

test('keys, stores, lineage and code that cannot be are told', () => {
  assert.deepEqual(paths({ requires: ['assetId', { option: 'none' }, '${'] }), [
    '/requires/0',
    '/requires/1/option',
    '/requires/2',
  ]);
  assert.deepEqual(paths({ stores: [{ name: 'a', version: 1 }] }), ['/stores/0']);
  assert.deepEqual(paths({ requires: ['/a', '/b'], stores: [{ name: 'a', version: 1, subKeys: 3 }] }), [
    '/stores/0/subKeys',
  ]);
  assert.deepEqual(paths({ requires: ['/a'], stores: [{ name: 'a', version: 1, ranges: true }] }), [
    '/stores/0/ranges',
  ]);
  assert.deepEqual(paths({ lineage: { inputs: '/none/*/p' } }), ['/lineage/inputs']);
  assert.deepEqual(paths({ code: 'function process( {' }), ['/code']);
  assert.deepEqual(paths({ code: 'import x from "fs"; function process() {}' }), ['/code']);
  assert.deepEqual(paths({ cases: [{ title: 'a', config: {}, steps: [{}] }] }), ['/cases']);
});

test('an operator is found by library, version and stage name alone, beside another version of it', () => {
  const registry = createRegistry(operators);
  const libraries = ['1.0.0', '1.1.0'].map((version) => {
    const { library } = checkPackage(held({ version }));
    assert.ok(library);
    return { library: `acme@${version}`, hash: packageHash(library), package: held({ version }) };
  });
  const both = registry.of?.({ ownLibraries: libraries });
  const query = {
    stageName: 'own_acme@1.1.0_DeadBand',
    library: 'acme@1.1.0',
    stageVersion: '1',
    label: 'Trash',
    instanceName: 'Trash_01',
  };
  assert.equal(both?.resolve(query)?.id, 'acme@1.1.0.dead-band');
  assert.equal(both?.resolve(query), registry.of?.({ ownLibraries: libraries })?.resolve(query));
  assert.equal(both?.resolve({ ...query, library: 'acme@1.0.0' }), undefined);
  assert.equal(both?.resolve({ ...query, library: 'acme@9.0.0' }), undefined);
  assert.equal(registry.resolve(query), undefined);
  assert.equal(both?.definitions.length, operators.length + 2);
  assert.deepEqual(
    libraries.map(({ package: each }) => {
      const { library } = checkPackage(each);
      return library && ownDefinitions(library)[0]?.keptAs;
    }),
    ['acme.dead-band', 'acme.dead-band'],
  );
  for (const name of ['acme', '0.4.0', 'acme@1', 'acme@01.0.0', 'Acme@1.0.0', 'penstock-operators-lib'])
    assert.ok(!isOwnLibrary(name), name);
});

test('a form is like those of other operators: bounded, with defaults, required where there is none, in Chinese', () => {
  const { library } = checkPackage(
    held(
      {},
      operator({
        zh: { label: '死区', summary: '过滤。', texts: { T: '标题', constructor: 'x' } },
        options: {
          a: text(),
          b: text({ default: 'x', title: 'constructor' }),
          n: { type: 'integer', title: 'N', description: 'N.', minimum: 1, default: 2 },
        },
      }),
    ),
  );
  assert.ok(library);
  const [definition] = ownDefinitions(library);
  assert.ok(definition);
  const stage = (rows: Record<string, JsonValue>) => ({
    instanceName: 'S',
    pointer: '/stages/0',
    configuration: new Map(Object.entries(rows)),
    configurationRows: new Map(Object.keys(rows).map((name, at) => [name, at])),
  });
  const facts = { pipelineId: 'p', orgId: 'o', messageChannel: 0 as const };
  assert.deepEqual(
    validateStageConfig(definition, stage({ n: 0 }), facts).issues.map(({ code, path }) => [code, path]),
    [
      ['STAGE_OPTION_REQUIRED', '/stages/0/configuration'],
      ['STAGE_OPTION_NOT_VALID', '/stages/0/configuration/0/value'],
    ],
  );
  assert.deepEqual(validateStageConfig(definition, stage({ a: 'y', n: '7' }), facts).config, { a: 'y', b: 'x', n: 7 });
  assert.equal(validateStageConfig(definition, stage({ a: 'y'.repeat(1001) }), facts).issues.length, 1);
  assert.equal(operatorTitles(definition, 'zh').label, '死区');
  const said = schemaInLanguage(JSON.parse(JSON.stringify(definition.config)), 'zh', definition);
  assert.deepEqual(
    Object.values(said.properties as Record<string, JsonObject>).map(({ title }) => title),
    ['标题', 'x', 'N'],
  );
});
