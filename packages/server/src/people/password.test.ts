import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '@penstock/model';
import { hashPassword, isPassword, passwordProblem } from './password.ts';

test('a password is known again, in whatever form its characters were typed, and no other is', async () => {
  const stored = await hashPassword('passwort für É');
  assert.match(stored, /^scrypt\$15\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  assert.equal(await isPassword('passwort fu\u0308r E\u0301', stored), true);
  assert.equal(await isPassword('passwort fur E', stored), false);
  assert.equal(await isPassword('', null), false);
});

test('short, endless and simple passwords are refused', () => {
  for (const bad of ['short', 'x'.repeat(201), 'abababababab', 'a\ud800bcdefghijk'])
    assert.notEqual(passwordProblem(bad), undefined);
  assert.equal(passwordProblem('correct horse'), undefined);
});

/** Of a password kept at the least cost there is: what is looked at here is how many are at work at once. */
const CHEAP = `scrypt$10$8$1$${Buffer.alloc(16).toString('base64url')}$${Buffer.alloc(32).toString('base64url')}`;

test('more sign-ins at once than memory is set aside for are refused, and the others go on', async () => {
  const all = await Promise.allSettled(Array.from({ length: 25 }, () => isPassword('x', CHEAP)));
  const refused = all.filter((one) => one.status === 'rejected');
  assert.equal(refused.length, 7);
  assert.ok(refused.every(({ reason }) => reason instanceof AppError && reason.code === 'SIGN_INS_TOO_MANY'));
  assert.equal(await isPassword('x', CHEAP), false);
});
