import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchOfMessages, type SourceBatch } from '@penstock/engine';
import fc from 'fast-check';
import { joinMessages, type Messages } from './join-messages.ts';

const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 6 }), { nil: null });
const message = fc.record({ key: text, value: text, timestamp: fc.nat() });
/** What was read at once, with offsets that have gaps, and which of it is taken. */
const piece = fc
  .tuple(fc.array(message, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat())
  .map(([messages, a, b]): Messages => {
    const whole = batchOfMessages(
      't',
      messages.map(({ key, value, timestamp }) => ({
        key,
        value: value === null ? null : Buffer.from(value),
        timestamp,
      })),
    );
    const offsets = whole.offsets.map((offset) => offset * 3 + 7);
    const batch = { ...whole, offsets, nextOffset: 1000, headersStart: whole.valueStart, headersEnd: whole.valueEnd };
    const [from, to] = [a % messages.length, b % messages.length].sort((one, other) => one - other) as [number, number];
    return { batch, from, to: to + 1 };
  });

const spoken = ({ batch, from, to }: Messages): unknown[] =>
  Array.from({ length: to - from }, (_, at) => {
    const index = from + at;
    const span = (name: 'key' | 'value' | 'headers', { bytes, ...batch }: SourceBatch): string | null => {
      const start = batch[`${name}Start`][index] as number;
      return start < 0 ? null : bytes.toString('utf8', start, batch[`${name}End`][index]);
    };
    const texts = (['key', 'value', 'headers'] as const).map((name) => span(name, batch));
    return [batch.offsets[index], batch.timestamps[index], ...texts];
  });

test('messages that were read one after the other are as if they had been read at once', () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
      const joined = joinMessages(pieces);
      assert.deepEqual(spoken(joined), pieces.flatMap(spoken));
      const last = pieces.at(-1) as Messages;
      const next = last.to < last.batch.count ? last.batch.offsets[last.to] : 1000;
      if (pieces.length > 1) assert.equal(joined.batch.nextOffset, next);
    }),
  );
});
