import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32c } from '@node-rs/crc32';
import type { RecordHeader, SourceBatch } from '@penstock/engine';
import fc from 'fast-check';
import { BatchBuilder, lengthOf, type RecordData, sizeOfHeaders } from './batch-builder.ts';
import { BufferPool } from './buffer-pool.ts';
import type { CompressionType } from './compression.ts';
import { FetchedData } from './fetched-data.ts';
import { AT, CONTROL, TRANSACTIONAL, writeInt64 } from './record-format.ts';
import { headersOf } from './record-headers.ts';
import type { AbortedTransaction } from './transactions/aborted-transactions.ts';
import { TransactionOutcomes } from './transactions/transaction-outcomes.ts';
import { cursor, readVarint, sizeOfVarint, writeVarint } from './varint.ts';

interface PlainRecord {
  readonly key: RecordData;
  readonly value: RecordData;
  readonly timestamp: number;
  readonly headers: readonly RecordHeader[];
}

const producer = { producerId: 7, producerEpoch: 1, isTransactional: true };

const encode = (
  records: readonly PlainRecord[],
  baseOffset: number,
  compression: CompressionType = 'none',
  producerId = 7,
): Buffer => {
  const builder = new BatchBuilder(new BufferPool(1 << 20));
  for (const { key, value, timestamp, headers } of records) {
    const lengths = [lengthOf(key), lengthOf(value), sizeOfHeaders(headers)] as const;
    const expected = builder.length + builder.sizeOf(...lengths, timestamp);
    builder.append(key, lengths[0], value, lengths[1], timestamp, headers, lengths[2]);
    assert.equal(builder.length, expected);
  }
  const { bytes } = builder.seal({ ...producer, producerId }, 0, compression);
  return place(bytes, baseOffset);
};

/** What a broker does to a batch: gives it its offset, which the checksum does not cover. */
const place = (batch: Buffer, baseOffset: number): Buffer => {
  const placed = Buffer.from(batch);
  writeInt64(placed, AT.baseOffset, baseOffset);
  return placed;
};

/** A transaction marker of a producer: its key is version 0 and 1 for a commit, 0 for an abort. */
const marker = (offset: number, producerId: number, isCommitted = false): Buffer => {
  const key = Buffer.from([0, 0, 0, isCommitted ? 1 : 0]);
  const batch = encode([{ key, value: null, timestamp: 0, headers: [] }], offset, 'none', producerId);
  batch.writeInt16BE(CONTROL | TRANSACTIONAL, AT.attributes);
  batch.writeUInt32BE(crc32c(batch.subarray(AT.attributes)), AT.crc);
  return batch;
};

const textOf = (batch: SourceBatch, from: Int32Array, to: Int32Array, i: number): string | null => {
  const start = from[i] ?? -1;
  return start < 0 ? null : batch.bytes.toString('utf8', start, to[i]);
};

const decode = (
  bytes: Buffer,
  options: {
    fetchOffset?: number;
    aborted?: readonly AbortedTransaction[];
    outcomes?: TransactionOutcomes;
  } = {},
) => {
  const data = new FetchedData({
    topic: 't',
    partition: 0,
    fetchOffset: options.fetchOffset ?? 0,
    bytes,
    aborted: options.aborted,
    outcomes: options.outcomes,
  });
  const records: unknown[] = [];
  let nextOffset = options.fetchOffset ?? 0;
  while (data.hasMore) {
    const batch = data.next();
    for (let i = 0; i < batch.count; i++) {
      records.push({
        offset: batch.offsets[i],
        timestamp: batch.timestamps[i],
        key: textOf(batch, batch.keyStart, batch.keyEnd, i),
        value: textOf(batch, batch.valueStart, batch.valueEnd, i),
        headers: headersOf(batch, i).map((h) => [h.key.toString(), h.value?.toString() ?? null]),
      });
    }
    nextOffset = batch.nextOffset;
  }
  assert.equal(nextOffset, data.nextOffset);
  return { records, nextOffset };
};

const plain = (records: readonly PlainRecord[], baseOffset: number) =>
  records.map(({ key, value, timestamp, headers }, i) => ({
    offset: baseOffset + i,
    timestamp,
    key: key === null ? null : Buffer.from(key as string).toString(),
    value: value === null ? null : Buffer.from(value as string).toString(),
    headers: headers.map((h) => [h.key.toString(), h.value?.toString() ?? null]),
  }));

const text = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
const data = fc.oneof(
  { weight: 4, arbitrary: text as fc.Arbitrary<RecordData> },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: text.map((s) => Buffer.from(s)) },
);
const header = fc.record({
  key: text.map((s) => Buffer.from(s)),
  value: fc.option(text.map((s) => Buffer.from(s))),
});
const record: fc.Arbitrary<PlainRecord> = fc.record({
  key: data,
  value: data,
  timestamp: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  headers: fc.array(header, { maxLength: 3 }),
});
const records = fc.array(record, { minLength: 1, maxLength: 40 });
const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1000 });

test('a varint reads as what was written, in the size foretold', () => {
  const bytes = Buffer.alloc(12);
  const edges = [
    0,
    -1,
    63,
    64,
    -64,
    -65,
    8191,
    8192,
    134_217_727,
    134_217_728,
    -134_217_729,
    2 ** 31,
    -(2 ** 31),
    2 ** 52,
  ];
  const anyNumber = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -300, max: 300 }));
  fc.assert(
    fc.property(anyNumber, (value) => {
      const half = Math.trunc(value / 2) + 0; // zigzag doubles it; no -0
      assert.equal(writeVarint(bytes, 1, half), 1 + sizeOfVarint(half));
      assert.equal(readVarint(bytes, 1), half);
      assert.equal(cursor, 1 + sizeOfVarint(half));
    }),
    { examples: edges.map((edge) => [edge * 2] as [number]) },
  );
});

test('a batch decodes to the records it was made of', () => {
  fc.assert(
    fc.property(records, offset, (input, base) => {
      assert.deepEqual(decode(encode(input, base), { fetchOffset: base }), {
        records: plain(input, base),
        nextOffset: base + input.length,
      });
    }),
  );
});

for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`batches packed with ${compression} decode to the records they were made of, joined or not`, () => {
    fc.assert(
      fc.property(fc.array(records, { minLength: 1, maxLength: 4 }), fc.boolean(), (batches, isMixed) => {
        let next = 0;
        const encoded: Buffer[] = [];
        const expected: unknown[] = [];
        for (const [n, batch] of batches.entries()) {
          encoded.push(encode(batch, next, isMixed && n % 2 === 1 ? 'none' : compression));
          expected.push(...plain(batch, next));
          next += batch.length + 3; // gaps, as compaction leaves them
        }
        assert.deepEqual(decode(Buffer.concat(encoded)).records, expected);
      }),
      { numRuns: 30 },
    );
  });
}

test('a fetch cut off anywhere gives the whole batches before the cut', () => {
  fc.assert(
    fc.property(records, records, fc.nat(), (first, second, cut) => {
      const bytes = Buffer.concat([encode(first, 0), encode(second, first.length)]);
      const length = encode(first, 0).length;
      const at = length + (cut % (bytes.length - length));
      assert.deepEqual(decode(bytes.subarray(0, at)), { records: plain(first, 0), nextOffset: first.length });
    }),
  );
});

test('records before the offset asked for are left out', () => {
  const input = [0, 1, 2, 3].map((n) => ({ key: null, value: `v${n}`, timestamp: n, headers: [] }));
  const { records: seen, nextOffset } = decode(encode(input, 10), { fetchOffset: 12 });
  assert.deepEqual(seen, plain(input, 10).slice(2));
  assert.equal(nextOffset, 14);
});

test('read committed leaves out aborted transactions and markers, and moves the position past them', () => {
  const one = (value: string) => [{ key: null, value, timestamp: 1, headers: [] }];
  const bytes = Buffer.concat([
    encode(one('aborted'), 0, 'none', 1),
    encode(one('kept'), 1, 'none', 2),
    marker(2, 1),
    encode(one('later, same producer'), 3, 'none', 1),
    marker(4, 1),
    marker(5, 2),
  ]);
  const aborted = [{ producerId: 1, firstOffset: 0 }];
  const values = (result: { records: unknown[] }) => result.records.map((r) => (r as { value: string }).value);
  const committed = decode(bytes, { aborted });
  assert.deepEqual(values(committed), ['kept', 'later, same producer']);
  assert.equal(committed.nextOffset, 6);
  assert.deepEqual(values(decode(bytes)), ['aborted', 'kept', 'later, same producer']);
  const nothing = decode(bytes.subarray(0, encode(one('aborted'), 0).length), { aborted });
  assert.deepEqual(nothing, { records: [], nextOffset: 1 });
});

test('behind an open transaction what is committed is told from markers, however the fetches are cut', () => {
  const step = fc.record({
    producerId: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom('write', 'write', 'commit', 'abort'),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 30 }),
      fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      (steps, cuts) => {
        const fetches: { from: number; batches: Buffer[] }[] = [{ from: 0, batches: [] }];
        const open = new Map<number, string[]>();
        const committed = new Set<string>();
        for (const [offset, { producerId, kind }] of steps.entries()) {
          if (cuts[offset] === true) fetches.push({ from: offset, batches: [] });
          const { batches } = fetches.at(-1) as { batches: Buffer[] };
          const values = open.get(producerId) ?? [];
          if (kind === 'write') {
            open.set(producerId, [...values, `v${offset}`]);
            const record = { key: 'k', value: `v${offset}`, timestamp: 1, headers: [] };
            batches.push(encode([record], offset, 'none', producerId));
          } else {
            if (kind === 'commit') for (const value of values) committed.add(value);
            open.delete(producerId);
            batches.push(marker(offset, producerId, kind === 'commit'));
          }
        }
        const outcomes = new TransactionOutcomes();
        const all = fetches.map(({ from, batches }) => ({ fetchOffset: from, bytes: Buffer.concat(batches) }));
        for (const { fetchOffset, bytes } of all) decode(bytes, { fetchOffset, outcomes });
        const seen = all.flatMap(({ fetchOffset, bytes }) =>
          decode(bytes, { fetchOffset, aborted: outcomes.leftOutFrom(fetchOffset) }).records.map(
            (r) => (r as { value: string }).value,
          ),
        );
        assert.deepEqual(
          seen,
          steps.map((_, offset) => `v${offset}`).filter((value) => committed.has(value)),
        );
      },
    ),
  );
});

test('any damaged byte behind the checksum is noticed', () => {
  fc.assert(
    fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (input, at, flip) => {
      const bytes = encode(input, 0);
      const index = AT.crc + (at % (bytes.length - AT.crc));
      bytes[index] = (bytes[index] ?? 0) ^ flip;
      assert.throws(() => decode(bytes), { code: 'KAFKA_BATCH_CORRUPT' });
    }),
  );
});

test('a batch with a right checksum and impossible contents is corrupt, whatever it holds', () => {
  fc.assert(
    fc.property(records, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), (input, edits) => {
      const bytes = encode(input, 0);
      for (const [at, value] of edits) bytes[AT.recordCount + (at % (bytes.length - AT.recordCount))] = value;
      bytes.writeUInt32BE(crc32c(bytes.subarray(AT.attributes)), AT.crc);
      try {
        decode(bytes);
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'KAFKA_BATCH_CORRUPT');
      }
    }),
    { numRuns: 500 },
  );
});

test('the message formats before Kafka 0.11 are refused by name', () => {
  const bytes = encode([{ key: null, value: 'v', timestamp: 1, headers: [] }], 0);
  bytes.writeInt8(1, AT.magic);
  assert.throws(() => decode(bytes), { code: 'KAFKA_BATCH_FORMAT_UNSUPPORTED', message: /message format 1/ });
});
