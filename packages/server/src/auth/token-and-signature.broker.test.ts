import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  createEnosClient,
  createEnosFixture,
  type EnosFixture,
  type Organization,
} from '../http/enos/testing/enos-fixture.ts';
import { callSignature, tokenEncryption } from './signature.ts';

test('the vector of the token service', () => {
  assert.equal(
    tokenEncryption('appKey-1', '1572574909697', 'secret-1'),
    'a5662cafb9205a49e8a23d0d7fa8c0ec033a1fb7d143f67d5261ef0119691c6a',
  );
});

const vector = {
  accessToken: 'xxxxaaaxxxx',
  appSecret: 'xxxappSecretxxx',
  timestamp: '1572574909697',
  rawQuery: 'k3=v3&k1=v1&k2=v2',
  rawBody: Buffer.from('{\n  "count": 20,\n  "page": 1,\n  "desc": "description"\n}'),
};

test('the vector of a signed call', () => {
  assert.equal(callSignature(vector), 'ad6dc6fc97f4290f3724e94eab38168d8613c41c3a4569b4b8b0efbce96a816c');
});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('a signature covers decoded values, repeated names in their order, and the bytes of the body', () => {
  const sign = (rawQuery: string, rawBody: string | Buffer = '') =>
    callSignature({ accessToken: 'T', appSecret: 'S', timestamp: '1', rawQuery, rawBody: Buffer.from(rawBody) });
  assert.equal(sign('b=%7B%22x%22%7D&a=%E4%B8%AD+1'), sha256('Ta中 1b{"x"}1S'));
  assert.equal(sign('a=2&A=1&a=1&a'), sha256('TA1a2a1a1S'));
  assert.equal(sign(''), sha256('T1S'));
  assert.equal(
    sign('', Buffer.from([0xff, 0x00])),
    createHash('sha256')
      .update('T')
      .update(Buffer.from([0xff, 0x00]))
      .update('1S')
      .digest('hex'),
  );
});

test('the order of query parameters does not matter to a signature', () => {
  const pairs = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { selector: ([name]) => name });
  fc.assert(
    fc.property(pairs, fc.func(fc.integer()), (given, order) => {
      const shuffled = [...given].sort((a, b) => order(a) - order(b));
      const query = (list: readonly [string, string][]) => new URLSearchParams([...list]).toString();
      assert.equal(
        callSignature({ ...vector, rawQuery: query(given) }),
        callSignature({ ...vector, rawQuery: query(shuffled) }),
      );
    }),
  );
});

const tokenClient =
  (fixture: EnosFixture, org: Organization) =>
  async (path: 'get' | 'refresh', fields: Record<string, unknown> = {}) => {
    const timestamp = fields.timestamp ?? fixture.deps.clock.now();
    const appKey = typeof fields.appKey === 'string' ? fields.appKey : org.accessKey;
    const response = await fixture.app.inject({
      method: 'POST',
      url: `/apim-token-service/v2.0/token/${path}`,
      payload: {
        appKey: org.accessKey,
        timestamp,
        encryption: tokenEncryption(appKey, String(timestamp), org.secretKey),
        ...fields,
      },
    });
    return { http: response.statusCode, ...response.json() };
  };

test('a token is the same while it is valid, lives two hours, and is refreshed before it expires', async (t) => {
  const fixture = await createEnosFixture(t);
  const ask = tokenClient(fixture, await fixture.organization());

  const first = await ask('get');
  const { accessToken } = first.data;
  assert.deepEqual(first, {
    http: 200,
    status: 0,
    msg: 'SUCCESS',
    business: 'apim-token-service',
    data: { accessToken, expire: 7200 },
  });
  fixture.advance(1_000_000);
  assert.deepEqual((await ask('get')).data, { accessToken, expire: 6200 });
  fixture.advance(1);
  assert.deepEqual((await ask('refresh', { accessToken })).data, { accessToken, expire: 7200 });
  fixture.advance(7_200_000);
  assert.equal((await ask('refresh', { accessToken })).status, 1203);
  const next = await ask('get', { timestamp: fixture.deps.clock.now() - 1 });
  assert.notEqual(next.data.accessToken, accessToken);
  assert.equal(next.data.expire, 7200);
  fixture.advance(1);
  assert.equal((await ask('refresh', { accessToken })).status, 1204);
});

test('what is wrong with a token request is said by its code', async (t) => {
  const fixture = await createEnosFixture(t);
  const org = await fixture.organization();
  const ask = tokenClient(fixture, org);
  const status = async (fields: Record<string, unknown>) => {
    const { http, status } = await ask('get', fields);
    return [http, status];
  };
  assert.deepEqual(await status({ appKey: '' }), [200, 1202]);
  assert.deepEqual(await status({ encryption: null }), [200, 1202]);
  assert.deepEqual(await status({ timestamp: '' }), [200, 1202]);
  assert.deepEqual(await status({ timestamp: 'yesterday' }), [200, 1004]);
  assert.deepEqual(await status({ timestamp: 1.5 }), [200, 1004]);
  assert.deepEqual(await status({ timestamp: fixture.deps.clock.now() - 300_001 }), [200, 1004]);
  assert.deepEqual(await status({ timestamp: fixture.deps.clock.now() + 300_001 }), [200, 1004]);
  assert.deepEqual(await status({ appKey: ['x'] }), [200, 1004]);
  assert.deepEqual(await status({ appKey: { toString: 1, valueOf: 1 } }), [200, 1004]);
  assert.deepEqual(await status({ appKey: 'nobody' }), [401, 1002]);
  assert.deepEqual(await status({ appKey: 'a\u0000b' }), [401, 1002]);
  assert.deepEqual(await status({ appKey: '__proto__' }), [401, 1002]);
  assert.deepEqual(await status({ encryption: 'f'.repeat(64) }), [401, 1003]);
  assert.deepEqual(await status({ encryption: 'x' }), [401, 1003]);
  assert.deepEqual(await status({}), [200, 0]);
  assert.deepEqual(await status({}), [401, 1001]);
  // As text, and in upper case: still the same encryption.
  const timestamp = String(fixture.deps.clock.now());
  const encryption = tokenEncryption(org.accessKey, timestamp, org.secretKey).toUpperCase();
  assert.deepEqual(await status({ timestamp, encryption }), [401, 1001]);
  assert.deepEqual(await status({ timestamp: String(fixture.deps.clock.now() + 1) }), [200, 0]);
});

test('of many requests with one encryption one is answered, and all tokens given out at once are one', async (t) => {
  const fixture = await createEnosFixture(t);
  const ask = tokenClient(fixture, await fixture.organization());
  const same = await Promise.all(Array.from({ length: 8 }, () => ask('get')));
  assert.deepEqual(same.map(({ status }) => status).sort(), [0, ...Array(7).fill(1001)]);
  const many = await Promise.all(
    Array.from({ length: 8 }, (_, i) => ask('get', { timestamp: fixture.deps.clock.now() + i + 1 })),
  );
  assert.equal(new Set(many.map(({ data }) => data.accessToken)).size, 1);
});

test('too many wrong token requests for a key are turned away for a while, at the address they come from', async (t) => {
  const fixture = await createEnosFixture(t, { tokenLimit: 3 });
  const org = await fixture.organization();
  const ask = (secretKey: string, remoteAddress: string, ms = 0) => {
    const timestamp = String(fixture.deps.clock.now() + ms);
    const payload = {
      appKey: org.accessKey,
      timestamp,
      encryption: tokenEncryption(org.accessKey, timestamp, secretKey),
    };
    const url = '/apim-token-service/v2.0/token/get';
    return fixture.app.inject({ method: 'POST', url, payload, remoteAddress }).then(({ statusCode }) => statusCode);
  };
  for (let i = 0; i < 3; i += 1) assert.equal(await ask('wrong', '10.9.9.9', i), 401);
  assert.equal(await ask('wrong', '10.9.9.9', 4), 429);
  for (let i = 0; i < 5; i += 1) assert.equal(await ask(org.secretKey, '10.0.0.1', i), 200, 'the owner goes on');
  fixture.advance(60_000);
  assert.equal(await ask(org.secretKey, '10.9.9.9'), 200);
});

test('where signatures are asked for a token alone opens nothing, a signed call all it may', async (t) => {
  const fixture = await createEnosFixture(t, { requireSignature: true });
  const org = await fixture.organization();
  const client = createEnosClient(fixture, org);
  assert.equal((await client.call('GET', 'streaming/pipelines')).http, 200, 'signed');
  const bare = await fixture.app.inject({
    url: `/streaming/v2.0/streaming/pipelines?action=list&orgId=${org.orgId}`,
    headers: { authorization: `Bearer ${await client.token()}` },
  });
  assert.equal(bare.statusCode, 401);
  assert.match(bare.body, /sign each call/);
});
