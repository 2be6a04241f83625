import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectionKindOf } from '@penstock/connections';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';

let postgres: RealPostgres;
let url: URL;
before(async () => {
  postgres = await startRealPostgres();
  url = new URL(await postgres.createDatabase('plants'));
});
after(() => postgres?.stop());

test('a test of a real PostgreSQL says what is there, or what keeps from it', async () => {
  const kind = connectionKindOf('postgresql');
  const tried = async (settings: object, password = url.password): Promise<string> => {
    const given = {
      host: url.hostname,
      port: Number(url.port),
      database: 'plants',
      user: url.username,
      tls: 'disable',
    };
    try {
      const connection = { settings: { ...given, ...settings }, secrets: { password } };
      return String(await kind?.test(connection, { rules: { allows: () => true } }, 10_000));
    } catch (error) {
      return String((error as { code?: string }).code);
    }
  };
  assert.match(await tried({}), /^PostgreSQL \d+/);
  assert.equal(await tried({}, 'wrong'), 'CONNECTION_CREDENTIALS_REFUSED');
  assert.equal(await tried({}, ''), 'CONNECTION_CREDENTIALS_REFUSED');
  assert.equal(await tried({ user: 'nobody' }), 'CONNECTION_CREDENTIALS_REFUSED');
  assert.equal(await tried({ database: 'other' }), 'CONNECTION_DATABASE_UNKNOWN');
  assert.equal(await tried({ tls: 'verify-full' }), 'CONNECTION_NOT_ENCRYPTED');
  assert.equal(await tried({ port: 1 }), 'CONNECTION_UNREACHABLE');
});
