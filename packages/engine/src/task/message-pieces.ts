import type { RecordHeader, TopicAppender } from '../ports.ts';
import type { OriginalMessage } from './repartition-envelope.ts';

/**
 * A dead letter that is larger than its topic takes. Its head is an ordinary dead letter with the beginning of the
 * original value, and names a letter id and a number of pieces; the pieces follow in the same partition and transaction.
 * Put together they hold, one after the other: the original key, the original value, its headers' names and values, and
 * the record as the stage saw it. `penstock.layout` of the head has the lengths (-1: null).
 */
export const PieceHeader = {
  /** Of the head and of each piece: which letter. */
  letter: 'penstock.letter',
  /** Of the head: how many pieces. */
  pieces: 'penstock.pieces',
  layout: 'penstock.layout',
  /** Of a piece: its number, from 0. */
  piece: 'penstock.piece',
} as const;

/** Lengths in bytes. */
export interface PieceLayout {
  readonly key: number;
  readonly value: number;
  readonly headers: readonly (readonly [name: number, value: number])[];
  readonly record: number;
}

/** Of the original value, in the head, so that a list can show something. */
const PREVIEW_BYTES = 16 * 1024;
const MAX_PIECE_BYTES = 1_000_000;
/** Room for the headers of a piece. */
const PIECE_OVERHEAD = 200;

export const layoutOf = (original: OriginalMessage, record: Buffer | null): PieceLayout => ({
  key: original.key?.length ?? -1,
  value: original.value?.length ?? -1,
  headers: original.headers.map(({ key, value }) => [key.length, value?.length ?? -1] as const),
  record: record?.length ?? -1,
});

/** Appends the head with `facts`, then the pieces. */
export const appendInPieces = (
  appender: TopicAppender,
  partition: number,
  original: OriginalMessage,
  letter: { readonly facts: readonly RecordHeader[]; readonly record: Buffer | null; readonly at: number },
): void => {
  const { facts, record, at } = letter;
  const parts = [original.key, original.value, ...original.headers.flatMap(({ key, value }) => [key, value]), record];
  const whole = Buffer.concat(parts.filter((part) => part !== null));
  const size = Math.max(1, Math.min(MAX_PIECE_BYTES, appender.maxRecordBytes - PIECE_OVERHEAD));
  const count = Math.ceil(whole.length / size);
  const id = globalThis.crypto.randomUUID();
  const header = (name: string, value: string | number): RecordHeader => ({
    key: Buffer.from(name),
    value: Buffer.from(String(value)),
  });
  const head = [
    ...facts,
    header(PieceHeader.letter, id),
    header(PieceHeader.pieces, count),
    header(PieceHeader.layout, JSON.stringify(layoutOf(original, record))),
  ];
  const preview = Math.min(PREVIEW_BYTES, Math.floor(appender.maxRecordBytes / 4));
  appender.append(partition, null, original.value?.subarray(0, preview) ?? null, at, head);
  for (let index = 0; index < count; index++)
    appender.append(partition, null, whole.subarray(index * size, (index + 1) * size), at, [
      header(PieceHeader.letter, id),
      header(PieceHeader.piece, index),
    ]);
};

/** The inverse: what the pieces of a letter, in order, hold. */
export const joinPieces = (
  layout: PieceLayout,
  pieces: readonly Buffer[],
): Pick<OriginalMessage, 'key' | 'value' | 'headers'> & { readonly record: string | undefined } => {
  const whole = Buffer.concat(pieces);
  let at = 0;
  const take = (length: number): Buffer | null => {
    if (length < 0) return null;
    at += length;
    if (at > whole.length) throw new RangeError('The pieces of a dead letter are shorter than its head says.');
    return whole.subarray(at - length, at);
  };
  const key = take(layout.key);
  const value = take(layout.value);
  const headers = layout.headers.map(([name, length]) => ({
    key: take(name) ?? Buffer.alloc(0),
    value: take(length),
  }));
  return { key, value, headers, record: take(layout.record)?.toString('utf8') };
};
