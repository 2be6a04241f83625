/**
 * Code that runs in an isolate before Pyodide does: the little that Pyodide expects of the JavaScript shell it runs in
 * (its name for an engine without browser or Node). There is nothing behind it: no files, no network, no environment,
 * no timers, so that whatever a script gets hold of here, it gets hold of nothing.
 *
 * A function of the files (as `ArrayBuffer`) and random bytes. It answers what only this program may have: how to lift
 * the cap on memory. `grow` of every WebAssembly memory is bounded by it; Python then sees a `MemoryError`.
 */
export const isolateEnvironment = String.raw`
(function (wasm, stdlib, lock, seed) {
  'use strict';
  const { fromCharCode, fromCodePoint } = String;
  /** UTF-8 as Pyodide needs it for names and messages; batches cross as bytes. */
  globalThis.TextDecoder = class TextDecoder {
    #encoding;
    constructor(encoding = 'utf-8') {
      this.#encoding = encoding;
    }
    decode(source) {
      if (source === undefined) return '';
      const bytes = source instanceof ArrayBuffer ? new Uint8Array(source)
        : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
      let text = '';
      if (this.#encoding !== 'utf-8' && this.#encoding !== 'utf8') {
        const step = this.#encoding === 'utf-16le' ? 2 : 1;
        for (let i = 0; i < bytes.length; i += step) text += fromCharCode(bytes[i] | (step === 2 ? bytes[i + 1] << 8 : 0));
        return text;
      }
      for (let i = 0; i < bytes.length; ) {
        const first = bytes[i++];
        if (first < 0x80) text += fromCharCode(first);
        else if (first < 0xe0) text += fromCharCode(((first & 0x1f) << 6) | (bytes[i++] & 0x3f));
        else if (first < 0xf0)
          text += fromCharCode(((first & 0x0f) << 12) | ((bytes[i++] & 0x3f) << 6) | (bytes[i++] & 0x3f));
        else
          text += fromCodePoint(((first & 0x07) << 18) | ((bytes[i++] & 0x3f) << 12) | ((bytes[i++] & 0x3f) << 6) | (bytes[i++] & 0x3f));
      }
      return text;
    }
  };
  const quiet = () => {};
  globalThis.console = { log: quiet, info: quiet, debug: quiet, warn: quiet, error: quiet };
  const startedAt = Date.now();
  globalThis.performance = { now: () => Date.now() - startedAt };
  globalThis.setTimeout = () => 0;
  globalThis.clearTimeout = quiet;
  globalThis.load = () => { throw new Error('nothing can be loaded'); };
  globalThis.read = () => lock;
  globalThis.readbuffer = (name) => {
    if (name.endsWith('.wasm')) return wasm;
    if (name.endsWith('.zip')) return stdlib;
    throw new Error('there are no files');
  };
  // Where a shell has no randomness Pyodide asks a program for it, as base64.
  let next = 0;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  globalThis.os = {
    system(_program, words) {
      const count = Number(/-c(\d+)/.exec(words[1])[1]);
      let text = '';
      for (let i = 0; i < Math.ceil(count / 3) * 4; i++)
        text += i * 3 >= count * 4 ? '=' : alphabet[(seed[next++ % seed.length] ^ (Math.random() * 256)) & 63];
      return text;
    },
  };
  let capBytes = Number.MAX_SAFE_INTEGER;
  const { grow } = WebAssembly.Memory.prototype;
  const PAGE = 65536;
  const sizeOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(WebAssembly.Memory.prototype, 'buffer').get);
  const growBy = Function.prototype.call.bind(grow);
  Object.defineProperty(WebAssembly.Memory.prototype, 'grow', {
    value(pages) {
      if (sizeOf(this).byteLength + pages * PAGE > capBytes) throw new RangeError('the memory of the stage is used up');
      return growBy(this, pages);
    },
    writable: false,
    configurable: false,
  });
  // Compiled on this thread: an isolate has no loop that would wait for another.
  const { Module, Instance } = WebAssembly;
  WebAssembly.compile = async (bytes) => new Module(bytes);
  WebAssembly.instantiate = async (source, imports) => {
    if (source instanceof Module) return new Instance(source, imports);
    const module = new Module(source);
    return { module, instance: new Instance(module, imports) };
  };
  return {
    /** Once Pyodide runs nothing here is needed any more, and a script could make memory of its own with it. */
    close() {
      wasm = undefined;
      stdlib = undefined;
      for (const name of ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'load', 'read', 'readbuffer', 'os'])
        delete globalThis[name];
    },
    cap(bytes) { capBytes = bytes; },
  };
})
`;
