import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { tokenEncryption } from '../../auth/signature.ts';
import { type Service, startService } from '../../service.ts';
import { loadSettings } from '../../settings/settings.ts';
import { packFolder, unpackFolder } from './packed-folder.ts';

/** The data folder of a first edition that was killed while it ran, and what had been put into it. */
const FOLDER = readFileSync(new URL('./data-folder.br', import.meta.url));
const { pipelineId, releasedId, draftId, keys, document } = JSON.parse(
  readFileSync(new URL('./facts.json', import.meta.url), 'utf8'),
) as {
  readonly pipelineId: string;
  readonly releasedId: string;
  readonly draftId: string;
  readonly keys: readonly { readonly accessKey: string; readonly secretKey: string; readonly name: string }[];
  readonly document: unknown;
};

test('the data folder of the first edition is opened, and everything that was in it is there', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'penstock-upgrade-'));
  unpackFolder(FOLDER, dataDir);
  // Runs are left alone: whether their workers are still there is not what this is about.
  const settings = loadSettings({ PENSTOCK_DATA: dataDir, PENSTOCK_PORT: '0', PENSTOCK_SUPERVISE: '0' }, dataDir);
  const start = (): Promise<Service> => startService({ settings, logger: pino({ level: 'silent' }) });
  let service = await start();
  t.after(async () => {
    await service.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const adminToken = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  // biome-ignore lint/suspicious/noExplicitAny: a client sees whatever JSON comes
  const get = async (path: string, token = adminToken): Promise<any> => {
    const response = await fetch(`${service.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200, `${path}: ${response.status}`);
    return response.json();
  };
  const org = '/api/v1/organizations/o1';

  const look = async (): Promise<void> => {
    const system = await get('/api/v1/system');
    assert.deepEqual([system.site.isOwn, system.database.migration === null], [true, false]);
    assert.equal((await get(org)).name, 'Wind, Inc.');
    const grants = await get(`${org}/grants`);
    assert.deepEqual([grants.standalone.granted, grants.clusterServer.granted], [3, 1.5]);

    const listed = (await get(`${org}/access-keys`)).items.map(({ accessKey }: { accessKey: string }) => accessKey);
    assert.deepEqual(listed.toSorted(), keys.map(({ accessKey }) => accessKey).toSorted());
    for (const { accessKey, secretKey } of keys) {
      const timestamp = String(Date.now());
      const encryption = tokenEncryption(accessKey, timestamp, secretKey);
      const response = await fetch(`${service.url}/apim-token-service/v2.0/token/get`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ appKey: accessKey, timestamp, encryption }),
      });
      const { data } = (await response.json()) as { data: { accessToken: string } };
      assert.equal((await get(`/api/v1/pipelines/${draftId}`, data.accessToken)).pipelineId, draftId);
    }

    const [running, released, draft] = await Promise.all(
      [pipelineId, releasedId, draftId].map((id) => get(`/api/v1/pipelines/${id}`)),
    );
    assert.deepEqual(
      [running.name, running.status, released.status, draft.status],
      ['averages', 'STARTING', 'PUBLISHED', 'EDITED'],
    );
    assert.equal(draft.messageChannel, 1);
    const saved = await get(`/api/v1/pipelines/${draftId}/document`);
    assert.deepEqual(saved, { pipelineConfig: { stages: [], note: 'second' } });
    for (const id of [pipelineId, releasedId])
      assert.deepEqual(await get(`/api/v1/pipelines/${id}/document`), document, 'nothing of it is lost');
    const { items: versions } = await get(`/api/v1/pipelines/${pipelineId}/versions`);
    assert.deepEqual(
      versions.map(({ number }: { number: number }) => number),
      [1],
    );
    const { items: events } = await get(`/api/v1/pipelines/${pipelineId}/events`);
    assert.ok(events.length > 0);
    const { items: runs } = await get(`/api/v1/pipelines/${pipelineId}/runs`);
    assert.deepEqual([runs.length, runs[0].endedAt], [1, null]);
  };
  await look();
  // What was sealed anew, narrowed and moved to other tables stays when it is opened once more.
  await service.stop();
  service = await start();
  await look();
});

test('a folder that is packed and unpacked is the same folder, empty directories included', (t) => {
  const folder = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'penstock-packed-'));
    t.after(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const [from, to] = [folder(), folder()];
  mkdirSync(join(from, 'a', 'empty'), { recursive: true });
  writeFileSync(join(from, 'a', 'bytes'), Buffer.from([0, 10, 255]));
  writeFileSync(join(from, 'nothing'), '');
  unpackFolder(packFolder(from), to);
  const list = (at: string): string[] => readdirSync(at, { recursive: true }).map(String).toSorted();
  assert.deepEqual(list(to), ['a', join('a', 'bytes'), join('a', 'empty'), 'nothing']);
  assert.deepEqual(readFileSync(join(to, 'a', 'bytes')), Buffer.from([0, 10, 255]));
});
