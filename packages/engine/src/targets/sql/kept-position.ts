import type { SqlSession } from '../../ports.ts';
import { qualified } from './sql-statements.ts';

export const POSITIONS_TABLE = 'penstock_positions';

/** A record of what the database holds already that it refused: where it came from, which it is, and why. */
export interface KeptRefusal {
  readonly row: string;
  readonly code: string;
  readonly message: string;
}

/** Whose position it is. */
export interface PositionKey {
  readonly schema: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly topic: string;
  readonly partition: number;
}

/** How what the database holds compares with where a task begins. */
export interface ComparedPosition {
  /** Offset up to which the database holds what the task is about to do once more; undefined: nothing of it. */
  readonly holdsUntil: number | undefined;
  /** What of that it refused. */
  readonly refused: readonly KeptRefusal[];
}

const tableOf = (schema: string): string => qualified({ schema, table: POSITIONS_TABLE });

/** `base` is where Kafka certainly was when `offset` was written: in between, it may not know yet what is there. */
const definition = (schema: string): string => `create table if not exists ${tableOf(schema)} (
  pipeline text not null,
  stage text not null,
  topic text not null,
  partition integer not null,
  base bigint not null,
  "offset" bigint not null,
  epoch bigint not null,
  refused jsonb not null,
  primary key (pipeline, stage, topic, partition)
)`;

/** For people who have to make the table themselves. */
export const positionsDefinition = (schema: string): string => definition(schema).replaceAll(/\s+/g, ' ');

/** Two tasks at once would both find it missing, and one would fail. */
const LOCK = `select pg_advisory_xact_lock(hashtext('penstock_positions'))`;

/** Makes the table where it is missing. Within a transaction. */
export const ensurePositions = async (session: SqlSession, schema: string): Promise<void> => {
  const exists = async (): Promise<boolean> => {
    const [row] = await session.query('select to_regclass($1) is not null as found', [tableOf(schema)]);
    return row?.found === true;
  };
  if (await exists()) return;
  await session.query(LOCK);
  if (!(await exists())) await session.query(definition(schema));
};

const KEY = 'pipeline = $1 and stage = $2 and topic = $3 and partition = $4';
const keyOf = ({ pipeline, stage, topic, partition }: PositionKey): unknown[] => [pipeline, stage, topic, partition];

/**
 * Takes the position over from whoever had it, without a word on where it is. Answers the epoch of the new owner: whoever
 * has a smaller one writes nothing any more. Within a transaction.
 */
export const claimPosition = async (session: SqlSession, key: PositionKey): Promise<number> => {
  const [row] = await session.query(
    `insert into ${tableOf(key.schema)} as p (pipeline, stage, topic, partition, base, "offset", epoch, refused)
     values ($1, $2, $3, $4, $5, $5, 1, '[]')
     on conflict (pipeline, stage, topic, partition) do update set epoch = p.epoch + 1
     returning epoch`,
    [...keyOf(key), NOWHERE],
  );
  return Number(row?.epoch);
};

/** Of a position that nobody has written yet. */
const NOWHERE = -1;

/**
 * Compares a claimed position with where the task begins, as Kafka says after the claim: at `offset` both agree; from
 * `base` on, and before it, Kafka has not heard of what is in the database; anywhere else somebody has moved the
 * pipeline on purpose, and it is done as they want it. Undefined where somebody else has claimed it since. Within a
 * transaction.
 */
export const comparePosition = async (
  session: SqlSession,
  key: PositionKey,
  epoch: number,
  start: number,
): Promise<ComparedPosition | undefined> => {
  const [row] = await session.query(
    `select base, "offset", refused from ${tableOf(key.schema)} where ${KEY} and epoch = $5 for update`,
    [...keyOf(key), epoch],
  );
  if (row === undefined) return undefined;
  const [base, offset] = [Number(row.base), Number(row.offset)];
  if (start >= base && start < offset) return { holdsUntil: offset, refused: readRefused(row.refused) };
  await movePosition(session, key, { base: start, offset: start, refused: [] });
  return { holdsUntil: undefined, refused: [] };
};

const readRefused = (value: unknown): KeptRefusal[] =>
  (Array.isArray(value) ? value : []).flatMap((entry: unknown) => {
    const [row, code, message] = Array.isArray(entry) ? entry : [];
    return typeof row === 'string' ? [{ row, code: String(code), message: String(message) }] : [];
  });

/** Holds the position for the rest of the transaction. False where somebody else has taken it over. */
export const holdPosition = async (session: SqlSession, key: PositionKey, epoch: number): Promise<boolean> => {
  const rows = await session.query(`select 1 from ${tableOf(key.schema)} where ${KEY} and epoch = $5 for update`, [
    ...keyOf(key),
    epoch,
  ]);
  return rows.length > 0;
};

/** Writes down, with the records, how far they go. Within a transaction that holds the position. */
export const movePosition = async (
  session: SqlSession,
  key: PositionKey,
  {
    base,
    offset,
    refused,
  }: { readonly base: number; readonly offset: number; readonly refused: readonly KeptRefusal[] },
): Promise<void> => {
  await session.query(`update ${tableOf(key.schema)} set base = $5, "offset" = $6, refused = $7 where ${KEY}`, [
    ...keyOf(key),
    base,
    offset,
    JSON.stringify(refused.map(({ row, code, message }) => [row, code, message])),
  ]);
};

/** Kafka has it as well: from here on whoever begins elsewhere does so on purpose. */
export const confirmPosition = async (
  session: SqlSession,
  key: PositionKey,
  epoch: number,
  offset: number,
): Promise<void> => {
  await session.query(
    `update ${tableOf(key.schema)} set base = "offset", refused = '[]' where ${KEY} and epoch = $5 and "offset" = $6`,
    [...keyOf(key), epoch, offset],
  );
};
