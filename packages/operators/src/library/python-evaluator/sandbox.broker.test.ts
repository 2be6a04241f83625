import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { OperatorHarness, runOperator } from '@penstock/testkit/operator';
import ivm from 'isolated-vm';
import { pythonEvaluator } from './operator.ts';

/** Ways out of the sandbox, and its limits. In the lane of the brokers since Python takes seconds to load. */

const record = (value: number): JsonObject => ({ assetId: 'a', pointId: 'p', time: value, value });
const run = (script: string, input: readonly JsonObject[] = [record(1)], config: JsonObject = {}) =>
  runOperator(pythonEvaluator, { script, ...config }, input);
const failureOf = async (script: string): Promise<string> => {
  const { output, errors } = await run(script);
  assert.equal(output.length, 0, `nothing may come of: ${script}`);
  return `${errors[0]?.code}: ${errors[0]?.message}`;
};
const answerOf = async (script: string): Promise<unknown> => {
  const { output, errors } = await run(`${script}\nrecords[0].value = {'answer': answer}\noutput.write(records[0])`);
  assert.deepEqual(errors, []);
  return output[0]?.answer;
};

test('the modules that lead from Python to JavaScript are not there', async () => {
  for (const name of [
    'js',
    'pyodide',
    'pyodide.http',
    'pyodide.code',
    'pyodide.ffi',
    'pyodide_js',
    '_pyodide',
    '_pyodide_core',
    'micropip',
  ]) {
    assert.match(
      await failureOf(`import ${name}`),
      new RegExp(`SCRIPT_FAILED: ModuleNotFoundError: ${name.split('.')[0]}\\S* is not available to scripts`),
    );
    assert.match(
      await failureOf(`import importlib\nimportlib.import_module('${name}')`),
      /is not available to scripts/,
    );
  }
});

/** Breaks the door open: removes the finder that refuses, and makes JavaScript run by way of a proxy. */
const BREAK_OUT = [
  'import sys',
  "sys.meta_path[:] = [one for one in sys.meta_path if type(one).__name__ != '_Closed']",
  'import _pyodide_core',
  'javascript = _pyodide_core.create_proxy(lambda: None).constructor.constructor',
].join('\n');

test('behind them is an engine without anything: no process, files, network, timers or WebAssembly', async () => {
  const names = await answerOf(
    `${BREAK_OUT}\nanswer = javascript('return Object.getOwnPropertyNames(globalThis).join()')()`,
  );
  const language = new ivm.Isolate().createContextSync().evalSync('Object.getOwnPropertyNames(globalThis).join()');
  const more = String(names)
    .split(',')
    .filter((name) => !String(language).split(',').includes(name));
  assert.deepEqual(more.sort(), ['TextDecoder', 'clearTimeout', 'performance', 'setTimeout']);
  assert.equal(await answerOf(`${BREAK_OUT}\nanswer = javascript('return typeof WebAssembly')()`), 'undefined');
  assert.match(
    await failureOf(`${BREAK_OUT}\njavascript('return import("node:fs")')()\nraise Exception('after')`),
    /after|not/i,
  );
});

test('JavaScript that a script gets to run has limits of time and memory all the same', async () => {
  const [late] = (await run(`${BREAK_OUT}\njavascript('for (;;);')()`, [record(1)], { timeLimitMs: 200 })).errors;
  assert.equal(late?.code, 'SCRIPT_TIME_LIMIT');
  const hoard = 'const hoard = []; for (;;) hoard.push(new Array(100000).fill(1.5))';
  assert.match(await failureOf(`${BREAK_OUT}\njavascript('${hoard}')()`), /^SCRIPT_MEMORY_LIMIT/);
});

test('there is no network', async (t) => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    response.end();
  });
  server.on('connection', () => calls++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  assert.match(
    await failureOf(`import socket\nsocket.create_connection(('127.0.0.1', ${port}), 1)`),
    /^SCRIPT_FAILED: \w*Error/,
  );
  await failureOf(`import urllib.request\nurllib.request.urlopen('http://127.0.0.1:${port}/', timeout=1)`);
  await failureOf(
    `import http.client\nhttp.client.HTTPConnection('127.0.0.1', ${port}, timeout=1).request('GET', '/')`,
  );
  await failureOf("import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', 1))");
  assert.equal(calls, 0);
});

test('files are those of Python alone, and the environment is empty', async () => {
  const file = JSON.stringify(import.meta.filename);
  assert.match(await failureOf(`open(${file})`), /FileNotFoundError/);
  assert.match(await failureOf("open('/etc/passwd')"), /FileNotFoundError/);
  assert.match(await failureOf("open('/proc/self/environ')"), /FileNotFoundError/);
  assert.deepEqual(await answerOf("import os\nanswer = sorted(name for name in os.listdir('/'))"), [
    'dev',
    'home',
    'lib',
    'proc',
    'tmp',
  ]);
  process.env.PENSTOCK_TEST_SECRET = 'secret';
  const environment = (await answerOf('import os\nanswer = dict(os.environ)')) as JsonObject;
  delete process.env.PENSTOCK_TEST_SECRET;
  assert.ok(!JSON.stringify(environment).includes('secret'));
  assert.equal(environment.PATH, '/');
});

test('there are no processes, threads or packages to load', async () => {
  assert.match(await failureOf("import subprocess\nsubprocess.run(['ls'])"), /OSError/);
  assert.equal(await answerOf("import os\nanswer = os.system('ls')"), -1);
  assert.match(await failureOf('import threading\nthreading.Thread(target=print).start()'), /RuntimeError/);
  assert.match(await failureOf('import os\nos.fork()'), /(Attribute|OS)Error/);
  assert.match(await failureOf("import _ctypes\n_ctypes.dlopen('libc.so', 0)"), /Error/);
  assert.match(await failureOf('import numpy'), /ModuleNotFoundError/);
  assert.match(await failureOf('input()'), /NameError/);
  assert.match(await failureOf('raise SystemExit(1)'), /SCRIPT_FAILED: SystemExit/);
});

test('an endless script ends at the time limit, its neighbours and the next batch run', async () => {
  const script = "for record in records:\n    while record.value['value'] == 2: pass\n    output.write(record)";
  const harness = await OperatorHarness.create(pythonEvaluator, { script, timeLimitMs: 500 });
  await harness.send([record(1), record(2), record(3)]);
  await harness.send([record(4)]);
  assert.deepEqual(
    harness.run.errors.map((error) => [error.record.value, error.code]),
    [[2, 'SCRIPT_TIME_LIMIT']],
  );
  assert.deepEqual(
    harness.run.output.map(({ value }) => value),
    [1, 3, 4],
  );
  await harness.close();
});

test('a script that does not let itself be interrupted is ended with Python, and all stages go on with their state', async () => {
  const count = "state['n'] = state.get('n', 0) + 1\nrecords[0].value['n'] = state['n']\noutput.write(records[0])";
  const beside = await OperatorHarness.create(pythonEvaluator, { script: count });
  await beside.send([record(1)]);
  for (const hostile of [
    'sum(range(10 ** 12))',
    'while True:\n    try:\n        while True: pass\n    except BaseException: pass',
  ]) {
    const done = await run(hostile, [record(1)], { timeLimitMs: 200 });
    assert.deepEqual(
      done.errors.map(({ code }) => code),
      ['SCRIPT_TIME_LIMIT'],
      hostile,
    );
  }
  await beside.send([record(2)]);
  assert.deepEqual(
    beside.run.output.map(({ n }) => n),
    [1, 2],
  );
  await beside.close();
});

test('a script that hoards memory ends at the memory limit, and the next batch runs', async () => {
  const script =
    "for record in records:\n    hoard = []\n    while record.value['value'] == 2: hoard.append(bytearray(1000000))\n    output.write(record)";
  const harness = await OperatorHarness.create(pythonEvaluator, { script, memoryLimitMb: 16 });
  await harness.send([record(1), record(2)]);
  await harness.send([record(3)]);
  assert.deepEqual(
    harness.run.errors.map((error) => [error.record.value, error.code]),
    [[2, 'SCRIPT_MEMORY_LIMIT']],
  );
  assert.deepEqual(
    harness.run.output.map(({ value }) => value),
    [1, 3],
  );
  await harness.close();
});

test('what is too deep or too large is an error of its record, and Python goes on or begins anew', async () => {
  assert.match(await failureOf('def f(): f()\nf()'), /RecursionError/);
  assert.match(await failureOf('import sys\nsys.setrecursionlimit(10 ** 8)\ndef f(): f()\nf()'), /SCRIPT_FAILED/);
  const deep = "x = []\nfor i in range(100000): x = [x]\nrecords[0].value['x'] = x\noutput.write(records[0])";
  assert.match(await failureOf(deep), /^SCRIPT_(FAILED|OUTPUT_NOT_VALID)/);
  assert.match(
    await failureOf("for i in range(40): records[0].value['x'] = 'x' * 1000000; output.write(records[0])"),
    /SCRIPT_OUTPUT_TOO_LARGE/,
  );
  const harness = await OperatorHarness.create(pythonEvaluator, {
    script: 'for record in records: output.write(record)',
  });
  await harness.sendTexts([`{"value":1,"x":${'['.repeat(600)}${']'.repeat(600)}}`, '{"value":2}']);
  assert.deepEqual(
    harness.run.errors.map(({ code, message }) => [code, /nested more than 500 deep/.test(message)]),
    [['SCRIPT_FAILED', true]],
  );
  assert.deepEqual(harness.run.output, [{ value: 2 }]);
  await harness.close();
});
