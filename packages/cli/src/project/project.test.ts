import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '../run.ts';
import { diffDocuments } from './diff-documents.ts';
import { junitOf } from './junit.ts';
import { fillIn } from './parameters.ts';
import { readProject } from './read-project.ts';

const DEMO = join(import.meta.dirname, '..', '..', '..', '..', 'dev', 'src', 'demo', 'pipelines');

const folderWith = (t: TestContext, files: Readonly<Record<string, unknown>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-project-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'environments'));
  for (const [name, value] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(value));
  return folder;
};

const call = async (args: readonly string[]): Promise<{ code: number; text: string }> => {
  let text = '';
  const write = (more: string): void => {
    text += more;
  };
  const output = { isTTY: false, columns: 80, write };
  const signal = new AbortController().signal;
  const code = await run(args, { output, environment: {}, cwd: '/', signal }, write);
  return { code, text };
};

test('the cases of the demo’s pipeline pass', async () => {
  const { code, text } = await call(['test', DEMO]);
  assert.equal(code, 0, text);
  assert.match(text, /^4 passed, 0 failed$/m);
});

test('a case that fails says what was expected, in the terminal and as JUnit', async (t) => {
  const document = JSON.parse(readFileSync(join(DEMO, 'wind-farm.json'), 'utf8'));
  const cases = { cases: [{ name: 'lost <here>', input: [{ pointId: 'unknown' }], output: { Nobody: [] } }] };
  const folder = folderWith(t, { 'a.json': document, 'a.cases.json': cases });
  const junit = join(folder, 'junit.xml');
  const { code, text } = await call(['test', folder, '--junit', junit]);
  assert.equal(code, 1);
  assert.match(text, /there is no stage "Nobody"/);
  const xml = readFileSync(junit, 'utf8');
  assert.match(xml, /<testsuites tests="1" failures="1"/);
  assert.match(xml, /name="lost &lt;here&gt;"/);
  assert.equal((await call(['test', folderWith(t, { 'a.json': document })])).code, 1, 'no cases are not a success');
});

test('parameters fill in documents, and one that is missing is named with where it stands', (t) => {
  const document = { pipelineConfig: { a: '${n}', b: 'x-${name}-$${kept}', c: ['${list}'] } };
  assert.deepEqual(fillIn(document, { n: 3, name: 'y', list: [1] }, 'f'), {
    pipelineConfig: { a: 3, b: 'x-y-${kept}', c: [[1]] },
  });
  const folder = folderWith(t, { 'p.json': document, 'environments/test.json': { n: 1 } });
  assert.throws(
    () => readProject('/', folder, 'test'),
    /p\.json\/pipelineConfig\/b: the environment has no parameter "name"/,
  );
});

test('a diff says stage by stage what happens to state', () => {
  const stage = (instanceName: string, stageName: string, value: unknown) => ({
    instanceName,
    stageName,
    configuration: [{ name: 'limit', value }],
    uiInfo: { xPos: Math.random() },
  });
  const document = (...stages: ReturnType<typeof stage>[]) =>
    JSON.parse(JSON.stringify({ pipelineConfig: { stages } }));
  const before = document(stage('A', 'x', 1), stage('B', 'x', 1), stage('C', 'x', 1));
  assert.deepEqual(diffDocuments(before, document(stage('A', 'x', 1), stage('B', 'x', 1), stage('C', 'x', 1))), []);
  const changes = diffDocuments(before, document(stage('A', 'x', 2), stage('B', 'y', 1), stage('D', 'x', 1)));
  assert.deepEqual(
    changes.map(({ stage: name, kind, what }) => [name, kind, what]),
    [
      ['A', 'changed', ['limit']],
      ['B', 'replaced', ['x becomes y']],
      ['D', 'added', []],
      ['C', 'removed', []],
    ],
  );
});

test('JUnit holds no character that XML cannot', () => {
  const xml = junitOf([{ pipeline: 'p', name: 'a\u0001b', durationMs: 5, differences: ['"<&>"'] }]);
  assert.match(xml, /name="a\ufffdb"/);
  assert.match(xml, /&quot;&lt;&amp;&gt;&quot;/);
});
