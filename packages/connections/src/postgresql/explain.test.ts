import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { explainPostgres } from './explain.ts';

const ofState = (code: string) => {
  const error = new pg.DatabaseError('what the server says: hunter2', 1, 'error');
  error.code = code;
  return explainPostgres(error);
};
const ofCause = (code: string) => explainPostgres(Object.assign(new Error('hunter2'), { code }));

test('each class of SQLSTATE says whether waiting helps, and nothing of what the server said', () => {
  for (const [state, code, mayPass] of [
    ['28P01', 'CONNECTION_CREDENTIALS_REFUSED', false],
    ['28000', 'CONNECTION_CREDENTIALS_REFUSED', false],
    ['3D000', 'CONNECTION_DATABASE_UNKNOWN', false],
    ['42501', 'CONNECTION_FORBIDDEN', false],
    ['53300', 'CONNECTION_BUSY', true],
    ['57P03', 'CONNECTION_BUSY', true],
    ['25006', 'CONNECTION_BUSY', true],
    ['XX000', 'CONNECTION_REFUSED', false],
    ['no state', 'CONNECTION_REFUSED', false],
  ] as const) {
    const { code: given, retryable, message } = ofState(state);
    assert.deepEqual([given, retryable], [code, mayPass], state);
    assert.doesNotMatch(message, /hunter2|no state/);
  }
});

test('what became of the way there is told apart', () => {
  for (const [cause, code] of [
    ['ENOTFOUND', 'CONNECTION_HOST_UNKNOWN'],
    ['ECONNREFUSED', 'CONNECTION_UNREACHABLE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'CONNECTION_CERTIFICATE_REFUSED'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'CONNECTION_CERTIFICATE_REFUSED'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CONNECTION_CERTIFICATE_REFUSED'],
    ['CERT_HAS_EXPIRED', 'CONNECTION_CERTIFICATE_REFUSED'],
    ['a code: hunter2', 'CONNECTION_UNREACHABLE'],
  ] as const) {
    const { code: given, message } = ofCause(cause);
    assert.equal(given, code, cause);
    assert.doesNotMatch(message, /hunter2/);
  }
  for (const [text, code] of [
    ['The server does not support SSL connections', 'CONNECTION_NOT_ENCRYPTED'],
    ['There was an error establishing an SSL connection', 'CONNECTION_NOT_POSTGRESQL'],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'CONNECTION_CREDENTIALS_REFUSED'],
    ['timeout expired', 'CONNECTION_TIMEOUT'],
    ['Connection terminated unexpectedly', 'CONNECTION_UNREACHABLE'],
  ] as const)
    assert.equal(explainPostgres(new Error(text)).code, code, text);
});
