import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HttpRequest, LookUps } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { createRandom, givenAssetService, wholeBetween } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import { CHAOS_ORG, type ChaosRecord } from '../chaos-input.ts';
import type { ChaosOracle } from '../scenario.ts';
import { isFlawless } from '../verdict/compare.ts';
import { firstAnswerTo, lastAnswerTo } from './flaky-server.ts';
import { WIDE_ASSETS } from './wide-assets.ts';
import { CLOCK_EVERY_MS, MAX_BATCH, WIDE_TOPICS, wideDocument } from './wide-pipeline.ts';
import { WideReference } from './wide-reference.ts';
import { wideInputs } from './wide-scenario.ts';

/** The wide pipeline and its oracle on topics in memory: what takes minutes and kills with Kafka takes seconds here. */

const PARTITIONS = 4;
const RECORDS = 2500;
const START = Date.UTC(2027, 0, 1);
const SERVICE = 'http://127.0.0.1:1';

/** The services it asks: each request fails the first time as the server of the chaos test does, as far as that is answered. */
const lookUps = (): LookUps => {
  const asked = new Set<number>();
  let now = START;
  const http = async ({ url }: HttpRequest) => {
    const seq = Number(url.split('/').at(-1));
    const isFailing = !asked.has(seq) && firstAnswerTo(seq) !== 'answered';
    asked.add(seq);
    return { headers: {}, ...(isFailing ? { status: 503, body: '' } : lastAnswerTo(seq)) };
  };
  const sleep = (ms: number): Promise<void> => {
    now += ms;
    return new Promise((resolve) => setImmediate(resolve));
  };
  const assets = givenAssetService({ assets: WIDE_ASSETS });
  return new LookUps({ http, assets }, { now: () => now, sleep }, {});
};

/** Records of a source, given to the oracle and shared out; those of the second, whose order is judged, to one partition. */
const inputOf = (source: number, seed: number, oracle: ChaosOracle): { texts: string[][]; refused: number } => {
  const next = wideInputs[source]?.input(seed) as () => ChaosRecord;
  const texts: string[][] = Array.from({ length: source === 1 ? 1 : PARTITIONS }, () => []);
  let refused = 0;
  for (let count = 0; count < RECORDS; count++) {
    const record = next();
    texts[Number(record.assetId.slice('pump'.length)) % texts.length]?.push(record.text);
    if (oracle.add(source, record)) refused++;
  }
  return { texts, refused };
};

for (const seed of [1, 2])
  test(`the wide pipeline leaves what its oracle says, whatever crashes in between (seed ${seed})`, async () => {
    const oracle = new WideReference();
    const [first, second] = [inputOf(0, seed, oracle), inputOf(1, seed, oracle)];
    const pipeline = new MemoryPipeline({
      document: wideDocument(SERVICE),
      registry: createRegistry(operators),
      facts: { pipelineId: 'wide', orgId: CHAOS_ORG, messageChannel: 0 },
      input: first.texts,
      otherInputs: [second.texts, [[], []]],
      cutPartitions: PARTITIONS,
      now: START,
      lookUps: lookUps(),
    });
    assert.deepEqual(pipeline.plan.cuts.map(({ before }) => before).sort(), [
      'LatePointTagger_01',
      'LatestRecordMerger_01',
    ]);
    assert.deepEqual(
      pipeline.plan.sources.map((_, part) => pipeline.plan.parts[part]?.batch?.size),
      [undefined, MAX_BATCH, undefined],
    );
    const random = createRandom(seed);
    for (let move = 0; move < 400; move++) {
      const { part, partition } = pipeline.places[wholeBetween(random, 0, pipeline.places.length - 1)] ?? {
        part: 0,
        partition: 0,
      };
      if (random() < 0.2) pipeline.now += wholeBetween(random, 1, 3 * CLOCK_EVERY_MS);
      const kind = random();
      if (kind < 0.6) await pipeline.step(part, partition, wholeBetween(random, 1, MAX_BATCH));
      else if (kind < 0.8) await pipeline.commit(part, partition);
      else await pipeline.crash(part, partition);
    }
    // What comes of the second source is handed on batch by batch to its end.
    while (await pipeline.step(1, 0, MAX_BATCH)) await pipeline.commit(1, 0);
    await pipeline.settle();
    for (const [topic, check] of oracle.checks) {
      for (const [index, record] of pipeline.output(topic).entries()) {
        const { assetId, pointId } = record as JsonObject;
        check.see({ key: `${assetId}${pointId}`, partition: 0, record: record as JsonObject }, `${topic}@${index}`);
      }
      const verdict = check.judge();
      assert.ok(isFlawless(verdict) && verdict.actual > 100, JSON.stringify({ topic, ...verdict }));
    }
    assert.deepEqual([...oracle.checks.keys()].sort(), Object.values(WIDE_TOPICS).sort());
    assert.equal(pipeline.partitionsOf('dead-letters').flat().length, first.refused + second.refused);
  });
