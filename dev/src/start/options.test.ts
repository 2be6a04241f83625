import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStartOptions } from './options.ts';

test('options are read, and what is not given is left to the settings', () => {
  assert.deepEqual(parseStartOptions([], '/home/me'), {
    port: undefined,
    dataDir: undefined,
    demo: true,
    cluster: false,
    help: false,
  });
  assert.deepEqual(parseStartOptions(['--no-demo', '--cluster', '--port', '9000', '--data', 'here'], '/home/me'), {
    port: 9000,
    dataDir: '/home/me/here',
    demo: false,
    cluster: true,
    help: false,
  });
});

test('what is wrong is named', () => {
  assert.throws(() => parseStartOptions(['--prot', '1'], '/'), /Unknown option '--prot'\. See npm start -- --help\./);
  assert.throws(() => parseStartOptions(['demo'], '/'), /Unexpected argument 'demo'/);
  assert.throws(() => parseStartOptions(['--port', '0'], '/'), /--port is "0"/);
  assert.throws(() => parseStartOptions(['--port'], '/'), /'--port <value>' argument missing/);
});
