import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { FETCHED_POINT, LOOKED_POINT, WIDE_TOPICS } from './wide-pipeline.ts';
import { WideReference } from './wide-reference.ts';

const reading = (fields: JsonObject) => {
  const record: JsonObject = { assetId: 'pump0001', time: 1000, value: 1, attr: {}, ...fields };
  return { seq: Number(record.seq), assetId: String(record.assetId), key: '', text: JSON.stringify(record) };
};

/** What the check of an output finds of these records when they come out. */
const verdictOf = (reference: WideReference, topic: string, outputs: readonly JsonObject[]) => {
  const check = reference.checks.get(topic);
  assert.ok(check);
  for (const record of outputs)
    check.see({ key: `${record.assetId}${record.pointId}`, partition: 0, record }, 'somewhere');
  const { expected, lost, duplicated, wrong, outOfOrder } = check.judge();
  return { expected, lost, duplicated, wrong, outOfOrder };
};
const flawless = { lost: 0, duplicated: 0, wrong: 0, outOfOrder: 0 };

test('a record gets its asset, or empty objects where there is none', () => {
  const reference = new WideReference();
  for (const [seq, assetId] of ['pump0001', 'pump0003'].entries())
    assert.equal(reference.add(0, reading({ seq, assetId, pointId: LOOKED_POINT })), false);
  const out = (seq: number, id: string, asset: JsonObject): JsonObject => ({
    ...JSON.parse(reading({ seq, assetId: id, pointId: `${LOOKED_POINT}_asset` }).text),
    attr: { tslAssetLookup: { id, ...asset } },
  });
  const outputs = [
    out(0, 'pump0001', {
      attributes: { rated: 0.25, place: { hall: 1 } },
      tags: { hall: 'hall-1' },
      extra: { tslInstanceName: 'Pumpe 1' },
    }),
    out(1, 'pump0003', { attributes: {}, tags: {}, extra: {} }),
  ];
  assert.deepEqual(verdictOf(reference, WIDE_TOPICS.looked, outputs), { expected: 2, ...flawless });
});

test('an answer is added, nothing where there is none, and what is refused is a dead letter; only of the first source', () => {
  const reference = new WideReference();
  const add = (source: number, seq: number): boolean => reference.add(source, reading({ seq, pointId: FETCHED_POINT }));
  assert.deepEqual([add(0, 1), add(0, 28), add(0, 42), add(1, 42)], [false, false, true, false]);
  const out = (seq: number, response: string): JsonObject => ({
    ...JSON.parse(reading({ seq, pointId: `${FETCHED_POINT}_fetched` }).text),
    attr: { httpClient: { returnBy: 'http', response, hasData: response !== '' } },
  });
  assert.deepEqual(verdictOf(reference, WIDE_TOPICS.fetched, [out(1, '{"double":2,"text":"№ 1"}'), out(28, '')]), {
    expected: 2,
    ...flawless,
  });
});

test('what is no record is a dead letter', () => {
  assert.equal(new WideReference().add(0, { seq: 1, assetId: 'pump0001', key: '', text: '1 {"orgId"' }), true);
});
