import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSeal } from '../auth/seal.ts';
import { createDocumentSealing } from './seal-document.ts';

const sealing = createDocumentSealing(createSeal(Buffer.alloc(32, 1)));
const other = createDocumentSealing(createSeal(Buffer.alloc(32, 2)));

test('secrets are sealed in their places and nothing else changes, to the digit and the blank', () => {
  const text = `{ "stages": [{"configuration":[{"name":"apiKey", "value" : "hush-hush"},{"name":"n","value":1.10}]}],
    "password": 12345678901234567890, "kafka": {"sasl.jaas.config":"user=\\"u\\" pass=\\u00fc"}, "token": "" }`;
  const stored = sealing.seal(text);
  for (const secret of ['hush', '1234567890', 'u00fc', 'ü']) assert.ok(!stored.includes(secret), secret);
  assert.match(stored, /"value":1\.10\}/);
  assert.match(stored, /"token": ""/);
  assert.equal(sealing.unseal(stored), text);
  assert.notEqual(sealing.seal(text), stored, 'equal secrets are not told by equal texts');
});

test('a document without secrets is stored as it is', () => {
  const text = '{"a":[1.0,"b"]}';
  assert.equal(sealing.seal(text), text);
  assert.equal(sealing.unseal(text), text);
});

test('a sealed text that somebody sends, having seen a database, is not opened for them', () => {
  const stolen = sealing.seal('{"password":"hush-hush"}');
  const sent = `{"label":${stolen.slice(stolen.indexOf(':') + 1)}`;
  const stored = sealing.seal(sent);
  assert.equal(sealing.unseal(stored), sent);
  assert.ok(!sealing.unseal(stored).includes('hush'));
});

test('another key opens nothing', () => {
  assert.throws(() => other.unseal(sealing.seal('{"password":"hush-hush"}')), { code: 'SEAL_BROKEN' });
});

test('whatever the document, it is read as it was sent', () => {
  const name = fc.constantFrom('password', 'name', 'value', 'key', 'apiKey', 'x');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.array(tie('tree')), fc.dictionary(name, tie('tree'))),
  }));
  fc.assert(
    fc.property(tree, (value) => {
      const text = JSON.stringify(value);
      assert.equal(sealing.unseal(sealing.seal(text)), text);
    }),
  );
});
