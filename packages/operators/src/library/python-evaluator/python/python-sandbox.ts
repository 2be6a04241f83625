import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import {
  failed,
  type OutputKey,
  type SandboxError,
  type SandboxResult,
  type ScriptSandbox,
  type StateChange,
  type StateMember,
  shortLogs,
  shortMessage,
  stateJson,
} from '../../../shared/scripts/sandbox.ts';
import { mentionsOrigin, mentionsState } from '../../../shared/scripts/script-config.ts';
import { fitsOutputs, type ScriptOutputs } from '../../../shared/scripts/script-outputs.ts';
import { stateMembers } from '../../../shared/scripts/script-state.ts';
import { isNestedDeeper } from './nesting.ts';
import type { PythonFailure } from './python-runtime.ts';
import { type PythonHeader, readHeader } from './read-header.ts';
import { type PythonLease, usePython } from './shared-python.ts';

export interface PythonSettings {
  readonly script: string;
  /** For one call of `run`. */
  readonly timeLimitMs: number;
  readonly memoryLimitMb: number;
  readonly isPreview: boolean;
  readonly outputs: ScriptOutputs;
}

/** Deeper than Python's reader gets with the stack it has. */
const MAX_DEPTH = 500;

/**
 * A script in the Python of this thread, with globals of its own. What it answers is looked at here: Python keeps
 * nothing from a script, not even what packs its results, and what leaves must be records whatever it did.
 */
export class PythonSandbox implements ScriptSandbox {
  readonly usesState: boolean;
  readonly usesOrigin: boolean;
  readonly #settings: PythonSettings;
  readonly #lease: PythonLease;
  readonly #handle: number;
  #isBroken = false;

  private constructor(settings: PythonSettings, lease: PythonLease, handle: number) {
    this.#settings = settings;
    this.#lease = lease;
    this.#handle = handle;
    this.usesState = mentionsState(settings.script);
    this.usesOrigin = mentionsOrigin(settings.script);
  }

  /** Rejects where the script has a syntax error, which validation finds before. */
  static async open(settings: PythonSettings): Promise<PythonSandbox> {
    const lease = await usePython();
    lease.python.allow(settings.memoryLimitMb);
    const { script, isPreview } = settings;
    const handle = lease.python.open(script, { usesState: mentionsState(script), isPreview });
    if (typeof handle === 'number') return new PythonSandbox(settings, lease, handle);
    lease.release();
    throw new Error(`The script cannot be read. ${handle.message}`);
  }

  get isSpent(): boolean {
    return this.#isBroken || this.#lease.python.isSpent;
  }

  setState(members: readonly StateMember[]): void {
    // A state that cannot be set is none to go on with: the next batch makes everything anew.
    if (this.#lease.python.setState(this.#handle, stateJson(members)) !== undefined) this.#isBroken = true;
  }

  /** Python never says what a failed run has touched: its state is always put back as a whole. */
  putBack(): void {
    this.#isBroken = true;
  }

  run(batch: string, origins: string | undefined, count: number): SandboxResult {
    if (isNestedDeeper(batch, MAX_DEPTH))
      return failed('SCRIPT_FAILED', `The record is nested more than ${MAX_DEPTH} deep, which Python does not read.`);
    const { timeLimitMs } = this.#settings;
    const given = origins === undefined ? undefined : Buffer.from(origins);
    const answer = this.#lease.python.run(this.#handle, Buffer.from(batch), given, timeLimitMs);
    if (!(answer instanceof ArrayBuffer)) return this.#failed(answer);
    const lines = Buffer.from(answer).toString('utf8').split('\n');
    const header = readHeader(lines[0] ?? '', count);
    lines.shift();
    if (header === undefined) return this.#damaged();
    const logs = shortLogs(header.l ?? []);
    if (header.f !== undefined) {
      const { code, message, line, column } = header.f;
      const where = line === undefined ? '' : ` (line ${line}, column ${column ?? 1})`;
      return failed(code, shortMessage(message) + where, logs);
    }
    return this.#unpacked(header, lines, logs);
  }

  dispose(): void {
    this.#lease.python.close(this.#handle);
    this.#lease.release();
  }

  /** Looks at each output: its key, and whether it is a record at all. */
  #unpacked(header: PythonHeader, lines: readonly string[], logs: ReturnType<typeof shortLogs>): SandboxResult {
    const { s = [], n = [], e = [], t } = header;
    if (s.length !== lines.length) return this.#damaged();
    const outputs: string[] = [];
    const sources: number[] = [];
    const keys: OutputKey[] = [];
    const errors: SandboxError[] = e.map(([at, code, message, made]) => [at, code, shortMessage(message), made]);
    for (const [i, line] of lines.entries()) {
      const fields = objectOf(line);
      if (fields === undefined) return this.#damaged();
      const source = s[i] ?? -1;
      if (!fitsOutputs(this.#settings.outputs, fields)) {
        const message = 'The record fits none of the Output Points of the stage.';
        errors.push([source, 'SCRIPT_OUTPUT_NOT_VALID', message, source < 0 ? fields : null]);
        continue;
      }
      keys.push([outputs.length, textOrNull(fields.assetId), textOrNull(fields[this.#settings.outputs.idField])]);
      outputs.push(line);
      sources.push(source);
    }
    return { ok: true, outputs, sources, keys, silent: n, errors, state: stateChange(t), logs };
  }

  #failed({ kind, message }: PythonFailure): SandboxResult {
    switch (kind) {
      case 'time':
        return failed('SCRIPT_TIME_LIMIT', `The script ran longer than ${this.#settings.timeLimitMs} ms.`);
      case 'memory':
        return failed('SCRIPT_MEMORY_LIMIT', 'The script needed more memory than the stage allows.');
      case 'failed':
      case 'broken':
        return failed('SCRIPT_FAILED', shortMessage(`Python itself failed: ${message}`));
    }
  }

  /** What a script has changed of Python it has changed for all that share it: they get a new one. */
  #damaged(): SandboxResult {
    this.#lease.python.dispose();
    return failed('SCRIPT_FAILED', 'The script changed what runs it, and its results cannot be read.');
  }
}

/** Python tells the whole state where anything in it changed. */
const stateChange = (json: string | undefined): StateChange | undefined =>
  json === undefined ? undefined : { members: stateMembers(json), isWhole: true };

const objectOf = (line: string): JsonObject | undefined => {
  try {
    const value = JSON.parse(line) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // told as a script that damaged its results
  }
};

const textOrNull = (value: JsonValue | undefined): string | null => (typeof value === 'string' ? value : null);
