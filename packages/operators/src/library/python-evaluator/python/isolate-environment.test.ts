import assert from 'node:assert/strict';
import { test } from 'node:test';
import ivm from 'isolated-vm';
import { isolateEnvironment } from './isolate-environment.ts';

const opened = (): { readonly context: ivm.Context; readonly isolate: ivm.Isolate; readonly own: ivm.Reference } => {
  const isolate = new ivm.Isolate({ memoryLimit: 32 });
  const context = isolate.createContextSync();
  const make = isolate.compileScriptSync(isolateEnvironment).runSync(context, { reference: true });
  const buffer = (bytes: Uint8Array) => new ivm.ExternalCopy(bytes).copyInto({ release: true });
  const own: ivm.Reference = make.applySync(
    undefined,
    [buffer(new Uint8Array(8)), buffer(new Uint8Array(8)), '{}', buffer(new Uint8Array(64).fill(7))],
    { result: { reference: true } },
  );
  return { context, isolate, own };
};

test('once Pyodide runs, the engine around it has nothing that leads out of it or makes memory', () => {
  const { context, isolate, own } = opened();
  own.getSync('close', { reference: true }).applySync();
  const names = String(context.evalSync('Object.getOwnPropertyNames(globalThis).join()')).split(',');
  const known = ['TextDecoder', 'console', 'performance', 'setTimeout', 'clearTimeout'];
  const language = String(
    new ivm.Isolate().createContextSync().evalSync('Object.getOwnPropertyNames(globalThis).join()'),
  );
  assert.deepEqual(
    names.filter((name) => !known.includes(name) && !language.split(',').includes(name)),
    [],
  );
  for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'process', 'require', 'fetch', 'WebSocket'])
    assert.ok(!names.includes(name), name);
  isolate.dispose();
});

test('memory grows up to the cap, also for whoever kept a memory of WebAssembly', () => {
  const { context, isolate, own } = opened();
  context.evalSync('globalThis.memory = new WebAssembly.Memory({ initial: 1 }); 0');
  own.getSync('cap', { reference: true }).applySync(undefined, [3 * 65536]);
  assert.equal(context.evalSync('memory.grow(2)'), 1);
  assert.throws(() => context.evalSync('memory.grow(1)'), /used up/);
  assert.throws(() => context.evalSync("'use strict'; WebAssembly.Memory.prototype.grow = () => 1"), /read only/);
  isolate.dispose();
});

test('texts are decoded as UTF-8, and random bytes come as base64 of the length asked for', () => {
  const { context, isolate } = opened();
  const bytes = JSON.stringify([...Buffer.from('aü€😀')]);
  assert.equal(context.evalSync(`new TextDecoder().decode(new Uint8Array(${bytes}))`), 'aü€😀');
  for (const count of [1, 2, 3, 32]) {
    const text = String(context.evalSync(`os.system('sh', ['-c', 'head -c${count} /dev/urandom | base64 --wrap=0'])`));
    assert.equal(Buffer.from(text, 'base64').length, count);
  }
  isolate.dispose();
});
