import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePlan, type HttpRequest, LookUps } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { assetReferences, createRandom, type GivenStore, givenAssetService } from '@penstock/testkit';
import { MemoryPipeline } from '@penstock/testkit/operator';
import { assetAnswer } from './asset-service.ts';
import { energyDocument, energyDocumentFor } from './energy-document.ts';
import { FARM_ID } from './farm-assets.ts';

/** The document that the demo runs, on topics in memory and with a clock of the test, against figures worked by hand. */

const ORG = 'o1';
const MINUTE = 60_000;
const YESTERDAY = Date.UTC(2026, 2, 1);
const TODAY = Date.UTC(2026, 2, 2);
const at = (text: string): number => Date.parse(`2026-03-0${text}:00Z`);

const [STEADY, RESET, SILENT, CUT_OFF] = ['wtg00001', 'wtg00002', 'wtg00003', 'wtg00004'];
const TURBINES = [STEADY, RESET, SILENT, CUT_OFF];
const INTERNAL = 'MEASURE_POINT_INTERNAL_o1';

/**
 * Readings of the meters: when one comes in, whose, what it reads, and of when it is where that is not when it comes.
 * A meter counts 100 kWh as 1.
 *
 *          the day before                       the day
 *   STEADY (1004-1000) + (1008-1004) =  8       (1009-1008) + (1013-1009) =  5
 *   RESET  (5006-5000) + (5-2)       =  9       (7-5) + (9-7)             =  4     5006 → 2 counts nothing
 *   SILENT (302-300)                 =  2       312-302                   = 10     all of it in the reading that ends the silence
 *   CUT_OFF (41-40) + (43-41) + (44-43) = 4     (47-44) + (49-47)         =  5     the reading of 23:10 comes too late to count
 *                                      --                                  --
 *                                      23                                  24
 */
const READINGS: readonly (readonly [comes: string, assetId: string, value: number, of?: string])[] = [
  ['1T22:00', STEADY, 1000],
  ['1T22:00', RESET, 5000],
  ['1T22:00', SILENT, 300],
  ['1T22:00', CUT_OFF, 40],
  ['1T22:30', SILENT, 302],
  ['1T23:00', STEADY, 1004],
  ['1T23:00', RESET, 5006],
  ['1T23:00', CUT_OFF, 41],
  ['1T23:30', RESET, 2],
  ['1T23:50', RESET, 5],
  ['1T23:59', STEADY, 1008],
  // Midnight.
  ['2T00:01', STEADY, 1009],
  ['2T00:10', RESET, 7],
  ['2T00:30', CUT_OFF, 43, '1T23:20'],
  ['2T00:30', CUT_OFF, 44, '1T23:40'],
  ['2T00:30', CUT_OFF, 47, '2T00:20'],
  ['2T00:35', CUT_OFF, 42, '1T23:10'],
  ['2T00:50', CUT_OFF, 49],
  ['2T01:00', STEADY, 1013],
  ['2T01:00', RESET, 9],
  ['2T02:00', SILENT, 312],
];

const messageOf = ([comes, assetId, value, of = comes]: (typeof READINGS)[number]): string =>
  JSON.stringify({
    ...{ orgId: ORG, modelId: 'WindTurbine', modelIdPath: '/Equipment/WindTurbine', assetId, pointId: 'ammeter' },
    ...{ time: at(of), value, quality: 0, attr: {} },
  });

const store: GivenStore = {
  assets: {
    [FARM_ID]: { modelIdPath: '/Site/WindFarm' },
    ...Object.fromEntries(TURBINES.map((assetId) => [assetId, { modelIdPath: '/Equipment/WindTurbine' }])),
  },
  trees: {
    farm: {
      tags: { eos_tree: 'true' },
      nodes: { [FARM_ID]: null, ...Object.fromEntries(TURBINES.map((assetId) => [assetId, FARM_ID])) },
    },
  },
};

const lookUps = (asked: string[]): LookUps => {
  const http = async ({ method, url }: HttpRequest) => {
    asked.push(`${method} ${url}`);
    const { status, body } = assetAnswer(url);
    return { status, headers: {}, body: JSON.stringify(body) };
  };
  return new LookUps({ http, assets: givenAssetService(store) }, { now: () => TODAY, sleep: async () => {} }, {});
};

/** Runs the evening and the night minute by minute, and gives what came out of the pipeline, as texts to compare. */
const run = async (crash: (pipeline: MemoryPipeline) => Promise<void> = async () => {}) => {
  const asked: string[] = [];
  const pipeline = new MemoryPipeline({
    document: energyDocument(),
    registry: createRegistry(operators),
    facts: { pipelineId: 'energy', orgId: ORG, messageChannel: 0 },
    input: [[], []],
    cutPartitions: 2,
    now: at('1T21:59'),
    lookUps: lookUps(asked),
    references: assetReferences(store),
  });
  for (let now = at('1T22:00'); now <= at('2T02:03'); now += MINUTE) {
    for (const reading of READINGS.filter(([comes]) => at(comes) === now))
      pipeline.write(TURBINES.indexOf(reading[1]) % 2, messageOf(reading));
    pipeline.now = now;
    await crash(pipeline);
    await pipeline.settle();
  }
  // What is written to the internal topic comes back to the pipeline, as it does in Kafka; it takes none of it.
  const input = new Set(READINGS.map(messageOf));
  const written = pipeline.output(INTERNAL).filter((record) => !input.has(JSON.stringify(record))) as JsonObject[];
  return { asked, written, deadLetters: pipeline.output('dead-letters') };
};

const FARM_POINTS = ['production_day', 'production_day_total', 'carbon_reduction_day', 'carbon_reduction_day_total'];

/** What turbines have put out once, since a day of theirs was over. */
const finalsOf = (written: readonly JsonObject[]) =>
  written
    .filter(({ pointId, attr }) => {
      const { windowAggregator } = attr as { windowAggregator?: JsonObject };
      return pointId === 'production_daily' && windowAggregator?.calMode === 'final';
    })
    .map(({ assetId, time, value }) => [assetId, time, value])
    .sort();

/** What a farm's point said last of a time. */
const farmAt = (written: readonly JsonObject[], pointId: string, time: number) =>
  written.findLast((record) => record.assetId === FARM_ID && record.pointId === pointId && record.time === time);

test('meters become the energy of turbines and farm by day, over midnight, a reset, a silence and a late batch', async () => {
  const { written, deadLetters, asked } = await run();
  assert.deepEqual(deadLetters, []);

  assert.deepEqual(finalsOf(written), [
    [STEADY, YESTERDAY, 800],
    [RESET, YESTERDAY, 900],
    [SILENT, YESTERDAY, 200],
    [CUT_OFF, YESTERDAY, 400],
  ]);

  const seen = (pointId: string, time: number) => {
    const { value, attr } = farmAt(written, pointId, time) ?? {};
    return [value, (attr as JsonObject | undefined)?.turbines];
  };
  const so = (counted: number, final: number) => ({ counted, final });
  // Of 23:58: 8 - 4, 9, 2 and the 1 of the turbine that has been cut off since.
  assert.deepEqual(seen('production_day', at('1T23:58')), [(4 + 9 + 2 + 1) * 100, so(4, 0)]);
  // Past midnight the day begins at nothing, and of the other nothing is lost that came in its last minute.
  assert.deepEqual(seen('production_day', at('2T00:00')), [0, so(0, 0)]);
  assert.deepEqual(seen('production_day', at('2T00:05')), [100, so(1, 0)]);
  assert.deepEqual(seen('production_day', at('2T00:32')), [100 + 200 + 300, so(3, 0)]);
  assert.deepEqual(seen('production_day', at('2T01:30')), [500 + 400 + 500, so(3, 0)]);
  assert.deepEqual(seen('production_day', at('2T02:02')), [2400, so(4, 0)]);

  // Of the day before: as it grows whole, and what it comes to in the end. How long each was so, in minutes.
  const totals = written.filter(({ pointId }) => pointId === 'production_day_total');
  const told = totals.map(({ time, value, attr }) => JSON.stringify([time, value, (attr as JsonObject).turbines]));
  assert.deepEqual(
    [...new Set(told)].map((text) => [text, told.filter((one) => one === text).length]),
    [
      [JSON.stringify([YESTERDAY, 2000, so(4, 0)]), 1],
      [JSON.stringify([YESTERDAY, 2000, so(4, 1)]), 9],
      [JSON.stringify([YESTERDAY, 2000, so(4, 2)]), 20],
      [JSON.stringify([YESTERDAY, 2300, so(4, 3)]), 90],
      [JSON.stringify([YESTERDAY, 2300, so(4, 4)]), 4],
    ],
  );

  // In kg: kWh times 0.581.
  assert.equal(farmAt(written, 'carbon_reduction_day', at('2T02:02'))?.value, 1394.4);
  assert.equal(farmAt(written, 'carbon_reduction_day_total', YESTERDAY)?.value, 1336.3);
  assert.deepEqual([...new Set(asked)], [`GET http://127.0.0.1:8093/assets/${FARM_ID}?orgId=${ORG}`]);
});

test('whatever crashes in between, the farm has its figures once for every minute, and the same in the end', async () => {
  const [straight, random] = [await run(), createRandom(5)];
  let crashes = 0;
  const crashed = await run(async (pipeline) => {
    for (const { part, partition } of pipeline.places) {
      if (random() > 0.05) continue;
      // What has been worked off and not committed is done again.
      await pipeline.step(part, partition, 1);
      await pipeline.crash(part, partition);
      crashes++;
    }
  });
  assert.ok(crashes > 30);
  // What a figure of a day that runs is depends on which readings the minute has found; when it comes does not.
  const figures = (written: readonly JsonObject[]) =>
    written
      .filter(({ assetId }) => assetId === FARM_ID)
      .map(({ pointId, time }) => `${pointId} ${time}`)
      .sort();
  assert.deepEqual(figures(crashed.written), figures(straight.written));
  assert.deepEqual(finalsOf(crashed.written), finalsOf(straight.written));
  const ends = (written: readonly JsonObject[]) =>
    FARM_POINTS.map((pointId) => written.findLast((record) => record.pointId === pointId));
  assert.deepEqual(ends(crashed.written), ends(straight.written));
  assert.deepEqual(crashed.deadLetters, []);
});

test('the document compiles without a word of complaint, and asks the asset service wherever that listens', () => {
  const { plan, issues } = compilePlan(energyDocumentFor(4711), {
    registry: createRegistry(operators),
    facts: { pipelineId: 'p1', orgId: ORG, messageChannel: 0 },
    sourcePartitions: 4,
  });
  assert.deepEqual(issues, []);
  // The merger brings the turbines of a farm together.
  assert.deepEqual(
    plan?.cuts.map(({ before }) => before),
    ['LatestRecordMerger_01'],
  );
  assert.ok(JSON.stringify(energyDocumentFor(4711)).includes('"http://127.0.0.1:4711/assets/{assetId}"'));
});
