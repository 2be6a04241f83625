import type { SourceBatch } from '../ports.ts';

/** A source batch in memory, for tests: one entry per value; `null` is a tombstone. */
export const batchOf = (
  values: readonly (string | Buffer | null)[],
  place: { topic?: string; partition?: number; firstOffset?: number } = {},
): SourceBatch => {
  const buffers = values.map((value) => (value === null ? null : Buffer.from(value)));
  const count = values.length;
  const firstOffset = place.firstOffset ?? 0;
  const valueStart = new Int32Array(count);
  const valueEnd = new Int32Array(count);
  let at = 0;
  buffers.forEach((buffer, i) => {
    valueStart[i] = buffer === null ? -1 : at;
    at += buffer?.length ?? 0;
    valueEnd[i] = buffer === null ? -1 : at;
  });
  return {
    topic: place.topic ?? 'input',
    partition: place.partition ?? 0,
    count,
    bytes: Buffer.concat(buffers.filter((buffer) => buffer !== null)),
    offsets: Float64Array.from({ length: count }, (_, i) => firstOffset + i),
    timestamps: new Float64Array(count),
    keyStart: new Int32Array(count).fill(-1),
    keyEnd: new Int32Array(count).fill(-1),
    valueStart,
    valueEnd,
    headersStart: new Int32Array(count),
    headersEnd: new Int32Array(count),
    nextOffset: firstOffset + count,
  };
};
