import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createMetrics } from '../../observability/metrics.ts';
import { quietService } from '../../observability/testing/quiet-service.ts';
import { buildApp } from '../app.ts';
import { absentServices } from '../openapi/openapi-document.ts';
import type { ApiInstance } from '../plugins/api-instance.ts';
import { routesOf } from '../plugins/route-list.ts';
import { type ConsoleFiles, readConsole } from './console-files.ts';

const PAGE = '<!doctype html><title>Penstock</title>';
const SCRIPT = 'export const answer = 42;';
const folder = mkdtempSync(join(tmpdir(), 'penstock-console-'));

const appWith = (files: ConsoleFiles | undefined): Promise<ApiInstance> =>
  buildApp({
    ...absentServices(),
    metrics: createMetrics({} as never, () => 0, quietService),
    ...(files === undefined ? {} : { console: files }),
  });

let app: ApiInstance;
before(async () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'assets', 'main-abc.js'), SCRIPT);
  writeFileSync(join(folder, 'assets', 'main-abc.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(folder, 'assets', 'main-abc.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'built-from.txt'), 'a digest');
  app = await appWith(readConsole(folder));
});
after(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const get = (url: string, headers: Record<string, string> = browser) => app.inject({ method: 'GET', url, headers });

test('the page is served with a policy that runs nothing inline and loads nothing from elsewhere', async () => {
  const { statusCode, body, headers } = await get('/');
  assert.deepEqual([statusCode, body, headers['cache-control']], [200, PAGE, 'no-cache']);
  const policy = String(headers['content-security-policy']);
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  const same = await get('/', { ...browser, 'if-none-match': String(headers.etag) });
  assert.deepEqual([same.statusCode, same.body], [304, '']);
});

test('assets are kept for ever, and sent as the build compressed them', async () => {
  const plain = await get('/assets/main-abc.js', {});
  assert.deepEqual(
    [plain.body, plain.headers['cache-control'], plain.headers['content-type'], plain.headers['content-encoding']],
    [SCRIPT, 'public, max-age=31536000, immutable', 'text/javascript; charset=utf-8', undefined],
  );
  const encodingOf = async (accepted: string) =>
    (await get('/assets/main-abc.js', { 'accept-encoding': accepted })).headers['content-encoding'];
  assert.deepEqual(
    [await encodingOf('gzip, deflate, br, zstd'), await encodingOf('gzip'), await encodingOf('gzip;q=0, identity')],
    ['br', 'gzip', undefined],
  );
});

test('addresses of pages get the page, whatever they name', async () => {
  for (const url of ['/organizations/o1/pipelines', '/organizations/o1/pipelines/p?x=1', '/sign-in', '/no/such/page'])
    assert.deepEqual([url, (await get(url)).body], [url, PAGE]);
});

test('nothing of the service is swallowed: a wrong address of it is told as one', async () => {
  const begins = new Set(routesOf(app as never).map(({ url }) => url.split('/')[1] ?? ''));
  for (const name of ['api', 'streaming', 'apim-token-service', 'internal', 'healthz', 'livez', 'readyz', 'docs'])
    assert.ok(begins.has(name), name);
  for (const name of begins) {
    if (name === '') continue;
    const { statusCode, body, headers } = await get(`/${name}/no-such-thing`);
    assert.deepEqual([name, statusCode, body === PAGE], [name, 404, false]);
    assert.match(String(headers['content-security-policy']), /default-src 'none'/);
  }
});

test('programs are told that there is nothing, and so is whoever writes', async () => {
  const asProgram = await get('/organizations/o1', { accept: '*/*' });
  assert.deepEqual([asProgram.statusCode, asProgram.json().code], [404, 'ROUTE_UNKNOWN']);
  const written = await app.inject({ method: 'POST', url: '/organizations/o1', headers: browser });
  assert.equal(written.statusCode, 404);
});

test('only what was built is there, whatever an address says', async () => {
  for (const url of [
    '/built-from.txt',
    '/assets/../built-from.txt',
    '/assets/%2e%2e/built-from.txt',
    '/assets/main-abc.js.gz',
  ])
    assert.notEqual((await get(url, {})).statusCode, 200, url);
});

test('a service without a built console has no pages, and says so', async () => {
  const without = await appWith(readConsole(join(folder, 'nowhere')));
  const { statusCode } = await without.inject({ method: 'GET', url: '/', headers: browser });
  await without.close();
  assert.equal(statusCode, 404);
});
