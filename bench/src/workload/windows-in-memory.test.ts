import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryGuarantee, type JsonObject } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { MemoryPipeline } from '@penstock/testkit/operator';
import { type DataSet, Measurements, RecordTexts } from '../data/measurements.ts';
import { PARTITIONS, partitionInTurns } from '../data/write-dataset.ts';
import { differenceOf, FingerprintBuilder } from './fingerprint.ts';
import { workloads } from './workloads.ts';

/** Workloads on topics in memory, with few assets: the references are right without a broker, too. */

const ASSETS = 7;

const inputOf = (data: DataSet): { input: string[][]; partitionsOfFirst: number } => {
  const input: string[][] = Array.from({ length: PARTITIONS }, () => []);
  const texts = new RecordTexts(ASSETS);
  const records = new Measurements(data);
  const ofFirst = new Set<number>();
  while (records.next()) {
    const partition = data.shape?.isKeyless === true ? partitionInTurns(records) : records.asset % PARTITIONS;
    input[partition]?.push(texts.textOf(records));
    if (records.series === 0) ofFirst.add(partition);
  }
  return { input, partitionsOfFirst: ofFirst.size };
};

for (const [name, records, cuts] of [
  ['window-wide', 70 * 6, 0],
  ['keyless', 70 * 200, 1],
] as const)
  test(`${name} leaves what its reference says`, async () => {
    const workload = workloads[name];
    const data: DataSet = { records, seed: 3, shape: { ...workload.shape, assets: ASSETS } };
    const { input, partitionsOfFirst } = inputOf(data);
    assert.equal(partitionsOfFirst, workload.shape.isKeyless ? PARTITIONS : 1);
    const pipeline = new MemoryPipeline({
      document: workload.document('in', 'out', DeliveryGuarantee.ExactlyOnce),
      registry: createRegistry(operators),
      input,
      cutPartitions: PARTITIONS,
      now: Date.UTC(2027, 0, 1),
    });
    assert.equal(pipeline.plan.cuts.length, cuts);
    // A partition is read far ahead of the others.
    await pipeline.step(0, 1, 500);
    await pipeline.commit(0, 1);
    await pipeline.settle();
    await pipeline.idle(20_000);
    const actual = new FingerprintBuilder();
    for (const record of pipeline.output('out') as JsonObject[]) actual.add(...workload.contentOf(record));
    const expected = workload.reference(data);
    assert.ok(expected.records > 100, `${expected.records} windows`);
    assert.equal(differenceOf(actual, expected), undefined);
    assert.deepEqual(pipeline.output('dead-letters'), []);
  });
