import { randomBytes } from 'node:crypto';
import { messageOf } from '@penstock/model';
import ivm from 'isolated-vm';
import { isolateBridge } from './isolate-bridge.ts';
import { isolateEnvironment } from './isolate-environment.ts';
import { preludeInspect } from './prelude-inspect.ts';
import { preludeObjects } from './prelude-objects.ts';
import { preludeRun } from './prelude-run.ts';
import { type PyodideFiles, readPyodide } from './pyodide-files.ts';

/** Why a call gave no answer. `broken`: Python itself can go on no longer. */
export type PythonFailure = {
  readonly kind: 'time' | 'memory' | 'failed' | 'broken';
  readonly message: string;
};

export type PythonAnswer = ArrayBuffer | PythonFailure;

export interface StageFacts {
  readonly usesState: boolean;
  readonly isPreview: boolean;
}

/** Loading takes 2 to 4 s of a core, and more on a busy machine. */
const LOAD_LIMIT_MS = 120_000;
/** For what is not the user's script running: compiling it, setting its state. */
const SETTING_UP_MS = 10_000;
/** Python is asked to stop first; what has not after this long is ended from outside. */
const GRACE_MS = 1000;
/** Of the JavaScript around Python; Python's own memory is not part of it. */
const ISOLATE_MB = 96;
/** Pyodide packages are not used; it asks for the list all the same. */
const NO_PACKAGES = JSON.stringify({
  info: { arch: 'wasm32', platform: 'none', version: '0', python: '0', abi_version: '2026_0' },
  packages: {},
});

const CALLS = ['cap', 'open', 'close', 'setState', 'run', 'inspect', 'heapBytes'] as const;
type Calls = Readonly<Record<(typeof CALLS)[number], ivm.Reference>>;

/**
 * Python (Pyodide) in an isolate of its own (isolated-vm): WebAssembly in a JavaScript engine that has no network, files,
 * environment or timers, so that a script that breaks out of Python stands in an empty room. Several scripts share it,
 * each with its own globals. After a hard time limit, or where Python breaks, it is spent and all of them begin anew.
 */
export class PythonRuntime {
  readonly #isolate: ivm.Isolate;
  readonly #calls: Calls;
  #capMb = 0;

  private constructor(isolate: ivm.Isolate, calls: Calls) {
    this.#isolate = isolate;
    this.#calls = calls;
  }

  /** Loads Python, on a thread of the isolate's own: 4 s of a core. Rejects where that is impossible. */
  static async load(): Promise<PythonRuntime> {
    const files = await readPyodide();
    const isolate = new ivm.Isolate({ memoryLimit: ISOLATE_MB });
    try {
      return new PythonRuntime(isolate, await loadInto(isolate, files));
    } catch (error) {
      if (!isolate.isDisposed) isolate.dispose();
      throw new Error(`Python could not be loaded: ${messageOf(error)}`, { cause: error });
    }
  }

  get isSpent(): boolean {
    return this.#isolate.isDisposed;
  }

  /** Size of Python's memory, MiB. It never shrinks. */
  get heapMb(): number {
    return Number(this.#calls.heapBytes.applySync()) / MIB;
  }

  /** A stage may need so much memory beside what Python itself takes; of several the largest counts. */
  allow(memoryMb: number): void {
    if (memoryMb <= this.#capMb) return;
    this.#capMb = memoryMb;
    this.#calls.cap.applySync(undefined, [memoryMb * MIB]);
  }

  /** Compiles a script for `run`; answers its handle. */
  open(source: string, facts: StageFacts): number | PythonFailure {
    return this.#ask('open', [source, JSON.stringify(facts)], SETTING_UP_MS) as number | PythonFailure;
  }

  close(handle: number): void {
    if (!this.isSpent) this.#calls.close.applySync(undefined, [handle], { timeout: SETTING_UP_MS });
  }

  setState(handle: number, json: string): PythonFailure | undefined {
    const answer = this.#ask('setState', [handle, json], SETTING_UP_MS);
    return isFailure(answer) ? answer : undefined;
  }

  /** Runs the script over a JSON array of records, as UTF-8; the result as `prelude-run.ts` says. */
  run(handle: number, batch: Uint8Array, origins: Uint8Array | undefined, limitMs: number): PythonAnswer {
    const given = [handle, copied(batch), origins === undefined ? undefined : copied(origins)];
    return this.#ask('run', given, limitMs) as PythonAnswer;
  }

  /** What is to be said of a script, which is not run: a JSON array of remarks. */
  inspect(source: string): PythonAnswer {
    return this.#ask('inspect', [source], SETTING_UP_MS) as PythonAnswer;
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  #ask(name: (typeof CALLS)[number], given: readonly unknown[], limitMs: number): unknown {
    const startedAt = performance.now();
    let answer: unknown;
    try {
      answer = this.#calls[name].applySync(undefined, [...given, limitMs], {
        timeout: limitMs + GRACE_MS,
        result: { copy: true },
      });
    } catch (error) {
      // The memory of its JavaScript is what isolated-vm ends an isolate for; time is told by the clock alone.
      const kind = this.isSpent ? 'memory' : performance.now() - startedAt >= limitMs ? 'time' : 'broken';
      this.dispose();
      return { kind, message: messageOf(error) } satisfies PythonFailure;
    }
    if (isFailure(answer) && answer.kind === 'broken') this.dispose();
    return answer;
  }
}

const MIB = 1024 * 1024;

const loadInto = async (isolate: ivm.Isolate, { loader, module, wasm, stdlib }: PyodideFiles): Promise<Calls> => {
  const context = await isolate.createContext();
  const functionOf = async (source: string, filename: string): Promise<ivm.Reference> => {
    const script = await isolate.compileScript(source, { filename });
    return script.run(context, { reference: true, timeout: SETTING_UP_MS });
  };
  const exportOf = async (source: string, filename: string, name: string): Promise<ivm.Reference> => {
    const compiled = await isolate.compileModule(source, { filename: `file:///${filename}` });
    await compiled.instantiate(context, () => {
      throw new Error(`${filename} imports something`);
    });
    await compiled.evaluate({ timeout: SETTING_UP_MS });
    return compiled.namespace.get(name, { reference: true });
  };
  const makeEnvironment = await functionOf(isolateEnvironment, 'environment');
  const environment: ivm.Reference = await makeEnvironment.apply(
    undefined,
    [copied(wasm), copied(stdlib), NO_PACKAGES, copied(randomBytes(64))],
    { result: { reference: true } },
  );
  const loadPyodide = await exportOf(loader, 'pyodide.mjs', 'loadPyodide');
  const createModule = await exportOf(module, 'pyodide.asm.mjs', 'default');
  const bridge = await functionOf(isolateBridge, 'bridge');
  const offered: ivm.Reference = await bridge.apply(
    undefined,
    [
      loadPyodide.derefInto(),
      createModule.derefInto(),
      environment.derefInto(),
      NO_PACKAGES,
      preludeObjects + preludeRun + preludeInspect,
    ],
    { timeout: LOAD_LIMIT_MS, result: { reference: true, promise: true } },
  );
  const calls = await Promise.all(CALLS.map((name) => offered.get(name, { reference: true })));
  return Object.fromEntries(CALLS.map((name, i) => [name, calls[i]])) as Calls;
};

const copied = (bytes: ArrayBuffer | Uint8Array): ivm.Transferable =>
  new ivm.ExternalCopy(
    bytes instanceof ArrayBuffer ? bytes : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  ).copyInto({ release: true });

const isFailure = (answer: unknown): answer is PythonFailure =>
  typeof answer === 'object' && answer !== null && 'kind' in answer;
