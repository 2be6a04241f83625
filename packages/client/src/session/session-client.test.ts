import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PenstockError } from '../errors.ts';
import { resultOf } from '../result.ts';
import { createSessionClient } from './session-client.ts';

const baseUrl = 'http://127.0.0.1:8080';

const clientThat = (answer: (request: Request) => Response | Promise<Response>, csrfToken: string | undefined) => {
  const seen: Request[] = [];
  const client = createSessionClient({
    baseUrl,
    csrfToken: () => csrfToken,
    fetch: async (input) => {
      const request = new Request(input);
      seen.push(request);
      return answer(request);
    },
  });
  return { client, seen };
};

test('what changes something carries the CSRF token of the session, what reads does not', async () => {
  const { client, seen } = clientThat(() => Response.json({}), 'of-the-session');
  await client.GET('/api/v1/session');
  await client.DELETE('/api/v1/session');
  assert.deepEqual(
    seen.map(({ method, headers }) => [method, headers.get('x-csrf-token')]),
    [
      ['GET', null],
      ['DELETE', 'of-the-session'],
    ],
  );
});

test('nobody who is signed in has no token to send', async () => {
  const { client, seen } = clientThat(() => Response.json({}), undefined);
  await client.POST('/api/v1/session', { body: { email: 'a@b.c', password: 'x' } });
  assert.deepEqual(
    seen.map(({ headers }) => headers.has('x-csrf-token')),
    [false],
  );
});

test('a service that does not answer is an error with a code, like every other', async () => {
  const { client } = clientThat(() => Promise.reject(new TypeError('fetch failed')), undefined);
  await assert.rejects(
    resultOf(client.GET('/api/v1/session')),
    (error) => error instanceof PenstockError && error.code === 'CLIENT_UNREACHABLE' && error.status === 0,
  );
});

test('whoever reads another language has codes explained in it', async () => {
  const explanation = { meaning: '没有这个管道。', remedy: '检查其 ID。' };
  const body = { code: 'PIPELINE_UNKNOWN', message: 'There is none.', requestId: 'r', explanation };
  const seen: (string | null)[] = [];
  const client = createSessionClient({
    baseUrl,
    csrfToken: () => undefined,
    language: () => 'zh-CN',
    fetch: async (input) => {
      seen.push(new Request(input).headers.get('accept-language'));
      return Response.json(body, { status: 404 });
    },
  });
  await assert.rejects(resultOf(client.GET('/api/v1/session')), (error) => {
    assert.deepEqual(error instanceof PenstockError && error.explanation, explanation);
    return true;
  });
  assert.deepEqual(seen, ['zh-CN']);
});
