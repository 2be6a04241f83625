import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { createPenstockClient } from './client.ts';
import { PenstockError } from './errors.ts';
import { resultOf } from './result.ts';
import { callSignature, tokenEncryption } from './signature.ts';

const KEYS = { accessKey: 'key-1', secretKey: 'secret-1' };

interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (request: Seen) => { status?: number; body: unknown };

/** A server that answers with what `answer` says and keeps what it was asked. */
const service = async (t: TestContext, answer: Answer): Promise<{ baseUrl: string; seen: Seen[] }> => {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = {
        method: request.method ?? '',
        url: new URL(request.url ?? '', 'http://localhost'),
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      seen.push(call);
      const { status = 200, body } = answer(call);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

const isTokenCall = ({ url }: Seen): boolean => url.pathname.startsWith('/apim-token-service/');
const tokenAnswer = (accessToken: string, expire = 7200) => ({
  body: { status: 0, msg: 'SUCCESS', business: 'apim-token-service', data: { accessToken, expire } },
});

test('calls with a key pair carry one token and a signature over query and body', async (t) => {
  const { baseUrl, seen } = await service(t, (call) =>
    isTokenCall(call) ? tokenAnswer('token-1') : { body: { code: 0, msg: 'OK', requestId: 'r', data: 'p1' } },
  );
  const enos = createPenstockClient({ baseUrl, ...KEYS }).enos('o1');
  assert.equal(await enos.save(null, { name: 'Leistung über 10 %', pipelineJson: { a: 1 } }), 'p1');
  await Promise.all([enos.release('p1'), enos.pause('p1')]);

  const [token, save, ...others] = seen;
  const asked = JSON.parse(token?.body ?? '') as { appKey: string; timestamp: number; encryption: string };
  assert.equal(asked.encryption, tokenEncryption('key-1', asked.timestamp, 'secret-1'));
  assert.equal(others.filter(isTokenCall).length, 0);
  assert.equal(save?.url.pathname, '/streaming/v2.0/streaming/pipeline/null');
  assert.deepEqual(
    [...(save?.url.searchParams ?? [])],
    [
      ['orgId', 'o1'],
      ['action', 'save'],
    ],
  );
  for (const call of [save, ...others]) {
    assert.ok(call !== undefined);
    assert.equal(call.headers['apim-accesstoken'], 'token-1');
    const expected = callSignature({
      accessToken: 'token-1',
      query: call.url.searchParams,
      body: call.body,
      timestamp: String(call.headers['apim-timestamp']),
      secretKey: 'secret-1',
    });
    assert.equal(call.headers['apim-signature'], expected);
  }
});

test('a token that is not accepted any more is replaced once', async (t) => {
  let issued = 0;
  const { baseUrl } = await service(t, (call) => {
    if (isTokenCall(call)) return tokenAnswer(`token-${++issued}`);
    if (call.headers['apim-accesstoken'] !== 'token-2') return { status: 401, body: { status: 1203, msg: 'expired' } };
    return { body: { kind: 'organization', orgId: 'o1' } };
  });
  const { api } = createPenstockClient({ baseUrl, ...KEYS });
  assert.deepEqual(await resultOf(api.GET('/api/v1/me')), { kind: 'organization', orgId: 'o1' });
  assert.equal(issued, 2);
});

test('a token close to its end is refreshed with the old one', async (t) => {
  const { baseUrl, seen } = await service(t, (call) => {
    if (!isTokenCall(call)) return { body: { kind: 'organization', orgId: 'o1' } };
    return call.url.pathname.endsWith('/refresh') ? tokenAnswer('token-2') : tokenAnswer('token-1', 30);
  });
  const { api } = createPenstockClient({ baseUrl, ...KEYS });
  await resultOf(api.GET('/api/v1/me'));
  await resultOf(api.GET('/api/v1/me'));
  const refresh = seen.find(({ url }) => url.pathname.endsWith('/refresh'));
  assert.equal((JSON.parse(refresh?.body ?? '{}') as { accessToken?: string }).accessToken, 'token-1');
  assert.equal(seen.at(-1)?.headers['apim-accesstoken'], 'token-2');
});

test('the administrator is a bearer', async (t) => {
  const { baseUrl, seen } = await service(t, () => ({ body: { kind: 'admin' } }));
  await resultOf(createPenstockClient({ baseUrl: `${baseUrl}/`, adminToken: 'admin-1' }).api.GET('/api/v1/me'));
  assert.equal(seen[0]?.headers.authorization, 'Bearer admin-1');
  assert.equal(seen[0]?.url.pathname, '/api/v1/me');
});

test('problems of all three envelopes become one error, and so does no answer', async (t) => {
  const { baseUrl } = await service(t, (call) => {
    if (isTokenCall(call)) return { body: { status: 1002, msg: 'The appKey does not exist' } };
    if (call.url.pathname.startsWith('/api')) {
      return { status: 404, body: { code: 'PIPELINE_UNKNOWN', message: 'There is none.', requestId: 'r1' } };
    }
    return { body: { code: 61108, msg: 'stream processing pipeline does not exit.', requestId: 'r2' } };
  });
  const admin = createPenstockClient({ baseUrl, adminToken: 'a' });
  const codeOf = async (call: Promise<unknown>): Promise<string> => {
    try {
      await call;
    } catch (error) {
      assert.ok(error instanceof PenstockError);
      return `${error.status} ${error.code} ${error.message}`;
    }
    return assert.fail('it succeeded');
  };
  const path = { pipelineId: 'p' };
  assert.equal(
    await codeOf(resultOf(admin.api.GET('/api/v1/pipelines/{pipelineId}', { params: { path } }))),
    '404 PIPELINE_UNKNOWN There is none.',
  );
  assert.equal(await codeOf(admin.enos('o1').release('p')), '200 61108 stream processing pipeline does not exit.');
  assert.equal(
    await codeOf(
      createPenstockClient({ baseUrl, ...KEYS })
        .enos('o1')
        .release('p'),
    ),
    '200 1002 The appKey does not exist',
  );
  assert.match(
    await codeOf(createPenstockClient({ baseUrl: 'http://127.0.0.1:9', adminToken: 'a' }).enos('o1').release('p')),
    /^0 CLIENT_UNREACHABLE Penstock does not answer at http:\/\/127\.0\.0\.1:9 \(/,
  );
});

test('half a key pair is refused', () => {
  assert.throws(() => createPenstockClient({ baseUrl: 'http://x', accessKey: 'a' }), /belong together/);
});
