import assert from 'node:assert/strict';
import type { lookup as lookUp } from 'node:dns';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { postgresql } from './kind.ts';

/** What listens on this machine and answers as it likes. */
const listen = async (t: TestContext, onConnection: (socket: Socket) => void) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, seen: sockets };
};

const settings = { host: '127.0.0.1', port: 1, database: 'd', user: 'u', tls: 'disable' };
const anywhere = { allows: () => true };
const nowhere = { allows: () => false };
const tried = async (
  given: object,
  access: Parameters<typeof postgresql.test>[1] = { rules: anywhere },
  timeoutMs = 5000,
): Promise<string> => {
  try {
    await postgresql.test({ settings: { ...settings, ...given }, secrets: {} }, access, timeoutMs);
    return 'connected';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('an address that is not allowed is not connected to, whatever it is called', async (t) => {
  const { port, seen } = await listen(t, () => undefined);
  const named = ((_name: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as typeof lookUp;
  assert.equal(await tried({ port }, { rules: nowhere }), 'OUTBOUND_ADDRESS_REFUSED');
  assert.equal(
    await tried({ port, host: 'db.example' }, { rules: nowhere, lookup: named }),
    'OUTBOUND_ADDRESS_REFUSED',
  );
  assert.equal(await tried({ port, host: '/tmp' }), 'OUTBOUND_ADDRESS_REFUSED', 'no socket of this machine');
  assert.equal(seen.size, 0);
});

test('who does not answer, talks on and on, or is no PostgreSQL, is told from one another', async (t) => {
  const silent = await listen(t, () => undefined);
  assert.equal(await tried({ port: silent.port }, undefined, 50), 'CONNECTION_TIMEOUT');
  const shut = await listen(t, (socket) => socket.destroy());
  assert.equal(await tried({ port: shut.port }), 'CONNECTION_UNREACHABLE');
  const web = await listen(
    t,
    (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  );
  assert.equal(await tried({ port: web.port, tls: 'require' }), 'CONNECTION_NOT_POSTGRESQL');
  // The head of a message of a gigabyte, and what follows it.
  const endless = await listen(t, (socket) => {
    socket.write(Buffer.from([0x52, 0x40, 0, 0, 0]));
    const more = setInterval(() => socket.write(Buffer.alloc(65_536)), 1);
    socket.on('close', () => clearInterval(more));
  });
  assert.equal(await tried({ port: endless.port }), 'CONNECTION_NOT_POSTGRESQL');
});

test('the password of the process is nobody else’s', async (t) => {
  const before = process.env.PGPASSWORD;
  process.env.PGPASSWORD = 'of-the-service';
  t.after(() => {
    if (before === undefined) delete process.env.PGPASSWORD;
    else process.env.PGPASSWORD = before;
  });
  let said = '';
  const asking = await listen(t, (socket) => {
    socket.once('data', () => socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])));
    socket.on('data', (bytes) => {
      said += bytes.toString('latin1');
      if (said.includes('p\u0000')) socket.destroy();
    });
  });
  assert.equal(await tried({ port: asking.port }), 'CONNECTION_UNREACHABLE');
  assert.ok(said.includes('p\u0000'), 'it was asked for one');
  assert.doesNotMatch(said, /of-the-service/);
});

test('what is to be known of settings is said', () => {
  const codes = (given: object) => postgresql.remarks({ ...settings, ...given }).map(({ code }) => code);
  assert.deepEqual(codes({ tls: 'verify-full' }), []);
  assert.deepEqual(codes({ tls: 'require', ca: 'x' }), ['CONNECTION_NOT_PROTECTED', 'CONNECTION_CA_UNUSED']);
  assert.equal(postgresql.addressOf({ ...settings, host: '::1' }), '[::1]:1/d');
});
