import ivm from 'isolated-vm';
import {
  failed,
  type OutputKey,
  type SandboxError,
  type SandboxLog,
  type SandboxResult,
  type ScriptSandbox,
  type StateMember,
  shortLogs,
  shortMessage,
  stateJson,
} from '../../shared/scripts/sandbox.ts';
import { mentionsOrigin, mentionsState } from '../../shared/scripts/script-config.ts';
import type { ScriptOutputs } from '../../shared/scripts/script-outputs.ts';
import { sandboxPrelude } from './sandbox-prelude.ts';

export interface SandboxSettings {
  readonly script: string;
  /** For one call of `run`. */
  readonly timeLimitMs: number;
  readonly memoryLimitMb: number;
  readonly isPreview: boolean;
  readonly outputs: ScriptOutputs;
}

interface Header {
  readonly s: readonly number[] | null;
  readonly n: readonly number[];
  readonly k: readonly OutputKey[];
  readonly e: readonly SandboxError[];
  readonly l: readonly SandboxLog[];
  /** Properties of the state that the script reached, with their JSON; null: gone. */
  readonly t?: readonly (readonly [name: string, json: string | null])[];
  /** Whether these are all there are. */
  readonly w?: 1;
  /** Where it threw: the properties that it reached; absent: any. */
  readonly u?: readonly string[];
  readonly f?: { readonly message: string; readonly stack: string };
}

/** For loading a script and its state, in ms: the user's limit is for running it. */
const LOAD_LIMIT_MS = 10_000;
const MAX_LOG_LINES = 20;

/**
 * A script in an isolate of its own (isolated-vm): no network, files, timers or modules, limited in time per batch
 * and in memory. Only texts cross the border, one each way per batch. After a time or memory limit the sandbox is
 * spent and has to be made anew.
 */
export class Sandbox implements ScriptSandbox {
  readonly usesState: boolean;
  readonly usesOrigin: boolean;
  readonly #isolate: ivm.Isolate;
  readonly #timeLimitMs: number;
  readonly #run: ivm.Reference;
  readonly #setState: ivm.Reference;
  readonly #putBack: ivm.Reference;

  /** Throws where the script has a syntax error, which validation finds before. */
  constructor(settings: SandboxSettings) {
    this.usesState = mentionsState(settings.script);
    this.usesOrigin = mentionsOrigin(settings.script);
    this.#timeLimitMs = settings.timeLimitMs;
    this.#isolate = new ivm.Isolate({ memoryLimit: settings.memoryLimitMb });
    try {
      const context = this.#isolate.createContextSync();
      const limits = { timeout: LOAD_LIMIT_MS };
      const prelude = this.#isolate.compileScriptSync(sandboxPrelude, { filename: 'prelude' }).runSync(context, {
        ...limits,
        reference: true,
      });
      // The line of `(function () {` does not count, so that errors name lines of the script itself.
      const script = this.#isolate
        .compileScriptSync(`(function () {\n${settings.script}\n})`, { filename: 'script', lineOffset: -1 })
        .runSync(context, { ...limits, reference: true });
      const facts = new ivm.ExternalCopy({
        usesState: this.usesState,
        usesOrigin: this.usesOrigin,
        isPreview: settings.isPreview,
        idField: settings.outputs.idField,
        outputs: settings.outputs.models,
        maxLogLines: MAX_LOG_LINES,
      }).copyInto({ release: true });
      const offered: ivm.Reference = prelude.applySync(undefined, [script.derefInto(), facts], {
        ...limits,
        result: { reference: true },
      });
      this.#run = offered.getSync('run', { reference: true });
      this.#setState = offered.getSync('setState', { reference: true });
      this.#putBack = offered.getSync('putBack', { reference: true });
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  setState(members: readonly StateMember[]): void {
    this.#load(this.#setState, stateJson(members));
  }

  putBack(members: readonly (readonly [string, string | null])[]): void {
    this.#load(this.#putBack, JSON.stringify(members));
  }

  /** A state that does not fit into the memory, or not in time, is none to go on with. */
  #load(into: ivm.Reference, json: string): void {
    try {
      into.applySync(undefined, [json], { timeout: LOAD_LIMIT_MS });
    } catch {
      this.dispose(); // told by whoever finds it spent
    }
  }

  /** `batch` is a JSON array of records; `origins` a JSON array of [topic, partition, offset, timestamp] or undefined. */
  run(batch: string, origins: string | undefined): SandboxResult {
    const startedAt = performance.now();
    let result: unknown;
    try {
      result = this.#run.applySync(undefined, [batch, origins], { timeout: this.#timeLimitMs });
    } catch (error) {
      const isMemory = this.#isolate.isDisposed;
      this.dispose();
      if (isMemory) return failed('SCRIPT_MEMORY_LIMIT', 'The script needed more memory than the stage allows.');
      // isolated-vm tells its own errors apart by their text alone; the time that has passed says the same.
      if (performance.now() - startedAt >= this.#timeLimitMs)
        return failed('SCRIPT_TIME_LIMIT', `The script ran longer than ${this.#timeLimitMs} ms.`);
      return failed('SCRIPT_FAILED', shortMessage(String(error)));
    }
    return unpack(String(result));
  }

  get isSpent(): boolean {
    return this.#isolate.isDisposed;
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }
}

const unpack = (result: string): SandboxResult => {
  const lines = result.split('\n');
  const header = JSON.parse(lines[0] as string) as Header;
  const logs = shortLogs(header.l);
  if (header.f !== undefined) {
    const { message, stack } = header.f;
    const place = /script:(\d{1,9}):(\d{1,9})/.exec(stack);
    const where = place === null ? '' : ` (line ${place[1]}, column ${place[2]})`;
    return { ...failed('SCRIPT_FAILED', shortMessage(message) + where, logs), touched: header.u };
  }
  lines.shift();
  return {
    ok: true,
    outputs: lines,
    sources: header.s,
    keys: header.k,
    silent: header.n,
    errors: header.e.map(([index, code, message, created]) => [index, code, shortMessage(message), created]),
    state: header.t === undefined ? undefined : { members: header.t, isWhole: header.w === 1 },
    logs,
  };
};
