import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonObject, type JsonValue } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { createRandom, wholeBetween } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import { createChaosInput } from '../chaos-input.ts';
import { Comparison, isFlawless } from '../verdict/compare.ts';
import { recordNames } from './record-names.ts';
import { CHAOS_TOPICS, type ChaosOutput, chaosDocument } from './stateful-pipeline.ts';
import { ChaosReference } from './stateful-reference.ts';

/** The chaos pipeline and its reference on topics in memory: what takes minutes and kills with Kafka takes seconds here. */

const PARTITIONS = 4;
const RECORDS = 4000;
const OUTPUTS = Object.keys(CHAOS_TOPICS) as readonly ChaosOutput[];

const partitionOf = (assetId: string): number => Number(assetId.slice('pump'.length)) % PARTITIONS;

for (const seed of [1, 2])
  test(`the chaos pipeline leaves what its reference says, whatever crashes in between (seed ${seed})`, async () => {
    const comparisons = new Map(OUTPUTS.map((output) => [output, new Comparison(output)]));
    const expected = recordNames();
    const counts = new Map<ChaosOutput, number>();
    const reference = new ChaosReference((output, record) => {
      counts.set(output, (counts.get(output) ?? 0) + 1);
      comparisons.get(output)?.expect(expected(output, record));
    });
    const next = createChaosInput(seed);
    const input: string[][] = Array.from({ length: PARTITIONS }, () => []);
    for (let count = 0; count < RECORDS; count++) {
      const { assetId, text } = next();
      input[partitionOf(assetId)]?.push(text);
      reference.add(text);
    }
    for (const output of OUTPUTS) assert.ok((counts.get(output) ?? 0) > 100, `${counts.get(output)} of ${output}`);
    const pipeline = new MemoryPipeline({
      document: chaosDocument(),
      registry: createRegistry(operators),
      input,
      cutPartitions: PARTITIONS,
      now: Date.UTC(2027, 0, 1),
    });
    assert.deepEqual(
      pipeline.plan.cuts.map(({ before }) => before),
      ['LatestRecordMerger_01'],
    );
    const random = createRandom(seed);
    for (let move = 0; move < 200; move++) {
      const place = pipeline.places[wholeBetween(random, 0, pipeline.places.length - 1)];
      if (place === undefined) continue;
      const { part, partition } = place;
      const kind = random();
      if (kind < 0.6) await pipeline.step(part, partition, wholeBetween(random, 1, 60));
      else if (kind < 0.8) await pipeline.commit(part, partition);
      else await pipeline.crash(part, partition);
    }
    await pipeline.settle();
    const seen = recordNames();
    for (const output of OUTPUTS) {
      const comparison = comparisons.get(output);
      assert.ok(comparison);
      pipeline.output(CHAOS_TOPICS[output]).forEach((record: JsonValue, index) => {
        assert.ok(isJsonObject(record));
        comparison.see(seen(output, record), `${output}@${index}`);
      });
      const verdict = comparison.judge();
      assert.ok(isFlawless(verdict), JSON.stringify(verdict));
    }
    assert.equal(pipeline.partitionsOf('dead-letters').flat().length, reference.malformed);
  });
