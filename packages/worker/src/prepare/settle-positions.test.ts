import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type InputFacts, type PositionPort, settlePositions } from './settle-positions.ts';

type Offsets = Readonly<Record<number, number>>;

const mapOf = (offsets: Offsets): Map<number, number> =>
  new Map(Object.entries(offsets).map(([partition, offset]) => [Number(partition), offset]));

interface Known {
  readonly committed?: Offsets;
  readonly recorded?: Offsets;
  readonly earliest?: Offsets;
  readonly latest?: Offsets;
}

const portOf = ({ committed = {}, recorded = {}, earliest = {}, latest = {} }: Known): PositionPort => {
  const among = (offsets: Offsets) => async (_topic: string, partitions: readonly number[]) =>
    new Map([...mapOf(offsets)].filter(([partition]) => partitions.includes(partition)));
  return {
    committed: among(committed),
    recorded: async () => mapOf(recorded),
    earliest: among(earliest),
    latest: among(latest),
  };
};

const settle = async (facts: Partial<InputFacts>, known: Known) => {
  const codes: string[] = [];
  const input: InputFacts = {
    topic: 't',
    partitions: 3,
    firstStart: 'latest',
    known: undefined,
    isReplaced: false,
    isContinued: false,
    ...facts,
  };
  const positions = await settlePositions(input, portOf(known), ({ code }) => codes.push(code));
  return { offsets: positions.map(({ partition, offset }) => [partition, offset]), codes };
};

const ends: Known = { earliest: { 0: 1, 1: 2, 2: 3 }, latest: { 0: 10, 1: 20, 2: 30 } };

describe('where tasks of a topic begin', () => {
  test('a first start begins where the source says, all partitions at once', async () => {
    const at = async (firstStart: 'earliest' | 'latest') => (await settle({ firstStart }, ends)).offsets;
    assert.deepEqual(await at('latest'), [
      [0, 10],
      [1, 20],
      [2, 30],
    ]);
    assert.deepEqual(await at('earliest'), [
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  test('what the group knows is left alone', async () => {
    assert.deepEqual(await settle({}, { ...ends, committed: { 0: 5, 1: 5, 2: 5 } }), { offsets: [], codes: [] });
  });

  test('what only the records know is restored', async () => {
    const { offsets, codes } = await settle(
      { known: { partitions: 3 } },
      { ...ends, committed: { 1: 7 }, recorded: { 0: 4, 1: 6, 2: 9 } },
    );
    assert.deepEqual(offsets, [
      [0, 4],
      [2, 9],
    ]);
    assert.deepEqual(codes, ['POSITION_RESTORED']);
  });

  test('a partition that is new to the pipeline begins at its first record', async () => {
    for (const known of [{ partitions: 2 }, undefined])
      assert.deepEqual(await settle({ known }, { ...ends, committed: { 0: 5, 1: 5 } }), {
        offsets: [[2, 3]],
        codes: ['SOURCE_PARTITIONS_ADDED'],
      });
  });

  test('a position that is gone is refused, not guessed', async () => {
    const lost = { code: 'POSITION_LOST', domain: 'user' };
    await assert.rejects(settle({ known: { partitions: 3 } }, ends), lost);
    await assert.rejects(settle({ known: { partitions: 3 } }, { ...ends, committed: { 0: 1, 1: 1 } }), lost);
    await assert.rejects(settle({ known: { partitions: 0 } }, ends), lost);
    await assert.rejects(settle({ isContinued: true }, ends), lost);
  });

  test('an answer that leaves a partition out is no answer', async () => {
    await assert.rejects(settle({}, { latest: { 0: 10, 1: 20 } }), { code: 'POSITION_UNKNOWN', retryable: true });
  });

  test('a topic made anew begins at its first records, whatever the old one had', async () => {
    const { offsets, codes } = await settle(
      { isReplaced: true, known: { partitions: 3 } },
      { ...ends, committed: { 0: 500, 1: 500, 2: 500 } },
    );
    assert.deepEqual(offsets, [
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    assert.deepEqual(codes, ['TOPIC_REPLACED']);
  });

  test('no partition that has a position anywhere is given another one', async () => {
    const offsets = fc.dictionary(fc.constantFrom('0', '1', '2'), fc.nat(100));
    await fc.assert(
      fc.asyncProperty(offsets, offsets, fc.constantFrom(0, 1, 2, 3), async (committed, recorded, partitions) => {
        const known = { partitions };
        const settled = await settle({ known }, { ...ends, committed, recorded }).catch(() => undefined);
        for (const [partition, offset] of settled?.offsets ?? []) {
          assert.ok(partition !== undefined && !(partition in committed));
          if (partition in recorded) assert.equal(offset, recorded[String(partition)]);
          else assert.ok(partition >= partitions);
        }
      }),
    );
  });
});
