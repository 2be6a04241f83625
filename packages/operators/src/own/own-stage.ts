import type {
  Emitter,
  PointReference,
  StageContext,
  StateKey,
  Store,
  StoreDefinition,
  StreamRecord,
} from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue, messageOf } from '@penstock/model';
import { hasTime, isSelected } from '../shared/points/guards.ts';
import { PointTable } from '../shared/points/point-table.ts';
import { type OwnOutput, OwnSandbox, type OwnSandboxSettings, type OwnStores } from './own-sandbox.ts';

/** An entry as a store has it: the value as JSON, and the event time of the record that left it. */
export interface OwnEntry {
  readonly json: string;
  /** Unix ms; 0 where the record had none. */
  readonly time: number;
}

export interface KeptStore {
  readonly definition: StoreDefinition<OwnEntry>;
  readonly maxEntryBytes: number;
  readonly ttl: boolean;
}

export interface OwnStageSettings {
  readonly sandbox: OwnSandboxSettings;
  /** Whether its records have to have a key. */
  readonly isKeyed: boolean;
  readonly stores: readonly KeptStore[];
  /** Undefined: it works on every record. */
  readonly points: readonly PointReference[] | undefined;
}

/** Ended with nothing put out and nothing said. */
export const NOT_EMITTED = 'not-emitted';

/** Records that share the time of a slow one. */
const CHUNK = 1000;

interface Call {
  readonly record: StreamRecord;
  readonly key: readonly string[];
  /** What the stores held before, newest last. */
  readonly undo: (() => void)[];
  /** Why what the record keeps cannot be kept, whatever the code makes of it. */
  refusal: string | undefined;
}

/** A stage of an own operator in one task: one call of its code per record, and what it kept with a failed one is undone. */
export class OwnStage {
  readonly #settings: OwnStageSettings;
  readonly #context: StageContext;
  readonly #stores: readonly Store<OwnEntry>[];
  readonly #table: PointTable<{ readonly index: number; readonly point: PointReference }> | undefined;
  readonly #access: OwnStores;
  #sandbox: OwnSandbox | undefined;
  #call: Call | undefined;

  constructor(settings: OwnStageSettings, context: StageContext) {
    this.#settings = settings;
    this.#context = context;
    this.#stores = settings.stores.map(({ definition }) => context.store(definition));
    const rows = settings.points?.map((point, index) => ({ index, point }));
    this.#table = rows === undefined ? undefined : new PointTable(rows, ({ point }) => point);
    this.#access = {
      get: (at, key) => this.#get(at, key),
      put: (at, key, json) => this.#put(at, key, json),
      delete: (at, key) => this.#delete(at, key),
      range: (at, prefix, bounds) => this.#range(at, prefix, bounds),
    };
  }

  processBatch(records: readonly StreamRecord[], out: Emitter): void {
    const { timeMs } = this.#settings.sandbox;
    for (let at = 0; at < records.length; at += CHUNK) {
      // Records that all take as long as they may must not hold the task up for hours.
      const deadline = performance.now() + 2 * timeMs;
      for (let i = at; i < Math.min(at + CHUNK, records.length); i++)
        this.#work(records[i] as StreamRecord, out, Math.min(timeMs, deadline - performance.now()));
    }
  }

  close(): void {
    this.#sandbox?.dispose();
    this.#sandbox = undefined;
  }

  #work(record: StreamRecord, out: Emitter, timeMs: number): void {
    const rows = this.#table?.rowsFor(record);
    if (rows !== undefined && !isSelected(rows, record, out)) return;
    const key = this.#settings.isKeyed ? this.#context.keyOf(record, out) : undefined;
    if (this.#settings.isKeyed && key === undefined) return;
    if (this.#settings.stores.some(({ ttl }) => ttl) && !hasTime(record, this.#context.eventTime, out)) return;
    if (timeMs < 1) {
      out.error(record, 'SCRIPT_TIME_LIMIT', 'The records before it took all the time there was for them together.');
      return;
    }
    const call: Call = { record, key: key ?? [], undo: [], refusal: undefined };
    this.#call = call;
    try {
      this.#run(
        call,
        key,
        rows?.map(({ index }) => index),
        timeMs,
        out,
      );
    } finally {
      this.#call = undefined;
    }
  }

  #run(
    call: Call,
    key: readonly string[] | undefined,
    rows: readonly number[] | undefined,
    timeMs: number,
    out: Emitter,
  ): void {
    const { record } = call;
    const refuse = (code: string, message: string): void => {
      for (const undo of call.undo.reverse()) undo();
      out.error(record, code, message);
    };
    let sandbox: OwnSandbox;
    try {
      sandbox = this.#ready();
    } catch (error) {
      refuse('SCRIPT_FAILED', `The code of the operator could not be loaded: ${messageOf(error)}`);
      return;
    }
    const result = sandbox.process(record.toJson(), key, rows, Math.max(1, Math.floor(timeMs)));
    for (const [level, message] of result.logs) this.#context.log(level, message);
    if (call.refusal !== undefined) refuse('SCRIPT_STATE_TOO_LARGE', call.refusal);
    else if (result.kind === 'error') refuse(result.code, result.message);
    else if (result.outputs.length === 0) out.drop(record, result.drop ?? NOT_EMITTED);
    else {
      let made: StreamRecord[];
      try {
        made = result.outputs.map((output, index) => this.#made(record, output, index === result.outputs.length - 1));
      } catch (error) {
        refuse('SCRIPT_OUTPUT_NOT_VALID', messageOf(error));
        return;
      }
      for (const [index, one] of made.entries()) {
        const { lane } = result.outputs[index] as OwnOutput;
        if (lane < 0) out.emit(one);
        else out.emit(one, lane);
      }
    }
  }

  /** The record of an output. Throws where it is none, or something else has changed than may. */
  #made(source: StreamRecord, { json, gone, assetId, pointId }: OwnOutput, isLast: boolean): StreamRecord {
    const { changes } = this.#settings.sandbox;
    if (changes === null) return source.deriveFromJson(source.withDigits(json), assetId, pointId);
    const fields: unknown = JSON.parse(json);
    if (!isJsonObject(fields as JsonValue)) throw new Error('What the operator gave is no record.');
    const delta = fields as JsonObject;
    for (const name of [...Object.keys(delta), ...gone])
      if (!changes.includes(name))
        throw new Error(`The operator changes "/${name}", which its "changes" does not name.`);
    const record = isLast ? source : source.copy();
    for (const [name, value] of Object.entries(delta)) record.set(name, value);
    for (const name of gone) record.remove(name);
    return record;
  }

  #ready(): OwnSandbox {
    if (this.#sandbox !== undefined && !this.#sandbox.isSpent) return this.#sandbox;
    this.close();
    this.#sandbox = new OwnSandbox(this.#settings.sandbox, this.#access);
    return this.#sandbox;
  }

  #place(at: number, key: string): { readonly call: Call; readonly store: Store<OwnEntry>; readonly key: StateKey } {
    const call = this.#call;
    const store = this.#stores[at];
    const parts: unknown = JSON.parse(key);
    if (call === undefined || store === undefined || !isTexts(parts)) throw new TypeError('There is no such entry.');
    return { call, store, key: [...call.key, ...parts] as unknown as StateKey };
  }

  /** Of a store with a time to live: as of the record. */
  #asOf(at: number, { record }: Call): number | undefined {
    return this.#settings.stores[at]?.ttl === true ? record.time : undefined;
  }

  #get(at: number, text: string): string | undefined {
    const { call, store, key } = this.#place(at, text);
    return store.get(key, this.#asOf(at, call))?.json;
  }

  #put(at: number, text: string, json: string): void {
    const { call, store, key } = this.#place(at, text);
    const { maxEntryBytes = 0 } = this.#settings.stores[at] ?? {};
    const bytes = Buffer.byteLength(json);
    if (bytes > maxEntryBytes) {
      call.refusal = `The operator would keep ${bytes} bytes under one key, more than ${maxEntryBytes}.`;
      throw new RangeError(call.refusal);
    }
    this.#remember(store, key, call);
    store.put(key, { json, time: call.record.time ?? 0 });
  }

  #delete(at: number, text: string): void {
    const { call, store, key } = this.#place(at, text);
    if (store.get(key) === undefined) return;
    this.#remember(store, key, call);
    store.delete(key);
  }

  #range(at: number, prefix: string, bounds: string): string {
    const { call, store, key } = this.#place(at, prefix);
    const entries = store.range(key, boundsOf(JSON.parse(bounds)), this.#asOf(at, call));
    return `[${entries.map(([found, { json }]) => `[${JSON.stringify(found.at(-1))},${json}]`).join(',')}]`;
  }

  #remember(store: Store<OwnEntry>, key: StateKey, call: Call): void {
    const before = store.get(key);
    call.undo.push(before === undefined ? () => store.delete(key) : () => store.put(key, before));
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((part) => typeof part === 'string' && part !== '' && part.length <= 1024);

/** Entries of one range at most: they are one text. */
const MAX_RANGE = 10_000;

const boundsOf = (given: unknown) => {
  const { from, before, limit } = isJsonObject(given as JsonValue) ? (given as JsonObject) : {};
  return {
    ...(typeof from === 'string' ? { from } : {}),
    ...(typeof before === 'string' ? { before } : {}),
    limit: typeof limit === 'number' ? Math.min(MAX_RANGE, Math.max(0, limit)) : MAX_RANGE,
  };
};
