import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SqlRefusal } from '../../ports.ts';
import { verdictOf } from './sql-failures.ts';
import { roundsOf, writeHalving } from './write-halving.ts';

/** A table that takes all rows of a batch or none, and has its own idea of which are good. */
const tableOf = (isGood: (row: number, written: readonly number[]) => boolean) => {
  const written: number[] = [];
  let statements = 0;
  const insert = async (rows: readonly number[]): Promise<SqlRefusal | undefined> => {
    statements += 1;
    const next = [...written];
    for (const row of rows) {
      if (!isGood(row, next)) return new SqlRefusal('23505', `${row}`);
      next.push(row);
    }
    written.splice(0, written.length, ...next);
    return undefined;
  };
  return { written, insert, statements: () => statements };
};

test('whatever rows are refused, by themselves or for those before them: it is as if each had been written alone', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), fc.nat(5), async (rows, modulus) => {
      // Refused are some values, and every value that is there already.
      const isGood = (row: number, before: readonly number[]) => row % 7 !== modulus && !before.includes(row);
      const expected: number[] = [];
      const bad: number[] = [];
      for (const row of rows) (isGood(row, expected) ? expected : bad).push(row);
      const table = tableOf(isGood);
      const refused = await writeHalving(rows, table.insert);
      assert.deepEqual(table.written, expected);
      assert.deepEqual(
        refused.map(({ row }) => row),
        bad,
      );
      for (const { row, refusal } of refused) assert.equal(refusal.message, String(row), 'each for its own reason');
    }),
  );
});

test('one bad row among many is found with few statements; nothing bad takes one', async () => {
  const rows = Array.from({ length: 4096 }, (_, index) => index);
  const good = tableOf(() => true);
  await writeHalving(rows, good.insert);
  assert.equal(good.statements(), 1);
  const one = tableOf((row) => row !== 1234);
  assert.equal((await writeHalving(rows, one.insert)).length, 1);
  assert.ok(one.statements() <= 2 * 12 + 1, `${one.statements()} statements`);
  assert.deepEqual(await writeHalving([], one.insert), []);
});

test('what is not a matter of rows ends it', async () => {
  const away = new Error('away');
  await assert.rejects(
    writeHalving([1, 2], async () => {
      throw away;
    }),
    away,
  );
});

test('rounds keep the order of each key and have none twice', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.nat())), (rows) => {
      const rounds = roundsOf(rows, ([key]) => String(key));
      for (const round of rounds) assert.equal(new Set(round.map(([key]) => key)).size, round.length);
      for (let key = 0; key <= 4; key++)
        assert.deepEqual(
          rounds.flat().filter(([own]) => own === key),
          rows.filter(([own]) => own === key),
        );
    }),
  );
});

test('each class of SQLSTATE speaks of a record, of the server, or of the stage', () => {
  for (const [state, verdict] of [
    ['22P02', 'record'],
    ['22001', 'record'],
    ['23505', 'record'],
    ['54000', 'record'],
    ['44000', 'record'],
    ['P0001', 'record'],
    ['ZZ001', 'record'],
    ['08006', 'away'],
    ['53300', 'away'],
    ['57P01', 'away'],
    ['57014', 'away'],
    ['40P01', 'away'],
    ['25006', 'away'],
    ['55P03', 'away'],
    ['28P01', 'unusable'],
    ['42P01', 'unusable'],
    ['42501', 'unusable'],
    ['3F000', 'unusable'],
  ] as const)
    assert.equal(verdictOf(state), verdict, state);
});
