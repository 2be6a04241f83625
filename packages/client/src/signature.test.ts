import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callSignature, tokenEncryption } from './signature.ts';

test('a token request is encrypted as in contract B.2', () => {
  assert.equal(
    tokenEncryption('appKey-1', 1572574909697, 'secret-1'),
    'a5662cafb9205a49e8a23d0d7fa8c0ec033a1fb7d143f67d5261ef0119691c6a',
  );
});

test('a call is signed as in the worked example of contract B.3', () => {
  assert.equal(
    callSignature({
      accessToken: 'xxxxaaaxxxx',
      query: new URLSearchParams('k3=v3&k1=v1&k2=v2'),
      body: '{\n  "count": 20,\n  "page": 1,\n  "desc": "description"\n}',
      timestamp: '1572574909697',
      secretKey: 'xxxappSecretxxx',
    }),
    'ad6dc6fc97f4290f3724e94eab38168d8613c41c3a4569b4b8b0efbce96a816c',
  );
});
