import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pageWithin } from './return-to.ts';

test('pages of this service are come back to', () => {
  for (const page of ['/', '/organizations/o1/pipelines?q=a%20b&state=RUNNING#x', '/pipelines/p1/design', '/a//b'])
    assert.equal(pageWithin(page), page);
});

test('addresses of other hosts, in whatever spelling, lead to the first page', () => {
  const elsewhere = [
    undefined,
    '',
    'https://evil.example/',
    '//evil.example/',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    'javascript:alert(1)',
    '/\u0000',
    '@evil.example',
    ' /x',
    '/api/v1/session/oidc',
    '/api/v1/session/link?token=x',
    '/x/../api/v1/me',
    `/${'a'.repeat(1000)}`,
  ];
  for (const given of elsewhere) assert.equal(pageWithin(given), '/', JSON.stringify(given));
});

test('whatever is given, a browser stays here', () => {
  const part = fc.constantFrom('/', '\\', '.', '..', '//', '@', ':', '?', '#', 'evil.example', '%2f', '%5c', '\t', 'a');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part).map((parts) => parts.join('')),
      ),
      (given) => {
        const url = new URL(pageWithin(given), 'https://here.example/sign-in');
        assert.equal(url.origin, 'https://here.example');
        assert.ok(!url.pathname.startsWith('/api/'));
      },
    ),
  );
});
