import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSeal } from '../../auth/seal.ts';
import { openPending, PENDING_MS, type PendingSignIn, sealPending } from './pending-sign-ins.ts';

const seal = createSeal(Buffer.alloc(32, 7));
const pending = (state: string, beganAt = 1000): PendingSignIn => ({
  state,
  nonce: 'n',
  verifier: 'v',
  issuer: 'https://id.example.org',
  redirectUri: 'https://penstock.example/api/v1/session/oidc/callback',
  returnTo: '/',
  beganAt,
});

test('a browser keeps what it has under way, and cannot read or change it', () => {
  const kept = sealPending(seal, [pending('one'), pending('two')]);
  assert.deepEqual(openPending(seal, kept, 1000), [pending('one'), pending('two')]);
  assert.doesNotMatch(Buffer.from(kept.slice(3), 'base64url').toString('latin1'), /one|example/);
  for (const other of [
    undefined,
    '',
    'x',
    `${kept.slice(0, -4)}AAAA`,
    sealPending(createSeal(Buffer.alloc(32, 8)), []),
  ])
    assert.deepEqual(openPending(seal, other, 1000), []);
  assert.deepEqual(openPending(seal, seal.seal('another purpose', JSON.stringify([pending('one')])), 1000), []);
});

test('what is too old is gone, and so is what is beyond the last three', () => {
  const states = (kept: string, now: number) => openPending(seal, kept, now).map(({ state }) => state);
  assert.deepEqual(states(sealPending(seal, [pending('one')]), 1000 + PENDING_MS), []);
  const many = ['a', 'b', 'c', 'd', 'e'].map((state) => pending(state));
  assert.deepEqual(states(sealPending(seal, many), 1000), ['c', 'd', 'e']);
  assert.ok(sealPending(seal, many).length < 3000, 'a cookie has at most 4 kB');
});
