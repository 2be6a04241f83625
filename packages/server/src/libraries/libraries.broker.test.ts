import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@penstock/model';
import { operators, packManifest } from '@penstock/operators';
import { libraryFolder } from '@penstock/testkit';
import { sql } from 'drizzle-orm';
import { createApiFixture } from '../http/testing/api-fixture.ts';
import { migrationsFolder } from '../store/migrations.ts';

const stageNameOf = (id: string): string => operators.find((operator) => operator.id === id)?.stageName ?? '';
const document = {
  pipelineConfig: {
    stages: ['edh-kafka-consumer', 'off-limit-tagger', 'trash'].map((id, at) => ({
      instanceName: `Stage_0${at}`,
      stageName: stageNameOf(id),
    })),
  },
};

test('libraries are installed within the grant, refused beyond it, and kept while a pipeline needs them', async (t) => {
  const { call } = await createApiFixture(t);
  await call('POST', 'organizations', { orgId: 'o1', name: 'One' });
  const libraries = async () =>
    (await call('GET', 'organizations/o1/libraries')).json.items.flatMap(
      (one: { library: string; installedAt: number | null }) => (one.installedAt === null ? [] : [one.library]),
    );
  const used = async () => (await call('GET', 'organizations/o1/grants')).json.streamDesigning;
  // From the beginning: 1 CU, with the newest in it.
  assert.deepEqual([await libraries(), await used()], [['0.4.0'], { granted: 1, used: 0.334, available: 0.666 }]);
  for (const library of ['0.1.0', '0.2.0', '0.2.0'])
    assert.equal((await call('PUT', `organizations/o1/libraries/${library}`)).status, 200);
  assert.deepEqual([await libraries(), (await used()).available], [['0.1.0', '0.2.0', '0.4.0'], 0]);
  const fourth = await call('PUT', 'organizations/o1/libraries/0.3.0');
  assert.deepEqual([fourth.status, fourth.json.code], [409, 'RESOURCE_NOT_ENOUGH']);
  assert.match(fourth.json.message, /three libraries/);
  assert.equal((await call('PUT', 'organizations/o1/libraries/9.9.9')).json.code, 'LIBRARY_UNKNOWN');

  const validate = async () =>
    (await call('POST', 'validate', { document, orgId: 'o1' })).json.issues.map(({ code }: { code: string }) => code);
  assert.ok(!(await validate()).includes('STAGE_LIBRARY_NOT_INSTALLED'));
  const path = '/streaming/v2.0/streaming/pipeline/null?action=save&orgId=o1';
  await call('POST', path, { name: 'wind', templateType: 1, messageChannel: 0, pipelineJson: document });
  for (const library of ['0.1.0', '0.2.0'])
    assert.equal((await call('DELETE', `organizations/o1/libraries/${library}`)).status, 204);
  const last = await call('DELETE', 'organizations/o1/libraries/0.4.0');
  assert.deepEqual([last.status, last.json.code], [409, 'LIBRARY_IN_USE']);
  assert.match(last.json.message, /"wind"/);
  const usedBy = await call('GET', 'organizations/o1/libraries/0.4.0/used-by');
  assert.deepEqual(
    usedBy.json.items.map(({ stage, copy }: { stage: string; copy: string }) => [stage, copy]),
    [['Stage_01', 'design']],
  );
  assert.equal((await call('DELETE', 'organizations/o1/libraries/0.1.0')).json.code, 'LIBRARY_UNKNOWN');
});

test('who has no Stream Designing has the base library, and documents with more are refused with what to do', async (t) => {
  const api = await createApiFixture(t);
  await api.call('POST', 'organizations', { orgId: 'o2', name: 'Two' });
  assert.equal((await api.call('DELETE', 'organizations/o2/libraries/0.4.0')).status, 204);
  assert.equal((await api.call('DELETE', 'organizations/o2/grants/stream-designing')).status, 204);
  const refused = await api.call('PUT', 'organizations/o2/libraries/0.4.0');
  assert.deepEqual([refused.status, refused.json.code], [409, 'RESOURCE_NOT_REQUESTED']);
  const { json } = await api.call('POST', 'validate', { document, orgId: 'o2' });
  assert.equal(json.valid, false);
  assert.deepEqual(
    json.issues
      .filter(({ code }: { code: string }) => code === 'STAGE_LIBRARY_NOT_INSTALLED')
      .map(({ path }: { path: string }) => path),
    ['/pipelineConfig/stages/1/library'],
  );
  // Designers install; who only looks on does not. A stranger learns nothing.
  const { orgId, token } = await api.organization();
  assert.equal((await api.call('GET', `organizations/${orgId}/libraries`, undefined, token)).status, 200);
  assert.equal((await api.call('GET', 'organizations/o2/libraries', undefined, token)).status, 404);
  assert.equal((await api.call('PUT', 'organizations/o2/libraries/0.1.0', undefined, token)).status, 404);
});

test('organisations that were there before libraries were installed may use what they used', async (t) => {
  const { call, deps } = await createApiFixture(t);
  const { db } = deps.store;
  // As the migration finds them: an organisation, and nothing of libraries.
  await db.execute(sql`insert into organizations values ('old', 'Old', 5)`);
  const steps = readFileSync(join(migrationsFolder, '0015_resources.sql'), 'utf8')
    .split('--> statement-breakpoint')
    .filter((step) => /^INSERT/m.test(step) && !step.includes('CREATE'));
  assert.equal(steps.length, 2);
  for (const step of steps) await db.execute(sql.raw(step));
  const { items } = (await call('GET', 'organizations/old/libraries')).json;
  assert.ok(items.every(({ installedAt }: { installedAt: number | null }) => installedAt === 5));
  const { granted, used, available } = (await call('GET', 'organizations/old/grants')).json.streamDesigning;
  assert.deepEqual([granted, used, available], [2, 1.334, 0.666]);
  const codes = (await call('POST', 'validate', { document, orgId: 'old' })).json.issues.map(
    ({ code }: { code: string }) => code,
  );
  assert.ok(!codes.includes('STAGE_LIBRARY_NOT_INSTALLED'));
});

const read = libraryFolder(fileURLToPath(new URL('../../../../docs/own-operators/dead-band', import.meta.url)));
const example = packManifest(read('manifest.json'), read) as JsonObject;
const versionOf = (version: string, code?: string): JsonObject => ({
  ...example,
  version,
  operators: (example.operators as JsonObject[]).map((one) => (code === undefined ? one : { ...one, code })),
});

test('a library of an organisation’s own is checked as a whole, kept within bounds, listed, shown and taken away', async (t) => {
  const { call } = await createApiFixture(t);
  await call('POST', 'organizations', { orgId: 'o1', name: 'One' });
  await call('POST', 'organizations', { orgId: 'o2', name: 'Two' });
  const path = 'organizations/o1/libraries';
  const issuesOf = ({ json }: { json: { issues?: { path: string; code: string }[] } }) =>
    (json.issues ?? []).map((issue) => [issue.code, issue.path]);
  const wrong = await call('POST', path, { ...example, name: 'penstock-own', version: '1' });
  assert.deepEqual(
    [wrong.status, wrong.json.code, issuesOf(wrong)],
    [422, 'LIBRARY_INVALID', [['LIBRARY_NOT_VALID', '/version']]],
  );
  const large = await call('POST', path, { ...example, description: 'x'.repeat(100_001) });
  assert.deepEqual([large.status, issuesOf(large)], [422, [['LIBRARY_NOT_VALID', '']]]);
  const failing = await call(
    'POST',
    path,
    versionOf('1.0.0', 'function process(record, context) { context.emit(record); }'),
  );
  assert.equal(failing.json.code, 'LIBRARY_INVALID');
  assert.deepEqual(issuesOf(failing)[0], ['LIBRARY_CASE_FAILED', '/operators/0/cases/0/steps/0/out']);
  assert.deepEqual(
    (await call('GET', path)).json.items.filter(({ isOwn }: { isOwn: boolean }) => isOwn),
    [],
  );

  const installed = await call('POST', path, example);
  assert.deepEqual([installed.status, installed.json.library], [200, 'acme-filters@1.0.0']);
  const own = installed.json.items.find(({ isOwn }: { isOwn: boolean }) => isOwn);
  assert.deepEqual(own.operators, [{ id: 'acme-filters@1.0.0.dead-band-filter', label: 'Dead Band Filter' }]);
  assert.equal((await call('POST', path, example)).status, 200);
  const taken = await call('POST', path, { ...example, title: 'Another' });
  assert.deepEqual([taken.status, taken.json.code], [409, 'LIBRARY_VERSION_TAKEN']);
  assert.equal((await call('POST', path, versionOf('1.1.0'))).status, 200);
  const beyond = await call('POST', path, versionOf('1.2.0'));
  assert.deepEqual([beyond.status, beyond.json.code], [409, 'RESOURCE_NOT_ENOUGH']);
  assert.deepEqual((await call('GET', `${path}/acme-filters@1.0.0/package`)).json, example);
  assert.equal(
    (await call('GET', 'organizations/o2/libraries/acme-filters@1.0.0/package')).json.code,
    'LIBRARY_UNKNOWN',
  );

  const operatorsOf = async (query: string) =>
    (await call('GET', `operators?limit=200&${query}`)).json.items.filter(({ id }: { id: string }) =>
      id.startsWith('acme'),
    );
  assert.deepEqual(
    (await operatorsOf('orgId=o1&language=zh')).map(({ label, library }: JsonObject) => [label, library]),
    [
      ['死区过滤', 'acme-filters@1.0.0'],
      ['死区过滤', 'acme-filters@1.1.0'],
    ],
  );
  assert.deepEqual([await operatorsOf('orgId=o2'), await operatorsOf('')], [[], []]);

  const stages = (library: string) => ({
    pipelineConfig: {
      stages: [
        { instanceName: 'In_01', stageName: stageNameOf('edh-kafka-consumer') },
        { instanceName: 'Own_01', library, stageName: `own_${library}_DeadBandFilter` },
        { instanceName: 'End_01', stageName: stageNameOf('trash') },
      ],
    },
  });
  const codes = async (library: string, orgId = 'o1'): Promise<string[]> =>
    (await call('POST', 'validate', { document: stages(library), orgId })).json.issues.map(
      ({ code }: { code: string }) => code,
    );
  assert.ok(!(await codes('acme-filters@1.1.0')).includes('STAGE_OPERATOR_UNKNOWN'));
  for (const found of [await codes('acme-filters@9.0.0'), await codes('acme-filters@1.1.0', 'o2')])
    assert.ok(found.includes('STAGE_LIBRARY_UNKNOWN'), found.join());
  const pipeline = '/streaming/v2.0/streaming/pipeline';
  const save = (id: string, library: string) =>
    call('POST', `${pipeline}/${id}?action=save&orgId=o1`, {
      name: 'own',
      templateType: 1,
      messageChannel: 0,
      pipelineJson: stages(library),
    });
  const id: string = (await save('null', 'acme-filters@1.1.0')).json.data;
  assert.equal((await call('DELETE', `${path}/acme-filters@1.0.0`)).status, 204);
  const used = await call('DELETE', `${path}/acme-filters@1.1.0`);
  assert.deepEqual([used.status, used.json.code], [409, 'LIBRARY_IN_USE']);
  const by = await call('GET', `${path}/acme-filters@1.1.0/used-by`);
  assert.deepEqual(
    by.json.items.map(({ stage }: { stage: string }) => stage),
    ['Own_01'],
  );
  await call('DELETE', `pipelines/${id}`);
  assert.equal((await call('DELETE', `${path}/acme-filters@1.1.0`)).status, 204);
  assert.equal((await call('PUT', `${path}/acme-filters@1.1.0`)).json.code, 'LIBRARY_UNKNOWN');
  assert.equal((await call('DELETE', `${path}/acme-filters@1.1.0`)).json.code, 'LIBRARY_UNKNOWN');
});
