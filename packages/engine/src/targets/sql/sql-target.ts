import type { Emitter, Target, TargetContext, TargetPort } from '../../operator/index.ts';
import { type InputPartition, type Position, type SqlPool, SqlRefusal, type SqlSession } from '../../ports.ts';
import type { StreamRecord } from '../../record/stream-record.ts';
import { targetFenced } from '../target-failure.ts';
import {
  claimPosition,
  comparePosition,
  confirmPosition,
  ensurePositions,
  holdPosition,
  type KeptRefusal,
  movePosition,
  type PositionKey,
} from './kept-position.ts';
import { nameRow, RowNames } from './row-names.ts';
import { failureOfTarget, verdictOf } from './sql-failures.ts';
import { COLUMN_TYPES, columnArrays, insertStatement, qualified, type SqlTable } from './sql-statements.ts';
import { type ColumnMapping, columnText } from './sql-values.ts';
import { roundsOf, writeHalving } from './write-halving.ts';

export interface SqlTargetOptions {
  /** Name of the connection. */
  readonly connection: string;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly ColumnMapping[];
  /** Columns by which a row that is there is updated; none: every record is a row of its own. */
  readonly keys: readonly string[];
}

/** A task commits when it holds this much: so many rows are one statement, and so much is in memory. */
const FULL_ROWS = 5000;
const FULL_BYTES = 8 * 1024 * 1024;
/** Of what the database says of a record. */
const MAX_MESSAGE = 300;
/** Where a record has no bytes of its own. */
const GUESSED_BYTES = 500;

/**
 * Writes records to a table of a database. How far they go is written in the same transaction, so that what is written
 * again after a crash is told from what is new.
 */
export const sqlTarget = (options: SqlTargetOptions): TargetPort => ({
  promise: 'exactly-once',
  topics: [],
  isOutside: true,
  open: (context) => new SqlTarget(options, context),
});

/**
 * What is checked at the end of a transaction otherwise could be found in no record any more; and a worker that is cut
 * off must not hold a position for longer than it takes to replace it.
 */
const BEGIN = `begin; set constraints all immediate; set local idle_in_transaction_session_timeout = '60s'`;

interface Row {
  readonly record: StreamRecord;
  readonly values: readonly (string | null)[];
}

interface Prepared {
  readonly types: ReadonlyMap<string, string>;
  readonly insert: string;
}

class SqlTarget implements Target {
  readonly #options: SqlTargetOptions;
  readonly #table: SqlTable;
  readonly #context: TargetContext;
  readonly #sql: SqlPool;
  #prepared: Prepared | undefined;
  #held: StreamRecord[] = [];
  #heldBytes = 0;
  #key: PositionKey | undefined;
  #epoch = 0;
  /** What the database holds, and what Kafka has certainly heard of. */
  #offset = -1;
  #base = -1;
  #refusedBefore = new Map<string, KeptRefusal>();
  #names = new RowNames();
  #confirming: Promise<void> = Promise.resolve();

  constructor(options: SqlTargetOptions, context: TargetContext) {
    this.#options = options;
    this.#table = { ...options, columns: options.columns.map(({ column }) => column) };
    this.#context = context;
    this.#sql = context.sql(options.connection);
  }

  get isFull(): boolean {
    return this.#held.length >= FULL_ROWS || this.#heldBytes >= FULL_BYTES;
  }

  write(record: StreamRecord): void {
    this.#held.push(record);
    const { batch, index } = record;
    this.#heldBytes +=
      batch === undefined ? GUESSED_BYTES : (batch.valueEnd[index] as number) - (batch.valueStart[index] as number);
  }

  async claim({ topic, partition }: InputPartition): Promise<void> {
    const { instanceName, pipeline } = this.#context;
    const { schema } = this.#options;
    const key = { schema, pipeline: pipeline.pipelineId, stage: instanceName, topic, partition };
    await this.#prepare();
    this.#epoch = await this.#transaction(async (session) => {
      await ensurePositions(session, schema);
      return claimPosition(session, key);
    });
    this.#key = key;
  }

  async begin(start: Position): Promise<number | undefined> {
    const { instanceName } = this.#context;
    const key = this.#key;
    // Without a claim a position that is out of date would be believed.
    if (key === undefined) throw new Error(`${instanceName} begins without having been claimed`);
    const taken = await this.#transaction((session) => comparePosition(session, key, this.#epoch, start.offset));
    if (taken === undefined) throw targetFenced(instanceName);
    this.#base = start.offset;
    this.#offset = taken.holdsUntil ?? start.offset;
    this.#refusedBefore = new Map(taken.refused.map((refusal) => [refusal.row, refusal]));
    if (taken.holdsUntil !== undefined)
      this.#context.log(
        'info',
        `The database holds what comes from offsets ${start.offset} to ${taken.holdsUntil} of partition ${start.partition} already; it is not written again.`,
      );
    return taken.holdsUntil;
  }

  /** What was written before is taken once more, and what was refused is refused once more. */
  again(record: StreamRecord, out: Emitter): void {
    const row = this.#rowOf(record, out);
    if (row === undefined) return;
    const refusal = this.#refusedBefore.get(this.#names.next(nameRow(record, row.values)));
    if (refusal === undefined) out.emit(record);
    else out.error(record, refusal.code, refusal.message);
  }

  async flush(position: Position | undefined, out: Emitter): Promise<void> {
    if (this.#held.length === 0) return;
    await this.#prepare();
    const records = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    const rows = records.flatMap((record) => this.#rowOf(record, out) ?? []);
    if (rows.length === 0) return;
    const names = new RowNames();
    const named = new Map(rows.map((row) => [row, names.next(nameRow(row.record, row.values))]));
    const refused = await this.#transaction((session) => this.#write(session, rows, named, position));
    for (const row of rows) {
      const refusal = refused.get(row);
      if (refusal === undefined) out.emit(row.record);
      else out.error(row.record, refusal.code, refusal.message);
    }
  }

  committed(position: Position | undefined): void {
    const key = this.#key;
    if (position === undefined || key === undefined) return;
    this.#base = position.offset;
    if (position.offset !== this.#offset) return;
    const { offset } = position;
    // Where this fails the next commit says the same.
    this.#confirming = this.#sql
      .use((session) => confirmPosition(session, key, this.#epoch, offset))
      .catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#confirming;
  }

  async #write(
    session: SqlSession,
    rows: readonly Row[],
    named: ReadonlyMap<Row, string>,
    position: Position | undefined,
  ): Promise<ReadonlyMap<Row, KeptRefusal>> {
    const key = this.#key;
    if (key !== undefined && !(await holdPosition(session, key, this.#epoch)))
      throw targetFenced(this.#context.instanceName);
    const refused = new Map<Row, KeptRefusal>();
    for (const round of this.#rounds(rows))
      for (const { row, refusal } of await writeHalving(round, (some) => this.#insert(session, some)))
        refused.set(row, {
          row: named.get(row) ?? '',
          code: 'ROW_REFUSED',
          message: `The database refuses it (SQLSTATE ${refusal.sqlState}): ${refusal.message}`.slice(0, MAX_MESSAGE),
        });
    // Short of what the database holds already, only what came by the clock is new: that has no place of its own.
    if (key !== undefined && position !== undefined && position.offset > this.#offset) {
      await movePosition(session, key, { base: this.#base, offset: position.offset, refused: [...refused.values()] });
      this.#offset = position.offset;
    }
    return refused;
  }

  /** All or nothing; what says something of a row is answered. */
  async #insert(session: SqlSession, rows: readonly Row[]): Promise<SqlRefusal | undefined> {
    const { insert } = this.#prepared as Prepared;
    await session.query('savepoint penstock_rows');
    try {
      await session.query(insert, columnArrays(rows, this.#table.columns.length));
    } catch (error) {
      if (!(error instanceof SqlRefusal) || verdictOf(error.sqlState) !== 'record') throw error;
      await session.query('rollback to savepoint penstock_rows');
      return error;
    }
    await session.query('release savepoint penstock_rows');
    return undefined;
  }

  #rounds(rows: readonly Row[]): readonly (readonly Row[])[] {
    const places = this.#table.keys.map((name) => this.#table.columns.indexOf(name));
    if (places.length === 0) return [rows];
    return roundsOf(rows, ({ values }) => JSON.stringify(places.map((place) => values[place])));
  }

  #rowOf(record: StreamRecord, out: Emitter): Row | undefined {
    const { types } = this.#prepared as Prepared;
    try {
      const values = this.#options.columns.map((mapping) =>
        columnText(record, mapping, types.get(mapping.column) ?? 'text'),
      );
      return { record, values };
    } catch (error) {
      out.error(record, 'ROW_NOT_WRITABLE', error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  /** Looks the table up, and tries to write nothing: names, rights and keys are wrong at once or not at all. */
  async #prepare(): Promise<void> {
    if (this.#prepared !== undefined) return;
    const { columns } = this.#table;
    const empty = columns.map(() => []);
    this.#prepared = await this.#transaction(async (session) => {
      const found = await session.query(COLUMN_TYPES, [qualified(this.#table)]);
      const types = new Map(found.map(({ name, type }) => [String(name), String(type)]));
      const insert = insertStatement(this.#table, types);
      await session.query(insert, empty);
      return { types, insert };
    });
  }

  async #transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T> {
    try {
      return await this.#sql.use(async (session) => {
        await session.query(BEGIN);
        const result = await work(session);
        await session.query('commit');
        return result;
      });
    } catch (error) {
      throw failureOfTarget(this.#context.instanceName, error);
    }
  }
}
