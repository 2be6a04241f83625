import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStartOptions } from './options.ts';

test('flags go before environment, environment before defaults', () => {
  assert.deepEqual(parseStartOptions([], {}, '/home/me'), {
    port: 8080,
    dataDir: '/home/me/.penstock',
    demo: true,
    help: false,
  });
  assert.deepEqual(
    parseStartOptions(['--no-demo', '--port', '9000'], { PENSTOCK_PORT: '1', PENSTOCK_DATA: '/data' }, '/home/me'),
    { port: 9000, dataDir: '/data', demo: false, help: false },
  );
});

test('what is wrong is named', () => {
  assert.throws(
    () => parseStartOptions(['--prot', '1'], {}, '/'),
    /Unknown option '--prot'\. See npm start -- --help\./,
  );
  assert.throws(() => parseStartOptions(['demo'], {}, '/'), /Unexpected argument 'demo'/);
  assert.throws(() => parseStartOptions(['--port', '0'], {}, '/'), /--port is "0"/);
  assert.throws(() => parseStartOptions([], { PENSTOCK_PORT: 'http' }, '/'), /PENSTOCK_PORT is "http"/);
  assert.throws(() => parseStartOptions(['--cluster'], {}, '/'), /Cluster Mode is not part of this version yet/);
});
