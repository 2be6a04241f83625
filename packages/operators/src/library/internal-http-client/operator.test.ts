import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { assetServiceOf } from '@penstock/engine';
import { type HarnessOptions, OperatorHarness, validateConfig } from '@penstock/testkit/operator';
import { enosSigner } from './enos-token.ts';
import { internalHttpClient } from './operator.ts';

const base = { inputOutput: [{ inputPoint: 'm::p' }], url: 'https://example.org/api?b=2' };
const record = { modelId: 'm', pointId: 'p', assetId: 'a1', value: 1 };

const run = async (config: object, options: HarnessOptions = {}, records = [record]) => {
  const harness = await OperatorHarness.create(internalHttpClient, { ...base, ...config }, options);
  await harness.send(records);
  await harness.close();
  return harness;
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('requests to EnOS carry one token, asked for once, and a signature over query and body', async () => {
  const token = 'POST https://example.org/apim-token-service/v2.0/token/get';
  const expired = { body: '{"status":1203,"msg":"expired"}' };
  const { asked, run: done } = await run(
    {
      accessKey: 'key-1',
      secretKey: 'secret-1',
      method: 'Post',
      parameters: [
        { position: 'URL Query', key: 'a', urlParamType: 'ByField', value: '/assetId' },
        { position: 'Request Body', key: 'x', value: 'y' },
      ],
    },
    {
      http: {
        [token]: [
          { body: '{"status":0,"data":{"accessToken":"t1","expire":7200}}' },
          { body: '{"status":0,"data":{"accessToken":"t2","expire":7200}}' },
        ],
        'POST https://example.org/api?b=2&a=a1': [{ body: 'fine' }, expired, { body: 'again' }],
      },
    },
    [record, { ...record }],
  );
  const at = '1700000000000';
  assert.deepEqual(
    asked.map(({ method, url, headers }) => `${method} ${url} ${headers['apim-accesstoken'] ?? ''}`.trim()),
    [
      token,
      'POST https://example.org/api?b=2&a=a1 t1',
      'POST https://example.org/api?b=2&a=a1 t1',
      token,
      'POST https://example.org/api?b=2&a=a1 t2',
    ],
  );
  assert.deepEqual(JSON.parse(asked[0]?.body ?? ''), {
    appKey: 'key-1',
    encryption: sha256(`key-1${at}secret-1`),
    timestamp: Number(at),
  });
  assert.equal(asked[1]?.body, '{"x":"y"}');
  assert.equal(asked[1]?.headers['apim-signature'], sha256(`t1aa1b2{"x":"y"}${at}secret-1`));
  assert.deepEqual(
    done.output.map(({ attr }) => (attr as { httpClient: { response: string } }).httpClient.response),
    ['fine', 'again'],
  );
});

test('of several requests with an old token only the first costs a new one', async () => {
  let tokens = 0;
  const services = {
    now: () => 0,
    assets: assetServiceOf({}),
    http: async () => {
      tokens += 1;
      return { status: 200, headers: {}, body: `{"status":0,"data":{"accessToken":"t${tokens}","expire":7200}}` };
    },
  };
  const signer = enosSigner('https://example.org/', 'key-1', 'secret-1');
  const signed = () =>
    signer.sign(
      { method: 'GET', url: 'https://example.org/a', headers: {}, maxAnswerBytes: 1 },
      services,
      new AbortController().signal,
    );
  const [one, other] = [await signed(), await signed()];
  signer.forget(one);
  const fresh = await signed();
  signer.forget(other);
  assert.deepEqual(
    [one, other, fresh, await signed()].map(({ headers }) => headers['apim-accesstoken']),
    ['t1', 't1', 't2', 't2'],
  );
});

test('what is secret is in no message, and the field says that it is', async () => {
  const { run: done, logs } = await run({ accessKey: 'key-1', secretKey: 'hush-hush' });
  assert.equal(done.errors[0]?.code, 'HTTP_TOKEN_REFUSED');
  assert.ok(!JSON.stringify([done.errors, logs]).includes('hush'));
  assert.equal(JSON.parse(JSON.stringify(internalHttpClient.config)).properties.secretKey.ui.secret, true);
});

test('a preview reads, and changes nothing', async () => {
  assert.equal((await run({}, { isPreview: true })).asked.length, 1);
  const { asked, run: done } = await run({ method: 'Put' }, { isPreview: true });
  assert.deepEqual([asked.length, done.errors[0]?.code], [0, 'LOOK_UP_NOT_IN_PREVIEW']);
});

test('records that the stage will not pass on lead to no request', async () => {
  const { asked } = await run({ qualityFilter: 'GOOD_QUALITY' }, {}, [
    { ...record, pointId: 'q' },
    { ...record, quality: 1 } as typeof record,
  ]);
  assert.deepEqual(asked, []);
});

test('what cannot work is said where it stands', () => {
  const issuesOf = (config: object): string[] =>
    validateConfig(internalHttpClient, { ...base, ...config }).issues.map(({ path, message }) => `${path} ${message}`);
  const parameter = (fields: object) => ({ parameters: [{ key: 'k', ...fields }] });
  assert.deepEqual(issuesOf({}), []);
  assert.deepEqual(issuesOf({ url: 'https://e.org/{k}', ...parameter({ position: 'URL Path', value: 'v' }) }), []);
  const wrong: readonly (readonly [object, RegExp])[] = [
    [{ url: 'ftp://e.org' }, /http or https/],
    [{ url: 'https://u:p@e.org' }, /password/],
    [{ url: 'https://{k}/' }, /Only the path/],
    [{ url: 'https://e.org/?a={k}' }, /Only the path/],
    [{ url: 'https://e.org/{nobody}' }, /names/],
    [{ url: 'https://e.org/a#b' }, /never sent/],
    [{ accessKey: 'a' }, /belong together/],
    [{ secretKey: 'a' }, /belong together/],
    [parameter({ position: 'Request Body', value: 'v' }), /no body/],
    [parameter({ position: 'Header', key: 'Host', value: 'v' }), /no name of a header/],
    [parameter({ position: 'Header', key: 'a b', value: 'v' }), /no name of a header/],
    [parameter({ urlParamType: 'ByField', value: '/[' }), /./],
    [{ parallelNumberType: 'User Defined', parallelNumber: 65 }, /64/],
  ];
  for (const [config, expected] of wrong) assert.match(issuesOf(config).join('\n'), expected, JSON.stringify(config));
});
