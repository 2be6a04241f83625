import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { run } from '../run.ts';

const NOTHING = { created: 0, changed: 0, unchanged: 0, removed: 0 };
const OUTCOME = { revision: 2, models: NOTHING, assets: { ...NOTHING, created: 12 }, trees: NOTHING, nodes: NOTHING };

const withFiles = async (t: TestContext) => {
  const seen: { url: string; type: string | undefined; body: string }[] = [];
  const server = createServer(async (request, response) => {
    seen.push({ url: request.url ?? '', type: request.headers['content-type'], body: await text(request) });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(OUTCOME));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cwd = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
  t.after(() => {
    server.close();
    rmSync(cwd, { recursive: true });
  });
  writeFileSync(join(cwd, 'a.csv'), '\ufeffassetId,modelId\nt1,"m ü"\n');
  writeFileSync(join(cwd, 'a.json'), '{"assets":[]}');
  const call = async (...args: string[]) => {
    let out = '';
    let err = '';
    const output = {
      isTTY: false,
      columns: 80,
      write: (part: string): void => {
        out += part;
      },
    };
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const surroundings = { output, environment: {}, cwd, signal: new AbortController().signal };
    const own = ['--url', url, '--admin-token', 'a', '--org', 'o1'];
    const code = await run(['assets', ...args, ...own], surroundings, (part) => {
      err += part;
    });
    return { code, out, err };
  };
  return { call, seen };
};

test('a CSV file is sent as it is, a JSON file as JSON, and what became of them is shown', async (t) => {
  const { call, seen } = await withFiles(t);
  const csv = await call('import', 'a.csv', '--kind', 'assets', '--dry-run');
  assert.deepEqual([csv.code, csv.err], [0, '']);
  assert.match(csv.out, /^WOULD BE +CREATED/);
  assert.match(csv.out, /^assets +12 +0 +0 +0$/m);
  const json = await call('import', 'a.json');
  assert.match(json.out, /^WHAT +CREATED/);
  const root = '/api/v1/organizations/o1/assets';
  assert.deepEqual(seen, [
    { url: `${root}/import-csv?dryRun=true&kind=assets`, type: 'text/csv', body: 'assetId,modelId\nt1,"m ü"\n' },
    { url: `${root}/import?dryRun=false`, type: 'application/json', body: '{"assets":[]}' },
  ]);
});

test('the rows of a CSV file are never guessed', async (t) => {
  const { call, seen } = await withFiles(t);
  const { code, err } = await call('import', 'a.csv');
  assert.equal(code, 2);
  assert.match(err, /--kind assets\|models\|points\|nodes/);
  assert.deepEqual(seen, []);
});
