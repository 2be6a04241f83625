import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { problemKey } from './sign-in-problem.ts';

const CODES = fileURLToPath(new URL('../../../../../docs/generated/codes.md', import.meta.url));

test('every code a sign-in can end with has a text of its own', () => {
  const codes = [...readFileSync(CODES, 'utf8').matchAll(/`(OIDC_[A-Z_]+)`/g)].map(([, code]) => String(code));
  assert.ok(codes.length > 10);
  for (const code of codes) assert.equal(problemKey(code), `signIn.problem.${code}`);
});

test('what is no code of ours is not shown', () => {
  for (const code of ['Call 555 now', '', 'toString', '__proto__', 'OTHER'])
    assert.equal(problemKey(code), 'signIn.problem.OTHER');
});
