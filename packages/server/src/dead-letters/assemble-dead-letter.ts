import { joinPieces } from '@penstock/engine';
import { headersOf, isKafkaError, type PartitionFeeds, type SourceBatch } from '@penstock/kafka';
import { type DeadLetter, pieceOf } from './dead-letter.ts';

const SILENCE_MS = 5000;
/** Pieces follow their head in the same transaction; other tasks may write in between, but not for ever. */
const MAX_MESSAGES = 20_000;

/**
 * A dead letter with everything of it: put together from its pieces, or read where its original still is. Undefined
 * where a part of it is gone (retention of its topic).
 */
export const assembleDeadLetter = async (
  feeds: PartitionFeeds,
  topic: string,
  letter: DeadLetter,
): Promise<DeadLetter | undefined> => {
  const joined = letter.pieces === undefined ? letter : await fromPieces(feeds, topic, letter);
  return joined?.isReference === true ? fromSource(feeds, joined) : joined;
};

const fromPieces = async (
  feeds: PartitionFeeds,
  topic: string,
  letter: DeadLetter,
): Promise<DeadLetter | undefined> => {
  const { pieces } = letter;
  if (pieces === undefined) return letter;
  const found = new Map<number, Buffer>();
  await eachMessage(feeds, topic, letter.partition, letter.offset + 1, (batch, index) => {
    const piece = pieceOf(headersOf(batch, index));
    if (piece?.letter === pieces.letter) found.set(piece.piece, valueAt(batch, index) ?? Buffer.alloc(0));
    return found.size < pieces.count;
  });
  const ordered = Array.from({ length: pieces.count }, (_, index) => found.get(index));
  if (ordered.some((piece) => piece === undefined)) return undefined;
  const { record, ...original } = joinPieces(
    pieces.layout,
    ordered.filter((piece) => piece !== undefined),
  );
  return { ...letter, ...original, ...(record === undefined ? {} : { record }) };
};

const fromSource = async (feeds: PartitionFeeds, letter: DeadLetter): Promise<DeadLetter | undefined> => {
  const { topic, partition, offset, place } = letter.source;
  let original: Pick<DeadLetter, 'key' | 'value' | 'headers'> | undefined;
  await eachMessage(feeds, topic, partition, offset, (batch, index) => {
    if (batch.offsets[index] === offset) {
      const { bytes, keyStart, keyEnd } = batch;
      const start = keyStart[index] ?? -1;
      const key = start < 0 ? null : bytes.subarray(start, keyEnd[index]);
      const whole = valueAt(batch, index);
      // Of a message of several records only that one: the others went their way.
      const value = place === undefined ? whole : (whole?.subarray(place.start, place.start + place.length) ?? null);
      original = { key, value, headers: headersOf(batch, index) };
    }
    return (batch.offsets[index] ?? offset) < offset;
  });
  return original === undefined ? undefined : { ...letter, ...original };
};

/** Visits messages from an offset on while `visit` says so, a bounded number of them. */
const eachMessage = async (
  feeds: PartitionFeeds,
  topic: string,
  partition: number,
  from: number,
  visit: (batch: SourceBatch, index: number) => boolean,
): Promise<void> => {
  const feed = feeds.open(topic, partition, from);
  try {
    for (let seen = 0; seen < MAX_MESSAGES; ) {
      const batch = await feed.next(SILENCE_MS).catch(goneIsNothing);
      if (batch === undefined) return;
      for (let index = 0; index < batch.count; index++, seen++) {
        if ((batch.offsets[index] ?? -1) < from) continue;
        if (!visit(batch, index)) return;
      }
    }
  } finally {
    feed.close();
  }
};

const goneIsNothing = (error: unknown): undefined => {
  if (!isKafkaError(error, 'KAFKA_OFFSET_OUT_OF_RANGE')) throw error;
  return undefined;
};

const valueAt = ({ bytes, valueStart, valueEnd }: SourceBatch, index: number): Buffer | null => {
  const start = valueStart[index] ?? -1;
  return start < 0 ? null : bytes.subarray(start, valueEnd[index]);
};
