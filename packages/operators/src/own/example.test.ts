import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@penstock/model';
import { consumer, documentOf, libraryFolder, producer } from '@penstock/testkit';
import { MemoryPipeline, testRunning } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { operators } from '../generated/operators.ts';
import { createRegistry } from '../registry.ts';
import { checkPackage } from './check-package.ts';
import { ownDefinitions, packageHash } from './own-definition.ts';
import { packManifest } from './pack-manifest.ts';
import { runPackageCases } from './run-package-cases.ts';

// The example of docs/own-operators.md, through what every operator of Penstock goes through.

const read = libraryFolder(fileURLToPath(new URL('../../../../docs/own-operators/dead-band', import.meta.url)));
const packed = packManifest(read('manifest.json'), read) as JsonObject;
const { library, issues } = checkPackage(packed);
assert.ok(library, JSON.stringify(issues));
const definitions = ownDefinitions(library);

for (const definition of definitions)
  testRunning(definition, {
    operators: definitions,
    shownCases: Object.fromEntries(definitions.map(({ id, shown }) => [id, shown])),
  });

test('the example runs its own cases, and says where one is not as it says', async () => {
  assert.deepEqual(await runPackageCases(library), []);
  const wrong: JsonObject = JSON.parse(
    JSON.stringify(packed).replace('"time":7000,"value":12}],"dropped"', '"time":7000,"value":13}],"dropped"'),
  );
  const checked = checkPackage(wrong);
  assert.ok(checked.library);
  const [issue, ...more] = await runPackageCases(checked.library);
  assert.deepEqual([issue?.code, issue?.path, more], ['LIBRARY_CASE_FAILED', '/operators/0/cases/1/steps/1/out', []]);
  assert.match(issue?.message ?? '', /"value":13.*but got.*"value":12/);
});

const own = [{ library: 'acme-filters@1.0.0', hash: packageHash(library), package: packed }];
const stage = {
  name: 'DeadBandFilter_01',
  label: 'Dead Band Filter',
  library: 'acme-filters@1.0.0',
  stageName: definitions[0]?.stageName ?? '',
  from: ['EDHKafkaConsumer_01'],
  config: { inputOutput: [{ inputPoint: 'm::p', deadBand: 1 }] },
};
const document = documentOf([
  consumer('in', { partitionedBy: 'UNKNOWN' }),
  stage,
  producer('out', 'DeadBandFilter_01'),
]);
const registry = () => {
  const base = createRegistry(operators);
  return base.of?.({ ownLibraries: own }) ?? base;
};

/** What must come out, in the order in which records of a point come. */
const expected = (records: readonly JsonObject[]): JsonObject[] => {
  const last = new Map<unknown, JsonObject>();
  return records.filter((record) => {
    const before = last.get(record.assetId);
    const isNewer = before === undefined || Number(record.time) >= Number(before.time);
    if (isNewer && before !== undefined && Math.abs(Number(record.value) - Number(before.value)) <= 1) return false;
    if (isNewer) last.set(record.assetId, record);
    return true;
  });
};

const sorted = (records: readonly unknown[]): string[] => records.map((record) => JSON.stringify(record)).sort();

test('behind a cut, what comes out is the same whatever is committed, lost and repeated in between', async () => {
  const move = fc.record({
    kind: fc.constantFrom('step' as const, 'step' as const, 'commit' as const, 'crash' as const),
    place: fc.nat(11),
    count: fc.integer({ min: 1, max: 4 }),
  });
  const measured = fc.record({ asset: fc.nat(4), time: fc.nat(20), value: fc.integer({ min: -3, max: 3 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(measured, { minLength: 1, maxLength: 40 }),
      fc.array(move, { maxLength: 30 }),
      async (all, moves) => {
        const records = all.map(
          ({ asset, time, value }): JsonObject => ({
            modelId: 'm',
            modelIdPath: '/m',
            assetId: `a${asset}`,
            pointId: 'p',
            time,
            value,
          }),
        );
        const input = [0, 1, 2].map((partition) =>
          records.filter((_, at) => (all[at]?.asset ?? 0) % 3 === partition).map((record) => JSON.stringify(record)),
        );
        const pipeline = new MemoryPipeline({
          document,
          registry: registry(),
          input,
          cutPartitions: 2,
          now: Date.UTC(2026, 0),
        });
        assert.deepEqual(
          pipeline.plan.cuts.map(({ before }) => before),
          ['DeadBandFilter_01'],
        );
        for (const { kind, place, count } of moves) {
          const { part, partition } = pipeline.places[place % pipeline.places.length] ?? { part: 0, partition: 0 };
          if (kind === 'step') await pipeline.step(part, partition, count);
          else if (kind === 'commit') await pipeline.commit(part, partition);
          else await pipeline.crash(part, partition);
        }
        await pipeline.settle();
        assert.deepEqual(sorted(pipeline.output('out')), sorted(expected(records)));
        assert.deepEqual(pipeline.output('dead-letters'), []);
      },
    ),
    { numRuns: 30 },
  );
});
