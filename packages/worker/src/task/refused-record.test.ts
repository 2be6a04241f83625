import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Task } from '@penstock/engine';
import { AppError } from '@penstock/model';
import fc from 'fast-check';
import { Suspects } from './refused-record.ts';

/** Works off offsets 0 to `count`, as a task runner does, with a log that refuses whole transactions. */
const consume = (count: number, bad: ReadonlySet<number>, isFaithful = true) => {
  const suspects = new Suspects();
  const committed: number[] = [];
  const errors: number[] = [];
  let position = 0;
  let lives = 0;
  while (position < count) {
    lives++;
    const refused = new Set<number>();
    suspects.tell({ refuse: (offset: number) => refused.add(offset).size > 0 } as unknown as Task);
    for (;;) {
      const from = position;
      const until = Math.min(count, from + Math.min(100, suspects.limit(from)));
      const offsets = Array.from({ length: until - from }, (_, i) => from + i);
      const written = offsets.filter((offset) => !(isFaithful && refused.has(offset)));
      const attempt = { count: offsets.length, last: until - 1, position: until };
      if (written.some((offset) => bad.has(offset))) {
        const error = new AppError('KAFKA_RECORD_REFUSED', 'no', { domain: 'user', params: { topic: 't' } });
        if (suspects.narrow(error, attempt) === undefined) throw error;
        break;
      }
      committed.push(...written);
      errors.push(...offsets.filter((offset) => refused.has(offset)));
      position = until;
      suspects.committed(position);
      if (position >= count) break;
    }
  }
  return { committed, errors, lives };
};

test('exactly the records that cannot be committed are singled out, each other one is committed once, in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.uniqueArray(fc.nat(399), { maxLength: 12 }), (count, bad) => {
      const culprits = new Set(bad.filter((offset) => offset < count));
      const { committed, errors, lives } = consume(count, culprits);
      const all = Array.from({ length: count }, (_, offset) => offset);
      assert.deepEqual(
        committed,
        all.filter((offset) => !culprits.has(offset)),
      );
      assert.deepEqual(
        errors,
        all.filter((offset) => culprits.has(offset)),
      );
      assert.ok(lives <= 1 + culprits.size * 16, `${lives} lives for ${culprits.size} culprits`);
    }),
  );
});

test('a refusal that persists although its record is known is not looked for for ever', () => {
  assert.throws(() => consume(50, new Set([7]), false), { code: 'KAFKA_RECORD_REFUSED' });
});

test('errors of other kinds are none of its business', () => {
  const suspects = new Suspects();
  const attempt = { count: 5, last: 4, position: 5 };
  for (const code of ['KAFKA_FENCED', 'KAFKA_UNREACHABLE'])
    assert.equal(suspects.narrow(new AppError(code, '', { domain: 'external' }), attempt), undefined);
  assert.equal(suspects.narrow(new Error('bug'), attempt), undefined);
});
