import { type API, createAPI, type Reader, Writer } from '@platformatic/kafka';
import type { AbortedTransaction } from './transactions/aborted-transactions.ts';

/** One partition of a fetch request. */
export interface FetchAsk {
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly offset: number;
}

export interface FetchLimits {
  readonly maxWaitMs: number;
  /** Of the whole answer. The first record batch comes whole whatever its size (KIP-74). */
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  readonly isReadCommitted: boolean;
}

export interface FetchedAnswer {
  readonly topicId: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  /** -1 when the broker does not tell. */
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Memory of its own: keeping it keeps no other partition's records. */
  readonly bytes: Buffer;
}

export interface FetchResponse {
  readonly errorCode: number;
  readonly throttleMs: number;
  readonly partitions: readonly FetchedAnswer[];
}

const EMPTY = Buffer.alloc(0);

/** Fetch v13, without a session: every request names all its partitions, in the order in which they are to be served. */
const createRequest = (asks: readonly FetchAsk[], limits: FetchLimits): Writer =>
  Writer.create()
    .appendInt32(-1) // replica id: a consumer
    .appendInt32(limits.maxWaitMs)
    .appendInt32(1) // min bytes
    .appendInt32(limits.maxBytes)
    .appendInt8(limits.isReadCommitted ? 1 : 0)
    .appendInt32(0) // session id
    .appendInt32(-1) // session epoch: no session
    .appendArray(groupByTopic(asks), (w, topic) => {
      w.appendUUID(topic.topicId).appendArray(topic.asks, (p, ask) => {
        p.appendInt32(ask.partition)
          .appendInt32(ask.leaderEpoch)
          .appendInt64(BigInt(ask.offset))
          .appendInt32(-1) // last fetched epoch
          .appendInt64(-1n) // log start offset: followers only
          .appendInt32(limits.maxBytesPerPartition);
      });
    })
    .appendArray([], () => {}) // forgotten topics
    .appendString('') // rack
    .appendTaggedFields();

/** Runs of one topic stay together without changing which partition comes first. */
const groupByTopic = (asks: readonly FetchAsk[]): { topicId: string; asks: FetchAsk[] }[] => {
  const topics = new Map<string, FetchAsk[]>();
  for (const ask of asks) {
    const known = topics.get(ask.topicId);
    if (known === undefined) topics.set(ask.topicId, [ask]);
    else known.push(ask);
  }
  return [...topics].map(([topicId, grouped]) => ({ topicId, asks: grouped }));
};

const parseResponse = (_correlationId: number, _key: number, _version: number, reader: Reader): FetchResponse => {
  const throttleMs = reader.readInt32();
  const errorCode = reader.readInt16();
  reader.readInt32(); // session id
  const partitions: FetchedAnswer[] = [];
  reader.readArray(() => {
    const topicId = reader.readUUID();
    reader.readArray(() => partitions.push(parsePartition(topicId, reader)), true, true);
  });
  return { errorCode, throttleMs, partitions };
};

const parsePartition = (topicId: string, reader: Reader): FetchedAnswer => {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = Number(reader.readInt64());
  const lastStableOffset = Number(reader.readInt64());
  const logStartOffset = Number(reader.readInt64());
  const aborted = reader.readNullableArray(() => ({
    producerId: Number(reader.readInt64()),
    firstOffset: Number(reader.readInt64()),
  }));
  reader.readInt32(); // preferred read replica: only with a rack
  const size = reader.readUnsignedVarInt() - 1;
  const bytes = size > 0 ? reader.buffer.slice(reader.position, reader.position + size) : EMPTY;
  reader.skip(Math.max(size, 0));
  return {
    topicId,
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    aborted: aborted ?? [],
    bytes,
  };
};

export const fetchApi: API<[asks: readonly FetchAsk[], limits: FetchLimits], FetchResponse> = createAPI(
  1,
  13,
  createRequest,
  parseResponse,
);
