import type { DataReference, Emitter, KeyedState, StageContext, StreamRecord } from '@penstock/engine';
import { isJsonObject, type JsonValue } from '@penstock/model';
import type { Addressing, RowTable } from '../points/addressing.ts';
import { isSelected } from '../points/guards.ts';
import type { SandboxResult, ScriptSandbox, StateChange, StateMember } from './sandbox.ts';
import { MAX_STATE_BYTES, type ScriptState, STATE_OF_TASK, stateMembers } from './script-state.ts';

/** Records that cross into the sandbox at once. */
const CHUNK = 1000;
export interface ScriptStageSettings {
  readonly of: Addressing;
  /** Longest run for one batch, ms. */
  readonly timeLimitMs: number;
  /** Empty: every record. */
  readonly inputs: readonly DataReference[];
  /** Whether each record is handled by itself, so that a failing one can be singled out. */
  readonly isOneToOne: boolean;
  /** Makes a sandbox: for the first batch, and after a limit has spent the last one. */
  open(): ScriptSandbox | Promise<ScriptSandbox>;
  /** Whether that takes so long that it is done before the first record. */
  readonly isSlowToOpen: boolean;
  /** The text of an output with the numbers that are still its source's spelled as they are there. */
  respell(source: StreamRecord, text: string): string;
}

/** Runs a script over batches of records and keeps its state. */
export class ScriptStage {
  readonly #settings: ScriptStageSettings;
  readonly #context: StageContext<ScriptState>;
  readonly #state: KeyedState<ScriptState>;
  readonly #table: RowTable<DataReference> | undefined;
  #sandbox: ScriptSandbox | undefined;

  constructor(settings: ScriptStageSettings, context: StageContext<ScriptState>) {
    this.#settings = settings;
    this.#context = context;
    this.#state = context.state;
    this.#table = settings.inputs.length === 0 ? undefined : settings.of.table(settings.inputs, (point) => point);
  }

  async opened(): Promise<void> {
    this.#takeApart();
    if (this.#settings.isSlowToOpen) await this.#ready();
  }

  async processBatch(records: readonly StreamRecord[], out: Emitter): Promise<void> {
    const selected = this.#table === undefined ? records : this.#select(records, this.#table, out);
    for (let at = 0; at < selected.length; at += CHUNK)
      await this.#runChunk(selected.length <= CHUNK ? selected : selected.slice(at, at + CHUNK), out);
  }

  close(): void {
    this.#sandbox?.dispose();
    this.#sandbox = undefined;
  }

  #select(records: readonly StreamRecord[], table: RowTable<DataReference>, out: Emitter): StreamRecord[] {
    return records.filter((record) => isSelected(table.rowsFor(record), record, out));
  }

  async #runChunk(records: readonly StreamRecord[], out: Emitter): Promise<void> {
    const failure = await this.#attempt(records, out);
    if (failure === undefined) return;
    if (!this.#settings.isOneToOne || records.length === 1) {
      for (const record of records) out.error(record, failure.code, failure.message);
      return;
    }
    // One bad record must not take its neighbours along: each gets a run of its own, while there is time.
    const deadline = performance.now() + 2 * this.#settings.timeLimitMs;
    for (const record of records) {
      const alone = performance.now() < deadline ? await this.#attempt([record], out) : failure;
      if (alone !== undefined) out.error(record, alone.code, alone.message);
    }
  }

  /** Runs the script on these records and emits what it wrote; nothing is emitted or kept where it fails. */
  async #attempt(
    records: readonly StreamRecord[],
    out: Emitter,
  ): Promise<{ readonly code: string; readonly message: string } | undefined> {
    const sandbox = await this.#ready();
    if (sandbox.isSpent) return STATE_DOES_NOT_FIT;
    const batch = batchText(records);
    const origins = sandbox.usesOrigin ? originsText(records) : undefined;
    const result = sandbox.run(batch, origins, records.length);
    for (const [level, message] of result.logs) this.#context.log(level, message);
    if (!result.ok) {
      this.#rollBack(result.touched);
      return result;
    }
    if (result.state !== undefined && !this.#keep(result.state)) {
      const { members, isWhole } = result.state;
      this.#rollBack(isWhole ? undefined : members.map(([name]) => name));
      return STATE_TOO_LARGE;
    }
    emitResult(records, result, this.#settings, out);
    return undefined;
  }

  /** The sandbox with the state as last kept, made where there is none or the last one is spent. */
  async #ready(): Promise<ScriptSandbox> {
    if (this.#sandbox !== undefined && !this.#sandbox.isSpent) return this.#sandbox;
    this.close();
    const sandbox = await this.#settings.open();
    this.#sandbox = sandbox;
    if (sandbox.usesState) sandbox.setState(this.#members());
    return sandbox;
  }

  /** Keeps what really changed; false, and nothing is kept, where a property is too large. */
  #keep({ members, isWhole }: StateChange): boolean {
    const changes = members.filter(([name, json]) => json !== this.#jsonOf(name));
    for (const [name, json] of changes)
      if (json !== null && Buffer.byteLength(name) + Buffer.byteLength(json) > MAX_STATE_BYTES) return false;
    const gone = isWhole ? this.#namesWithout(new Set(members.map(([name]) => name))) : [];
    for (const name of gone) this.#state.delete(STATE_OF_TASK, name);
    for (const [name, json] of changes)
      if (json === null) this.#state.delete(STATE_OF_TASK, name);
      else this.#state.put(STATE_OF_TASK, name, { json, isWhole: false });
    return true;
  }

  /** A failed run may have left the state half changed. `names`: the properties; undefined: any. */
  #rollBack(names: readonly string[] | undefined): void {
    const sandbox = this.#sandbox;
    if (sandbox === undefined || sandbox.isSpent || !sandbox.usesState) return;
    if (names === undefined) sandbox.setState(this.#members());
    else if (names.length > 0) sandbox.putBack(names.map((name) => [name, this.#jsonOf(name)] as const));
  }

  #jsonOf(name: string): string | null {
    return this.#state.get(STATE_OF_TASK, name)?.json ?? null;
  }

  #members(): StateMember[] {
    const members: StateMember[] = [];
    this.#state.forEach(({ json }, _task, name) => {
      members.push([name, json]);
    });
    return members;
  }

  #namesWithout(names: ReadonlySet<string>): string[] {
    const others: string[] = [];
    this.#state.forEach((_kept, _task, name) => {
      if (!names.has(name)) others.push(name);
    });
    return others;
  }

  /** What the first version kept as one entry is kept by property from the next commit on. */
  #takeApart(): void {
    const whole = this.#state.get(STATE_OF_TASK, '');
    if (whole?.isWhole !== true) return;
    this.#state.delete(STATE_OF_TASK, '');
    for (const [name, json] of stateMembers(whole.json)) this.#state.put(STATE_OF_TASK, name, { json, isWhole: false });
  }
}

const STATE_TOO_LARGE = {
  code: 'SCRIPT_STATE_TOO_LARGE',
  message: `A property of the script's state would be larger than ${MAX_STATE_BYTES} bytes of JSON.`,
};

const STATE_DOES_NOT_FIT = {
  code: 'SCRIPT_MEMORY_LIMIT',
  message: "The script's state does not fit into its memory: raise the Memory Limit of the stage.",
};

const batchText = (records: readonly StreamRecord[]): string => {
  let text = '[';
  for (let i = 0; i < records.length; i++) text += (i === 0 ? '' : ',') + (records[i] as StreamRecord).toJson();
  return `${text}]`;
};

const originsText = (records: readonly StreamRecord[]): string =>
  JSON.stringify(
    records.map(({ batch, index }) => {
      if (batch === undefined) return ['', 0, index, 0];
      const origin = [batch.topic, batch.partition, batch.offsets[index], batch.timestamps[index]];
      return batch.message === undefined ? origin : [...origin, batch.message.first + index];
    }),
  );

const derived = (
  source: StreamRecord,
  text: string,
  assetId: string | undefined,
  id: string | undefined,
  idField: Addressing['idField'],
): StreamRecord =>
  idField === 'pointId'
    ? source.deriveFromJson(text, assetId, id)
    : source.deriveFromJson(text, assetId, undefined, id);

const emitResult = (
  records: readonly StreamRecord[],
  result: SandboxResult & { ok: true },
  { of: { idField }, isOneToOne, respell }: ScriptStageSettings,
  out: Emitter,
): void => {
  const { outputs, sources, keys } = result;
  // Records the script made itself belong to the last record of the batch.
  const last = records.length - 1;
  let nextKey = 0;
  for (let i = 0; i < outputs.length; i++) {
    const at = sources === null ? i : (sources[i] as number);
    const source = records[at < 0 ? last : at] as StreamRecord;
    const text = at < 0 ? (outputs[i] as string) : respell(source, outputs[i] as string);
    const key = keys[nextKey];
    // Whatever the key of the message needs is known here, so that the text is written as it is.
    if (key === undefined || key[0] !== i) out.emit(derived(source, text, source.assetId, source[idField], idField));
    else {
      nextKey++;
      out.emit(derived(source, text, key[1] ?? undefined, key[2] ?? undefined, idField));
    }
  }
  for (const [index, code, message, created] of result.errors) {
    const record = records[index < 0 ? last : index] as StreamRecord;
    const fields = created as JsonValue;
    out.error(index < 0 && isJsonObject(fields) ? record.derive(fields) : record, code, message);
  }
  for (const index of result.silent) out.drop(records[index] as StreamRecord, isOneToOne ? 'not-written' : 'merged');
};
