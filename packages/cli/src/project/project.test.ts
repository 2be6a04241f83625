import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { run } from '../run.ts';
import { fillIn } from './folder/parameters.ts';
import { readProject } from './folder/read-project.ts';

const DEMO = join(import.meta.dirname, '..', '..', '..', '..', 'dev', 'src', 'demo');
const DOCUMENT = JSON.parse(readFileSync(join(DEMO, 'pipelines/wind-farm/pipeline.json'), 'utf8')) as JsonObject;

/** A project with these files; what is no text is written as JSON. */
const folderWith = (t: TestContext, files: Readonly<Record<string, unknown>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-project-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, held] of Object.entries({ 'penstock.yaml': 'formatVersion: 1\n', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof held === 'string' ? held : JSON.stringify(held));
  }
  return folder;
};

const call = async (args: readonly string[], cwd = '/'): Promise<{ code: number; text: string }> => {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const output = { isTTY: false, columns: 80, write };
  const signal = new AbortController().signal;
  const code = await run(args, { output, environment: {}, cwd, signal }, write);
  return { code, text };
};

test('the cases of the demo’s pipeline pass, offline', async () => {
  const { code, text } = await call(['test', DEMO]);
  assert.equal(code, 0, text);
  assert.match(text, /^5 passed, 0 failed$/m);
});

test('a case says what comes in by which of several data sources', async (t) => {
  const config = DOCUMENT.pipelineConfig as JsonObject;
  const [source, first, ...rest] = config.stages as JsonObject[];
  assert.ok(source !== undefined && first !== undefined);
  const topic = { name: 'kafkaConfigBean.topic', value: 'MEASURE_POINT_ORIGIN_test' };
  const second = { ...source, instanceName: 'Second_01', configuration: [topic], outputLanes: ['secondLane'] };
  const joined = { ...first, inputLanes: [...(first.inputLanes as string[]), 'secondLane'] };
  const record =
    '{ orgId: o1, modelId: WindTurbine, modelIdPath: /a, assetId: a1, pointId: unknown, time: 1, value: 1 }';
  const folder = folderWith(t, {
    'pipelines/a/pipeline.json': {
      ...DOCUMENT,
      pipelineConfig: { ...config, stages: [source, second, joined, ...rest] },
    },
    'pipelines/a/cases/one.yaml': [
      '- title: each its own',
      `  inputs: { ${source.instanceName}: [${record}], Second_01: [no record, ${record}] }`,
      `  output: { ${source.instanceName}: [${record}], Second_01: [${record}] }`,
      `  dropped: { ${first.instanceName}: { not-selected: 2 } }`,
      '  deadLetters: { Second_01: [RECORD_NOT_JSON] }',
      '- title: a stranger',
      '  inputs: { Third_01: [] }',
      '- title: both kinds',
      '  input: []',
      '  inputs: { Second_01: [] }',
    ].join('\n'),
  });
  const { code, text } = await call(['test', folder]);
  assert.equal(code, 1);
  assert.match(text, /^1 passed, 2 failed$/m, text);
  assert.match(text, /there is no data source "Third_01", but: EDHKafkaConsumer_\d+, Second_01/);
  assert.match(text, /a step has "input" or, of several sources, "inputs"/);
});

test('a case that fails says where it stands and what differs, in the terminal and as JUnit', async (t) => {
  const folder = folderWith(t, {
    'pipelines/a/pipeline.json': DOCUMENT,
    'pipelines/a/cases/one.yaml': [
      '- title: lost <here>',
      '  input:',
      '    - { orgId: o1, modelId: WindTurbine, modelIdPath: /a, assetId: a1, pointId: unknown, time: 1, value: 1 }',
      '  output:',
      '    Nobody: []',
      '- title: passes',
      '  input: []',
    ].join('\n'),
  });
  const { code, text } = await call(['test', folder, '--junit', 'junit.xml'], folder);
  assert.equal(code, 1);
  assert.match(text, /^FAILED {2}a: lost <here> \(pipelines\/a\/cases\/one\.yaml:1\)$/m);
  assert.match(text, /there is no stage "Nobody", but: EDHKafkaConsumer_01, /);
  assert.match(
    text,
    /dropped by PointSelector_01\n\s+expected {}, but got {"not-selected":1}\n\s+not-selected: {"orgId/,
  );
  assert.match(text, /^1 passed, 1 failed$/m);
  const xml = readFileSync(join(folder, 'junit.xml'), 'utf8');
  assert.match(xml, /<testsuites name="penstock test" tests="2" failures="1" errors="0" time="[\d.]+">/);
  assert.match(xml, /<testsuite name="a" tests="2" failures="1" errors="0" time="[\d.]+">/);
  assert.match(
    xml,
    /<testcase classname="a" name="lost &lt;here&gt;" time="[\d.]+">\s+<failure type="difference" message=/,
  );
});

test('a folder without cases does not look tested, and a document that does not compile fails its cases', async (t) => {
  const bare = folderWith(t, { 'pipelines/a/pipeline.json': DOCUMENT });
  assert.equal((await call(['test', bare])).code, 1);
  const broken = folderWith(t, {
    'pipelines/a/pipeline.yaml': 'pipelineConfig:\n  stages:\n    - instanceName: X_01\n      stageName: nobody\n',
    'pipelines/a/cases/one.yaml': '- title: any\n  input: []\n',
  });
  const { code, text } = await call(['test', broken], broken);
  assert.equal(code, 1);
  assert.match(
    text,
    /the document does not compile: pipelines\/a\/pipeline\.yaml:4 \/pipelineConfig\/stages\/0\/stageName: /,
  );
});

test('stages that go by reference data get what the case says, and a case that says nothing of it fails', async (t) => {
  const stage = (instanceName: string, label: string, inputLanes: string[], outputLanes: string[]) => ({
    ...{ instanceName, inputLanes, outputLanes, library: '', stageName: '', stageVersion: '1', configuration: [] },
    uiInfo: { label },
  });
  const document = {
    title: 'reader',
    stages: [
      stage('EDHKafkaConsumer_01', 'EDH Kafka Consumer', [], ['in']),
      stage('Normalizer_01', 'Normalizer', ['in'], ['out']),
      stage('Trash_01', 'Trash', ['out'], []),
    ],
  };
  const input = [{ modelId: 'm', payload: [{ assetId: 'x', time: 1, measurepoints: { a: 1, b: 2 } }] }];
  const out = { modelId: 'm', assetId: 'x', pointId: 'b', time: 1, value: 2, quality: 0, attr: {} };
  const folder = folderWith(t, {
    'pipelines/a/pipeline.json': { pipelineConfig: document },
    'pipelines/a/cases/one.json': [
      {
        title: 'says it',
        references: { lineage: { inputs: ['m::b'], outputs: [] } },
        input,
        output: { Normalizer_01: [out] },
        dropped: { Trash_01: { trash: 1 } },
      },
      { title: 'says nothing', input },
    ],
  });
  const { text } = await call(['test', folder]);
  assert.match(text, /a stage goes by the reference data "lineage": say in "references" what it is/);
  assert.match(text, /^1 passed, 1 failed$/m, text);
});

test('everything that is wrong with the files is told at once, by file, line and pointer', async (t) => {
  const folder = folderWith(t, {
    'penstock.yaml': 'formatVersion: 1\nenvironment: {}\n',
    'pipelines/a/pipeline.json': { ...DOCUMENT, messageChannel: 2 },
    'pipelines/a/cases/one.yaml': '- title: x\n  entries: []\n- title: [y]\n',
    'pipelines/b/pipeline.yaml': 'pipelineConfig: {\n',
    'pipelines/c/other.json': '{}',
  });
  const { code, text } = await call(['test', folder], folder);
  assert.equal(code, 2);
  const lines = text.split('\n');
  for (const wanted of [
    /^penstock\.yaml:2:1: \/environment: is not known here/,
    /^pipelines\/a\/pipeline\.json:1:\d+: \/messageChannel: /,
    /^pipelines\/a\/cases\/one\.yaml:2:3: \/0\/entries: is not known here/,
    /^pipelines\/a\/cases\/one\.yaml:3:3: \/1\/title: /,
    /^pipelines\/b\/pipeline\.yaml:\d+:\d+: not readable: /,
    /^pipelines\/c: there must be one pipeline\.json or pipeline\.yaml in it, and there is none/,
  ])
    assert.ok(
      lines.some((line) => wanted.test(line)),
      `${wanted}\n${text}`,
    );
});

test('parameters fill in documents; scripts and expressions keep their dollars', () => {
  const missing: string[] = [];
  const filled = fillIn(
    {
      a: '${param:n}',
      b: 'x-${param:name}-$${param:kept}',
      c: ['${param:list}'],
      d: '`${name}` ${record:value("/x")}',
      e: '${param:no}',
    },
    new Map<string, never>(Object.entries({ n: 3, name: 'y', list: [1] }) as never),
    (name, at) => missing.push(`${at} ${name}`),
  );
  assert.deepEqual(filled, {
    a: 3,
    b: 'x-y-${param:kept}',
    c: [[1]],
    d: '`${name}` ${record:value("/x")}',
    e: null,
  });
  assert.deepEqual(missing, ['/e no']);
});

test('an environment gives parameters, secrets come from variables, and what is missing is named', (t) => {
  const folder = folderWith(t, {
    'penstock.yaml':
      'formatVersion: 1\nenvironments:\n  test:\n    organization: o1\n    parameters: { topic: t }\n    secrets: { password: DB_PASSWORD }\n',
    'pipelines/p/pipeline.json': {
      name: 'P',
      pipelineConfig: { topic: '${param:topic}', password: '${param:password}' },
    },
  });
  const read = (environment: string | undefined, variables = {}) =>
    readProject({ cwd: folder, folder, environment, variables });
  const project = read('test', { DB_PASSWORD: 'hunter2' });
  assert.equal(project.organization, 'o1');
  assert.deepEqual(
    project.pipelines.map(({ name, document }) => [name, document]),
    [['P', { pipelineConfig: { topic: 't', password: 'hunter2' } }]],
  );
  assert.throws(() => read('test'), /"password" is to be in the environment variable DB_PASSWORD, which is not set/);
  assert.throws(() => read('prod'), /no environment "prod"; there are: test/);
  assert.throws(
    () => read(undefined),
    /pipeline\.json:1:\d+: \/pipelineConfig\/topic: there is no parameter "topic"; say by --env .*: test/,
  );
});

test('two folders with pipelines of one name are refused', (t) => {
  const folder = folderWith(t, {
    'pipelines/a/pipeline.json': { name: 'same', pipelineConfig: {} },
    'pipelines/b/pipeline.json': { name: 'same', pipelineConfig: {} },
  });
  assert.throws(
    () => readProject({ cwd: folder, folder, environment: undefined, variables: {} }),
    /pipelines\/b\/pipeline\.json:1:2: \/name: "same" is the pipeline of pipelines\/a\/pipeline\.json already/,
  );
});
