/**
 * Record batch, format v2 (KIP-98), big endian:
 *
 *   0 base offset i64            23 last offset delta i32
 *   8 batch length i32           27 base timestamp i64
 *  12 partition leader epoch i32 35 max timestamp i64
 *  16 magic i8 (2)               43 producer id i64
 *  17 crc-32c u32, of 21..end    51 producer epoch i16
 *  21 attributes i16             53 base sequence i32
 *                                57 record count i32
 *                                61 records, compressed as one block
 *
 * Record: length varint, attributes i8, timestamp delta varlong, offset delta varint, key length varint (-1 null), key,
 * value length varint (-1 null), value, header count varint, headers (key length varint, key, value length varint, value).
 * All varints are zigzag.
 */
export const HEADER_BYTES = 61;
/** Base offset and batch length: what comes before the bytes that batch length counts. */
export const LOG_OVERHEAD = 12;

export const AT = {
  baseOffset: 0,
  batchLength: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordCount: 57,
} as const;

export const MAGIC = 2;
export const COMPRESSION_MASK = 0x07;
export const LOG_APPEND_TIME = 0x08;
export const TRANSACTIONAL = 0x10;
export const CONTROL = 0x20;

/** The shortest record: seven one-byte fields. Bounds what a damaged record count can make us allocate. */
export const MIN_RECORD_BYTES = 7;

/** A signed 64-bit integer as a double: exact up to 2^53, which offsets, producer ids and times are. */
export const readInt64 = (bytes: Buffer, at: number): number =>
  bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);

export const writeInt64 = (bytes: Buffer, at: number, value: number): void => {
  const high = Math.floor(value / 0x1_0000_0000);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
};
