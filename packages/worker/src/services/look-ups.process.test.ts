import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { defineLookUp } from '@penstock/engine';
import { AppError } from '@penstock/model';
import { openLookUps } from './open-look-ups.ts';

const pages = defineLookUp<string, string, { timeoutMs: number }>({
  name: 'pages',
  policy: ({ timeoutMs }) => ({
    ttlMs: 60_000,
    missingTtlMs: 60_000,
    maxEntries: 10,
    maxBytes: 1000,
    concurrency: 10,
    timeoutMs,
    retries: 1,
  }),
  open: () => ({
    needs: () => [],
    ask: async (url, { http }, signal) => {
      const { status, headers, body } = await http({ method: 'GET', url, headers: {}, maxAnswerBytes: 1000 }, signal);
      if (status === 200) return body;
      const params = status === 429 ? { retryAfterMs: Number(headers['retry-after']) * 1000 } : {};
      throw new AppError(`STATUS_${status}`, 'refused', { domain: 'external', retryable: true, params });
    },
  }),
});

/** A server on this machine. */
const serve = async (t: TestContext) => {
  const seen: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    seen.push(path);
    const calls = seen.filter((one) => one === path).length;
    const answer = (status: number, body: string, headers = {}) => response.writeHead(status, headers).end(body);
    if (path.startsWith('/slow')) setTimeout(() => answer(200, path), 20);
    else if (path === '/fails') answer(503, '');
    else if (path === '/busy') answer(calls === 1 ? 429 : 200, path, calls === 1 ? { 'retry-after': '1' } : {});
    else if (path === '/moved') answer(302, '', { location: 'http://169.254.169.254/' });
    else if (path === '/long') answer(200, 'x'.repeat(2000));
    else if (path === '/cut') response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy());
    else if (path !== '/hangs') answer(200, path);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { seen, url: (path: string) => `http://127.0.0.1:${port}${path}`, connections: () => connections };
};

const LOOPBACK = { networks: ['127.0.0.0/8'] };
const { signal } = new AbortController();
const deskOf = (outbound: { networks: string[] } | undefined, timeoutMs = 5000) => {
  const desk = openLookUps({ outbound, assets: () => Promise.reject(new Error('nobody')) }).deskOf(
    'stage',
    pages as never,
    { timeoutMs },
  );
  return async (url: string) => {
    const found = await desk.ask({ key: url, question: url }, signal);
    return found.ok ? found.value : found.code;
  };
};

test('a service that takes 20 ms answers fifty questions in the time of a few, on the connections there are', async (t) => {
  const { url, connections, seen } = await serve(t);
  const ask = deskOf(LOOPBACK);
  const paths = Array.from({ length: 50 }, (_, at) => `/slow${at}`);
  assert.deepEqual(await Promise.all(paths.map((path) => ask(url(path)))), paths);
  assert.deepEqual(seen.sort(), [...paths].sort());
  assert.equal(connections(), 10);
});

test('a service that fails, hangs, cuts off, or says too much is a failure with its code', async (t) => {
  const { url, seen } = await serve(t);
  const ask = deskOf(LOOPBACK, 100);
  assert.equal(await ask(url('/fails')), 'STATUS_503');
  assert.equal(await ask(url('/hangs')), 'LOOK_UP_TIMEOUT');
  assert.equal(await ask(url('/cut')), 'OUTBOUND_UNREACHABLE');
  assert.equal(await ask(url('/long')), 'OUTBOUND_ANSWER_TOO_LARGE');
  assert.equal(await ask(url('/moved')), 'STATUS_302', 'redirects are answers');
  for (const path of ['/fails', '/hangs', '/cut']) assert.equal(seen.filter((one) => one === path).length, 2, path);
});

test('a service that wants to be left alone for a second is asked again then', async (t) => {
  const { url, seen } = await serve(t);
  assert.equal(await deskOf(LOOPBACK)(url('/busy')), '/busy');
  assert.deepEqual(seen, ['/busy', '/busy']);
});

test('without leave nobody reaches this machine or a private network, whatever the address is called', async (t) => {
  const { url, seen } = await serve(t);
  const ask = deskOf(undefined);
  for (const address of [url('/'), url('/').replace('127.0.0.1', 'localhost'), url('/').replace('127.0.0.1', '[::1]')])
    assert.equal(await ask(address), 'OUTBOUND_ADDRESS_REFUSED', address);
  for (const address of ['http://169.254.169.254/latest', 'http://10.0.0.1/', 'http://[::ffff:192.168.0.1]/'])
    assert.equal(await ask(address), 'OUTBOUND_ADDRESS_REFUSED', address);
  assert.equal(await ask('file:///etc/passwd'), 'OUTBOUND_URL_INVALID');
  assert.deepEqual(seen, []);
});
