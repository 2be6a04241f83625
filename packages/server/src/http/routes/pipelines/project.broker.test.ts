import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '@penstock/cli';
import { eq } from 'drizzle-orm';
import { createFreshStores } from '../../../runs/testing/fresh-store.ts';
import { pipelines } from '../../../store/schema.ts';
import { ADMIN_TOKEN } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

const freshStore = createFreshStores();

const stage = (instanceName: string, settings: Readonly<Record<string, unknown>>) => ({
  instanceName,
  stageName: 'x',
  configuration: Object.entries(settings).map(([name, value]) => ({ name, value })),
});
const documentOf = (limit: unknown, more: object = {}) => ({
  pipelineConfig: { stages: [stage('A_01', { limit })], ...more },
});

const DEMO = JSON.parse(
  readFileSync(new URL('../../../../../../dev/src/demo/pipelines/wind-farm/pipeline.json', import.meta.url), 'utf8'),
);

/** The command, at a service that listens, with a folder of pipelines. */
const fixture = async (t: TestContext) => {
  const api = await createApiFixture(t, { store: await freshStore(t) });
  const { orgId } = await api.organization();
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const cwd = mkdtempSync(join(tmpdir(), 'penstock-code-'));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  const write = (name: string, held: unknown) => {
    const file = join(cwd, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof held === 'string' ? held : JSON.stringify(held));
  };
  write('penstock.yaml', 'formatVersion: 1\n');
  const penstock = async (...args: string[]) => {
    let text = '';
    const write = (more: string): void => {
      text += more;
    };
    const output = { isTTY: false, columns: 80, write };
    const environment = {
      PENSTOCK_URL: url,
      PENSTOCK_ADMIN_TOKEN: ADMIN_TOKEN,
      PENSTOCK_ORG: orgId,
      DB_PASSWORD: 'hunter2hunter2',
    };
    const surroundings = { output, environment, cwd, signal: new AbortController().signal };
    const code = await run(args, surroundings, write);
    return { code, text };
  };
  const list = async () => {
    const { json } = await api.call('GET', `organizations/${orgId}/pipelines?sort=name`);
    return json.items as { pipelineId: string; name: string; revision: number; version: number | null }[];
  };
  const setStatus = (pipelineId: string, change: Partial<typeof pipelines.$inferInsert>) =>
    api.deps.store.db.update(pipelines).set(change).where(eq(pipelines.pipelineId, pipelineId));
  return { ...api, orgId, write, penstock, list, setStatus };
};

test('what a folder says is planned, applied and released, and the second time there is nothing to do', async (t) => {
  const { penstock, write, list } = await fixture(t);
  write('pipelines/one/pipeline.json', { description: 'd', ...documentOf(1) });
  const planned = await penstock('plan', '.');
  assert.equal(planned.code, 0, planned.text);
  assert.match(planned.text, /^\+ new +one$/m);
  assert.match(planned.text, /^Changes: 1 new, 0 changed/m);
  assert.deepEqual(await list(), [], 'a plan changes nothing');
  assert.equal((await penstock('plan', '.', '--check')).code, 1);

  assert.match((await penstock('apply', '.')).text, /^Applied one: \S+, revision 1, not released\.$/m);
  assert.match((await penstock('apply', '.')).text, /^= the same +one .*\nNo changes: /m);
  assert.match((await penstock('plan', '.', '--release')).text, /^\^ release +one /m);
  assert.match((await penstock('apply', '.', '--release')).text, /revision 1, version 1 is released/);

  write('pipelines/one/pipeline.json', { description: 'e', ...documentOf(2) });
  const changed = await penstock('plan', '.', '--release');
  assert.match(changed.text, /^~ changed +one \(PUBLISHED, revision 1, version 1\)$/m);
  assert.match(changed.text, /^ +stage A_01: changed: limit\n +said of it: description$/m);
  assert.match((await penstock('apply', '.', '--release', '--note', 'why')).text, /revision 2, version 2 is released/);
  const again = await penstock('apply', '.', '--release');
  assert.deepEqual([again.code, /^No changes: /m.test(again.text)], [0, true], again.text);
  assert.equal((await penstock('plan', '.', '--release', '--check')).code, 0);
  assert.deepEqual(
    (await list()).map(({ revision, version }) => [revision, version]),
    [[2, 2]],
  );
});

test('where one is refused nothing is applied, and what is wrong is told by its place', async (t) => {
  const { penstock, write, list, setStatus } = await fixture(t);
  write('pipelines/a/pipeline.json', documentOf(1));
  write('pipelines/b/pipeline.json', documentOf(1, { broken: true }));
  const refused = await penstock('apply', '.', '--release');
  assert.equal(refused.code, 1);
  assert.match(refused.text, /\/pipelines\/1\/document\/pipelineConfig\/stages\/0.*\[STAGE_BROKEN\]/);
  assert.deepEqual(await list(), []);

  write('pipelines/b/pipeline.json', documentOf(1));
  assert.equal((await penstock('apply', '.', '--release')).code, 0);
  const [, b] = await list();
  assert.ok(b);
  await setStatus(b.pipelineId, { status: 'RUNNING' });
  for (const name of ['a', 'b']) write(`pipelines/${name}/pipeline.json`, documentOf(2));
  const running = await penstock('apply', '.', '--release');
  assert.equal(running.code, 1);
  assert.match(running.text, /status RUNNING cannot be released. Pause or stop it first/);
  assert.deepEqual(
    (await list()).map(({ revision }) => revision),
    [1, 1],
  );
  assert.equal((await penstock('apply', '.')).code, 0, 'the design copy of a running pipeline can be changed');
});

test('a change of somebody else in between is a conflict, and a dry run leaves nothing', async (t) => {
  const { call, orgId, list } = await fixture(t);
  const apply = (changes: object[], dryRun = false) =>
    call('POST', `organizations/${orgId}/pipelines/apply`, { pipelines: changes, dryRun });
  const dry = await apply([{ name: 'p', document: documentOf(1), release: true }], true);
  assert.deepEqual([dry.status, dry.json.pipelines[0].pipelineId, dry.json.pipelines[0].version], [200, null, 1]);
  assert.deepEqual(await list(), []);
  const made = await apply([{ name: 'p', document: documentOf(1) }]);
  const { pipelineId } = made.json.pipelines[0];
  const taken = await apply([
    { name: 'new', document: documentOf(1) },
    { name: 'p', document: documentOf(1) },
  ]);
  assert.deepEqual([taken.status, taken.json.code], [412, 'REVISION_OUTDATED']);
  const late = await apply([
    { name: 'new', document: documentOf(1) },
    { name: 'p', pipelineId, expectedRevision: 7, document: documentOf(2) },
  ]);
  assert.deepEqual([late.status, late.json.code], [412, 'REVISION_OUTDATED']);
  assert.equal((await apply([{ name: 'p' }])).json.issues[0].path, '/pipelines/0/document');
  assert.equal((await apply([{ name: 'p', pipelineId: 'nobody', document: documentOf(1) }])).status, 404);
  assert.deepEqual(
    (await list()).map(({ name, revision }) => [name, revision]),
    [['p', 1]],
  );
});

test('pipelines that are not in the folder are left alone and named, and go where that is asked for', async (t) => {
  const { penstock, write, list, call, orgId, setStatus } = await fixture(t);
  await call('POST', `organizations/${orgId}/pipelines`, { name: 'by hand', document: documentOf(1) });
  write('pipelines/a/pipeline.json', documentOf(1));
  const applied = await penstock('apply', '.');
  assert.match(applied.text, /^ +left alone by hand \(EDITED\): not in the folder$/m);
  const [, hand] = await list();
  assert.ok(hand);
  await setStatus(hand.pipelineId, { status: 'RUNNING' });
  write('pipelines/a/pipeline.json', documentOf(2));
  const refused = await penstock('apply', '.', '--prune');
  assert.match(refused.text, /Nothing was applied: "by hand" would be deleted and is under way/);
  assert.deepEqual(
    (await list()).map(({ revision }) => revision),
    [1, 1],
  );
  await setStatus(hand.pipelineId, { status: 'PAUSED' });
  assert.match((await penstock('apply', '.', '--prune')).text, /^Deleted by hand\.$/m);
  assert.deepEqual(
    (await list()).map(({ name }) => name),
    ['a'],
  );
});

test('secrets come from the environment, cannot be compared, and are saved again when that is said', async (t) => {
  const { penstock, write, list, deps } = await fixture(t);
  write(
    'penstock.yaml',
    'formatVersion: 1\nenvironments:\n  e:\n    parameters: { limit: 5 }\n    secrets: { password: DB_PASSWORD }\n',
  );
  write(
    'pipelines/a/pipeline.yaml',
    'pipelineConfig:\n  stages: []\n  limit: ${param:limit}\n  password: ${param:password}\n',
  );
  assert.equal((await penstock('apply', '.', '--env', 'e')).code, 0);
  const [row] = await deps.store.db.select({ document: pipelines.document }).from(pipelines);
  assert.deepEqual(JSON.parse(row?.document ?? '').pipelineConfig, {
    stages: [],
    limit: 5,
    password: 'hunter2hunter2',
  });
  const again = await penstock('apply', '.', '--env', 'e');
  assert.match(again.text, /secrets: cannot be compared with those that are stored, which stay/);
  assert.ok(!again.text.includes('hunter2'));
  assert.deepEqual(
    (await list()).map(({ revision }) => revision),
    [1],
  );
  await penstock('apply', '.', '--env', 'e', '--with-secrets');
  assert.deepEqual(
    (await list()).map(({ revision }) => revision),
    [2],
  );
});

test('an environment of another organisation is refused, and a Kafka nobody can ask is said', async (t) => {
  const { penstock, write, list, setStatus } = await fixture(t);
  write('penstock.yaml', 'formatVersion: 1\nenvironments:\n  e: { organization: other }\n');
  write('pipelines/a/pipeline.json', documentOf(1));
  const other = await penstock('plan', '.', '--env', 'e');
  assert.deepEqual(
    [other.code, /is of organisation other, and \S+ is asked for/.test(other.text)],
    [2, true],
    other.text,
  );
  write('pipelines/a/pipeline.json', DEMO);
  await penstock('apply', '.');
  write('pipelines/a/pipeline.json', { ...DEMO, description: 'd' });
  assert.match((await penstock('plan', '.')).text, /^ +state and positions: nothing is kept yet$/m);
  const [a] = await list();
  await setStatus(a?.pipelineId ?? '', { keepsState: true });
  const { code, text } = await penstock('plan', '.');
  assert.equal(code, 0, text);
  assert.match(text, /^ +state and positions: not known: .*\[KAFKA_NOT_CONFIGURED\]$/m);
});
