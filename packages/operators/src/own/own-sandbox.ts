import { isJsonObject, type JsonObject, type JsonValue, messageOf } from '@penstock/model';
import ivm from 'isolated-vm';
import { type FailureCode, type SandboxLog, shortLogs, shortMessage } from '../shared/scripts/sandbox.ts';
import { ownPrelude } from './own-prelude.ts';

/** What the code may do with what its stage keeps, for the record in hand. Keys are JSON lists of the own parts. */
export interface OwnStores {
  get(store: number, key: string): string | undefined;
  put(store: number, key: string, json: string): void;
  delete(store: number, key: string): void;
  /** JSON of the entries, the last part of the key and the value of each. */
  range(store: number, prefix: string, bounds: string): string;
}

export interface OwnSandboxSettings {
  readonly code: string;
  readonly options: JsonObject;
  /** For one record. */
  readonly timeMs: number;
  readonly memoryMb: number;
  readonly isPreview: boolean;
  /** Number of output lanes. */
  readonly lanes: number;
  /** Names of the fields it may change; null: all. */
  readonly changes: readonly string[] | null;
  readonly codes: readonly string[];
  readonly reasons: readonly string[];
  readonly stores: readonly { readonly name: string; readonly subKeys: number }[];
  /** The option whose rows say which records it works on; null where there is none, or it is no table. */
  readonly table: string | null;
  /** False: only entries are brought up to date, and `open` is not called. */
  readonly isOpened: boolean;
}

/** An output: the lane (-1: all), the fields that are gone, and a JSON object of what `changes` may name. */
export interface OwnOutput {
  readonly lane: number;
  readonly assetId: string | undefined;
  readonly pointId: string | undefined;
  readonly gone: readonly string[];
  readonly json: string;
}

export type OwnResult =
  | {
      readonly kind: 'done';
      readonly outputs: readonly OwnOutput[];
      readonly drop: string | undefined;
      readonly logs: readonly SandboxLog[];
    }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly logs: readonly SandboxLog[] };

const MAX_LOG_LINES = 20;
/** Records that may come of one. */
const MAX_OUTPUTS = 1000;
/** Text that may come of one record, in UTF-16 units: what is more no topic would take. */
const MAX_RESULT = 32 * 1024 * 1024;

/**
 * The code of an own operator in an isolate of its own: no network, files, timers or modules, limited in time per record
 * and in memory. Only texts cross the border. After a limit it is spent and has to be made anew.
 */
export class OwnSandbox {
  readonly #settings: OwnSandboxSettings;
  readonly #isolate: ivm.Isolate;
  readonly #run: ivm.Reference;
  readonly #migrate: ivm.Reference;

  /** Throws where the code cannot be loaded, or its `open` throws. */
  constructor(settings: OwnSandboxSettings, stores: OwnStores) {
    this.#settings = settings;
    this.#isolate = new ivm.Isolate({ memoryLimit: settings.memoryMb });
    try {
      const context = this.#isolate.createContextSync();
      const limits = { timeout: settings.timeMs };
      const prelude = this.#isolate
        .compileScriptSync(ownPrelude, { filename: 'prelude' })
        .runSync(context, { ...limits, reference: true });
      // The line of `(function () {` does not count, so that errors name lines of the code itself.
      const load = this.#isolate
        .compileScriptSync(`(function () {\n${settings.code}\n${OFFERED}\n})`, { filename: 'script', lineOffset: -1 })
        .runSync(context, { ...limits, reference: true });
      const { code: _code, options, ...facts } = settings;
      const offered: ivm.Reference = prelude.applySync(
        undefined,
        [
          load.derefInto(),
          new ivm.ExternalCopy({
            ...facts,
            options: JSON.stringify(options),
            maxLogLines: MAX_LOG_LINES,
            maxOutputs: MAX_OUTPUTS,
          }).copyInto({ release: true }),
          new ivm.Callback((at: number, key: string) => stores.get(at, key)),
          new ivm.Callback((at: number, key: string, json: string) => stores.put(at, key, json)),
          new ivm.Callback((at: number, key: string) => stores.delete(at, key)),
          new ivm.Callback((at: number, prefix: string, bounds: string) => stores.range(at, prefix, bounds)),
        ],
        { ...limits, result: { reference: true } },
      );
      this.#run = offered.getSync('run', { reference: true });
      this.#migrate = offered.getSync('migrate', { reference: true });
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** `record`: JSON. `key`: the parts of its key; `rows`: indexes into the table. */
  process(
    record: string,
    key: readonly string[] | undefined,
    rows: readonly number[] | undefined,
    timeMs: number,
  ): OwnResult {
    const startedAt = performance.now();
    let result: unknown;
    try {
      result = this.#run.applySync(
        undefined,
        [record, key === undefined ? undefined : JSON.stringify(key), rows && JSON.stringify(rows)],
        { timeout: timeMs },
      );
    } catch (error) {
      return this.#limit(error, performance.now() - startedAt >= timeMs);
    }
    try {
      return this.#unpacked(String(result));
    } catch {
      // Only code that has broken what JSON is made of comes to this.
      return refused('SCRIPT_OUTPUT_NOT_VALID', 'What the operator gave is no record.');
    }
  }

  /** An entry of an older version, as JSON. Throws where the code cannot bring it up to date. */
  migrate(store: string, json: string, from: number): string {
    return String(this.#migrate.applySync(undefined, [store, json, from], { timeout: this.#settings.timeMs }));
  }

  get isSpent(): boolean {
    return this.#isolate.isDisposed;
  }

  dispose(): void {
    if (!this.#isolate.isDisposed) this.#isolate.dispose();
  }

  #limit(error: unknown, isTime: boolean): OwnResult {
    const isMemory = this.#isolate.isDisposed;
    this.dispose();
    if (isMemory) return refused('SCRIPT_MEMORY_LIMIT', 'The operator needed more memory than it may have.');
    // isolated-vm tells its own errors apart by their text alone; the time that has passed says the same.
    if (isTime) return refused('SCRIPT_TIME_LIMIT', `The operator ran longer than ${this.#settings.timeMs} ms.`);
    return refused('SCRIPT_FAILED', shortMessage(messageOf(error)));
  }

  #unpacked(result: string): OwnResult {
    if (result.length > MAX_RESULT)
      return refused('SCRIPT_OUTPUT_TOO_LARGE', `The operator gave ${result.length} characters for one record.`);
    const lines = result.split('\n');
    const header: unknown = JSON.parse(lines.shift() ?? '');
    if (!isHeader(header)) throw new Error('no header');
    const logs = shortLogs(logsOf(header.l));
    if (isJsonObject(header.f)) return failureOf(header.f, logs);
    if (Array.isArray(header.e)) {
      const [code, message] = header.e.map(String);
      if (code === undefined || !this.#settings.codes.includes(code)) throw new Error('an unknown code');
      return refused(code, shortMessage(message ?? code), logs);
    }
    const heads = Array.isArray(header.k) ? header.k : [];
    if (heads.length !== lines.length) throw new Error('not as many outputs as lines');
    const drop = typeof header.d === 'string' ? header.d : undefined;
    if (drop !== undefined && !this.#settings.reasons.includes(drop)) throw new Error('an unknown reason');
    return { kind: 'done', outputs: heads.map((head, index) => this.#output(head, lines[index] ?? '')), drop, logs };
  }

  #output(head: JsonValue, json: string): OwnOutput {
    if (!Array.isArray(head)) throw new Error('no head');
    const [lane, assetId, pointId, gone] = head;
    if (typeof lane !== 'number' || !Array.isArray(gone)) throw new Error('no lane');
    if (!Number.isInteger(lane) || lane < -1 || lane >= this.#settings.lanes) throw new Error('an unknown lane');
    return {
      lane,
      assetId: typeof assetId === 'string' ? assetId : undefined,
      pointId: typeof pointId === 'string' ? pointId : undefined,
      gone: gone.map(String),
      json,
    };
  }
}

/** What of the code is called. */
const OFFERED = `return {
  process: typeof process === 'function' ? process : undefined,
  open: typeof open === 'function' ? open : undefined,
  migrate: typeof migrate === 'function' ? migrate : undefined,
};`;

const logsOf = (value: JsonValue | undefined): SandboxLog[] =>
  (Array.isArray(value) ? value : []).flatMap((line): SandboxLog[] => {
    const [level, message] = Array.isArray(line) ? line : [];
    const known = (['info', 'warning', 'error'] as const).find((each) => each === level);
    return known === undefined ? [] : [[known, String(message)]];
  });

const isHeader = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const failureOf = ({ message, stack, isOutput }: JsonObject, logs: readonly SandboxLog[]): OwnResult => {
  const place = /script:(\d{1,9}):(\d{1,9})/.exec(String(stack));
  const where = place === null ? '' : ` (line ${place[1]}, column ${place[2]})`;
  return refused(
    isOutput === true ? 'SCRIPT_OUTPUT_NOT_VALID' : 'SCRIPT_FAILED',
    shortMessage(String(message)) + where,
    logs,
  );
};

const refused = (code: FailureCode | string, message: string, logs: readonly SandboxLog[] = []): OwnResult => ({
  kind: 'error',
  code,
  message,
  logs,
});
