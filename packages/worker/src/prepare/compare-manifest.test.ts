import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type AnyStore, manifestFormatOf, parseManifest, type StateManifest, type StoreEntry } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import { consumer, documentOf, producer } from '@penstock/testkit';
import { compileRun, type PlanOptions } from '../plan/compile-run.ts';
import { topicsOf } from '../plan/run-topics.ts';
import { compareStores, cutPartitionsOf, isUnchanged, keptCutsOf, movedStages, renamesOf } from './compare-manifest.ts';
import { cutsOf, stageNeedsOf, storeName, storesOf } from './plan-stores.ts';

const window = (name: string, from: string, windowSize = 1) => ({
  name,
  label: 'Fixed Time Window Aggregator',
  from: [from],
  config: {
    inputOutput: [{ inputPoint: 'm::p', windowSize, windowUnit: 'MINUTE', aggregator: 'sum', outputPoint: 'm::q' }],
  },
});
const script = (name: string, from: string, stateKey: readonly string[]) => ({
  name,
  label: 'JavaScript Evaluator',
  from: [from],
  config: { script: 'for (const record of records) { state.n = 1; output.write(record); }', stateKey: [...stateKey] },
});
type Stage = ReturnType<typeof window> | ReturnType<typeof script>;

const source = 'EDHKafkaConsumer_01';
const documentWith = (stages: readonly Stage[], partitionedBy = 'ASSET'): JsonObject =>
  documentOf([consumer('in', { partitionedBy }), ...stages, producer('out', stages.at(-1)?.name ?? source)]);

const planOf = (document: JsonObject, options: PlanOptions = { sourcePartitions: 4 }) => {
  const plan = compileRun({ document, pipelineId: 'p', orgId: 'o1', messageChannel: 0 }, options);
  const { cuts } = topicsOf(plan, options.keptCuts);
  const inputs = [
    { topic: 'in', partitions: options.sourcePartitions ?? 4 },
    ...cuts.map((topic) => ({ topic, partitions: 6 })),
  ];
  return { cuts: cutsOf(plan, cuts), stores: storesOf(plan, inputs), needs: stageNeedsOf(plan) };
};
const manifestOf = (document: JsonObject, options?: PlanOptions): StateManifest => {
  const { cuts, stores } = planOf(document, options);
  return { format: manifestFormatOf(stores), inputs: [], cuts, stores, stateTopicId: 'id' };
};
/** Nothing has more than one version here. */
const NO_STORES = new Map<string, AnyStore>();
const names = (stores: readonly StoreEntry[]): string[] => stores.map(({ stage }) => stage);

describe('a released change, compared with what is kept', () => {
  const kept = manifestOf(documentWith([window('W_01', source)], 'UNKNOWN'));

  test('the same document changes nothing', () => {
    const { stores, needs } = planOf(documentWith([window('W_01', source)], 'UNKNOWN'));
    const renames = renamesOf(kept.stores, stores);
    assert.ok(isUnchanged(compareStores(kept, stores, renames, NO_STORES)));
    assert.deepEqual(movedStages(kept, stores, renames), []);
    assert.deepEqual(names(stores), ['W_01']);
    assert.deepEqual(keptCutsOf(kept, needs, renames), kept.cuts);
  });

  describe('by another version of the encoding', () => {
    const { stores } = planOf(documentWith([window('W_01', source)], 'UNKNOWN'));
    const [now] = stores;
    assert.ok(now !== undefined);
    const keptIn = (version: number): StateManifest => ({ ...kept, stores: [{ ...now, version }] });
    const definitionWith = (migrate?: AnyStore['migrate']): ReadonlyMap<string, AnyStore> => {
      const { version, store } = now;
      const codec = { encode: (state: JsonValue) => state, decode: (stored: JsonValue) => stored };
      const definition = { name: store, version, keyParts: 2 as const, ...codec };
      return new Map([[storeName(now), migrate === undefined ? definition : { ...definition, migrate }]]);
    };
    const compare = (version: number, migrate?: AnyStore['migrate']) =>
      compareStores(keptIn(version), stores, renamesOf(keptIn(version).stores, stores), definitionWith(migrate));

    test('without a migration it is refused, in words that say which stage, both versions and what to do', () => {
      const [refusal] = compare(now.version - 1).unusable.values();
      assert.equal(refusal?.code, 'STATE_VERSION_UNKNOWN');
      assert.match(
        refusal?.message ?? '',
        new RegExp(
          `"W_01" was kept in version ${now.version - 1} .*version ${now.version}.*Release the version before`,
        ),
      );
    });

    test('with one it is brought up to date, but not from a version that is newer', () => {
      const migrate = (stored: JsonValue): JsonValue => stored;
      assert.deepEqual([...compare(now.version - 1, migrate).migrated.keys()], [storeName(now)]);
      assert.equal(compare(now.version - 1, migrate).unusable.size, 0);
      assert.equal(compare(now.version + 1, migrate).unusable.size, 1);
    });
  });

  test('topics of cuts are named by stage and key, whatever comes before them', () => {
    const [first] = kept.cuts;
    const two = planOf(documentWith([script('S_01', source, ['modelId']), window('W_01', 'S_01')], 'UNKNOWN'));
    assert.match(first?.topic ?? '', /^penstock-repartition-p-W_01-[0-9a-f]{8}$/);
    assert.deepEqual(two.cuts.at(-1)?.topic, first?.topic);
    const byModel = planOf(documentWith([script('W_01', source, ['modelId'])], 'UNKNOWN'));
    assert.notEqual(byModel.cuts[0]?.topic, first?.topic);
  });

  test('a stage with another name and the rest as it was is the same stage, behind the same cut', () => {
    const { stores, needs } = planOf(documentWith([window('W_02', source)], 'UNKNOWN'));
    const renames = renamesOf(kept.stores, stores);
    assert.deepEqual([...renames], [['W_01', 'W_02']]);
    const keptCuts = keptCutsOf(kept, needs, renames);
    assert.deepEqual(keptCuts, [{ ...kept.cuts[0], before: 'W_02' }]);
    const planned = planOf(documentWith([window('W_02', source)], 'UNKNOWN'), { sourcePartitions: 4, keptCuts });
    assert.equal(planned.cuts[0]?.topic, kept.cuts[0]?.topic);
    const changes = compareStores(kept, planned.stores, renames, NO_STORES);
    assert.deepEqual([changes.cleared, changes.moved.size, changes.unusable.size], [[], 0, 0]);
  });

  test('two stages that could be meant are not guessed at', () => {
    const { stores } = planOf(documentWith([window('A_01', source), window('B_01', 'A_01')], 'UNKNOWN'));
    assert.throws(() => renamesOf(kept.stores, stores), { code: 'STAGE_RENAME_AMBIGUOUS' });
  });

  test('a stage that is gone, and one of another operator under its name, give their state up', () => {
    for (const stage of [window('W_02', source, 5), script('W_01', source, ['assetId'])]) {
      const { stores } = planOf(documentWith([stage], 'UNKNOWN'));
      const changes = compareStores(kept, stores, renamesOf(kept.stores, stores), NO_STORES);
      assert.deepEqual([names(changes.cleared), changes.renames.size], [['W_01'], 0]);
    }
  });

  test('a key that changed is unusable, with the reason and what to do', () => {
    const before = manifestOf(documentWith([script('S_01', source, ['assetId'])], 'UNKNOWN'));
    const { stores } = planOf(documentWith([script('S_01', source, ['modelId'])], 'UNKNOWN'));
    const problem = compareStores(before, stores, renamesOf(before.stores, stores), NO_STORES).unusable.get(
      '"S_01"state',
    );
    assert.equal(problem?.code, 'STATE_KEY_CHANGED');
    assert.match(problem?.message ?? '', /by "assetId"; the released document wants it by "modelId".*another name/);
  });

  test('a cut stays although the document could do without it', () => {
    const renames = new Map<string, string>();
    const { needs } = planOf(documentWith([window('W_01', source)], 'ASSET'));
    const keptCuts = keptCutsOf(kept, needs, renames);
    const planned = planOf(documentWith([window('W_01', source)], 'ASSET'), { sourcePartitions: 4, keptCuts });
    assert.deepEqual(planned.cuts, kept.cuts);
    assert.ok(isUnchanged(compareStores(kept, planned.stores, renames, NO_STORES)));
  });

  test('a cut stays only where it is one that the stage could have', () => {
    const keptBy = (partitionedBy: string[], key: string[] | undefined, redistributes: boolean) =>
      keptCutsOf(
        { ...kept, cuts: [{ topic: 'c', before: 'P_01', partitionedBy }] },
        new Map([['P_01', { key, redistributes }]]),
        new Map(),
      ).length;
    assert.equal(keptBy(['assetId'], ['assetId', 'pointId'], false), 1);
    assert.equal(keptBy(['assetId'], ['assetId', 'pointId'], true), 0);
    assert.equal(keptBy(['assetId', 'pointId'], ['assetId', 'pointId'], true), 1);
    assert.equal(keptBy(['modelId'], ['assetId'], false), 0);
    assert.equal(keptBy([], undefined, false), 0);
  });

  test('a source with more partitions no longer says where state is: a cut takes its place', () => {
    const before = manifestOf(documentWith([window('W_01', source)]));
    assert.deepEqual(before.cuts, []);
    const document = documentWith([window('W_01', source)]);
    const grown = planOf(document, { sourcePartitions: 6 });
    assert.deepEqual(movedStages(before, grown.stores, new Map()), ['W_01']);
    const planned = planOf(document, { sourcePartitions: 6, isSourceMoved: true });
    assert.deepEqual(planned.cuts[0]?.partitionedBy, ['assetId']);
    assert.deepEqual([...compareStores(before, planned.stores, new Map(), NO_STORES).moved.keys()], ['"W_01"state']);
  });

  test('a cut that brings all records to one task has one partition, wherever state was before', () => {
    const latest = {
      name: 'R_01',
      label: 'Record Generator',
      from: [source],
      config: { outputs: [{ assetId: 'a', outputPoint: 'p' }], generateMethod: 'LATEST_VALUE' },
    };
    const partitionsOf = (stage: Stage | typeof latest): number | undefined => {
      const document = documentOf([consumer('in'), stage, producer('out', stage.name)]);
      const plan = compileRun({ document, pipelineId: 'p', orgId: 'o1', messageChannel: 0 }, { sourcePartitions: 4 });
      assert.equal(plan.cuts.length, 1);
      return cutPartitionsOf(plan, 0, kept, new Map([['W_01', stage.name]]));
    };
    assert.equal(partitionsOf(latest), 1);
    assert.equal(partitionsOf(window('W_02', source)), 6);
  });

  test('a manifest says what it is, and is not believed otherwise', () => {
    assert.deepEqual(parseManifest(JSON.stringify(kept)), kept);
    assert.throws(() => parseManifest(JSON.stringify({ ...kept, format: 99 })), { code: 'MANIFEST_TOO_NEW' });
    for (const text of ['', 'null', '[]', '{}', JSON.stringify({ ...kept, stores: [{ stage: 1 }] })])
      assert.throws(() => parseManifest(text), { code: 'MANIFEST_UNREADABLE' }, text);
  });
});
