import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { openTaskLog, readManifest } from '@penstock/kafka';
import {
  consumerGroupOf,
  DeliveryGuarantee,
  type JsonObject,
  type RunEvent,
  type RunSpec,
  repartitionTopicOf,
  stateTopicOf,
} from '@penstock/model';
import { consumer, documentOf, measurement, minuteSums, producer, type StageSketch } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { WorkerProcess } from '@penstock/testkit/worker';
import { forecastRun } from '../forecast/forecast-run.ts';
import { prepareRun } from './prepare-run.ts';

let kafka: LocalKafka;
let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'penstock-release-'));
  kafka = await startLocalKafka({ dir: join(folder, 'kafka') });
});
after(async () => {
  await kafka.stop();
  await rm(folder, { recursive: true, force: true });
});

const SOURCE = 'EDHKafkaConsumer_01';
const tagger: StageSketch = {
  name: 'OffLimitTagger_01',
  label: 'Off Limit Tagger',
  from: [SOURCE],
  config: {
    inputOutput: [
      { inputPoint: 'turbine::power', openClose: '[x,y]', minMax: '0,9999', outputPoint: 'turbine::power' },
    ],
  },
};
const script = (name: string, stateKey: readonly string[]): StageSketch => ({
  name,
  label: 'JavaScript',
  from: [SOURCE],
  config: { script: 'for (const record of records) { state.n = 1; output.write(record); }', stateKey: [...stateKey] },
});

const worldOf = async (t: TestContext, pipelineId: string, partitions: number) => {
  const access = await TopicAccess.connect(t, kafka.bootstrapServers);
  const [input, output] = [`${pipelineId}-in`, `${pipelineId}-out`];
  await access.admin.ensureTopic(input, { partitions });
  await access.admin.ensureTopic(output, { partitions: 1 });
  const document = (stages: readonly StageSketch[], partitionedBy = 'UNKNOWN'): JsonObject =>
    documentOf([consumer(input, { partitionedBy }), ...stages, producer(output, stages.at(-1)?.name ?? SOURCE)], {
      // The shortest there is: behind a cut, windows wait for partitions that have caught up.
      idleTimeoutMs: 1000,
    });
  const specOf = (given: JsonObject, more: Partial<RunSpec> = {}): RunSpec => ({
    runId: 'run',
    pipelineId,
    orgId: 'o1',
    messageChannel: 0,
    document: given,
    kafka: { bootstrapServers: kafka.bootstrapServers },
    threads: 1,
    memoryMb: 1024,
    kafkaRate: 1000,
    control: { endpointsFile: 'file:///nowhere', token: 'token' },
    ...more,
  });
  const prepare = async (given: JsonObject, more: Partial<RunSpec> = {}) => {
    const events: RunEvent[] = [];
    const prepared = await prepareRun(specOf(given, more), {
      client: access.client,
      onEvent: (event) => events.push(event),
    });
    return { ...prepared, codes: events.map(({ code }) => code) };
  };
  /** What is foretold, in short: stages, cuts and topics with what becomes of them, and codes of refusals. */
  const forecast = async (given: JsonObject, more: Partial<RunSpec> = {}) => {
    const { states, cuts, positions, refusals } = await forecastRun(specOf(given, more), access.client);
    return {
      states: states.map(({ stage, fate, was }) => [was ?? stage, stage, fate].join(' ')),
      cuts: cuts.map(({ stage, fate }) => `${stage} ${fate}`),
      positions: positions.map(({ topic, fate }) => `${topic} ${fate}`),
      refusals: refusals.map(({ code }) => code),
    };
  };
  const keep = async (topic: string, rows: readonly (readonly [partition: number, key: string, value: string])[]) => {
    const log = await openTaskLog(access.client, {
      transactionalId: `${pipelineId}-writer`,
      groupId: 'writer',
      guarantee: DeliveryGuarantee.ExactlyOnce,
      topics: [topic],
    });
    for (const [partition, key, value] of rows) log.appender(topic).append(partition, key, value, Date.now());
    await log.commit(undefined);
    await log.close();
  };
  const kept = async (): Promise<[number, string][]> => {
    const live = new Map<string, number>();
    for (const { partition, key, value } of await access.read(stateTopicOf(pipelineId))) {
      if (key === null) continue;
      if (value === null) live.delete(`${partition} ${key}`);
      else live.set(`${partition} ${key}`, partition);
    }
    return [...live]
      .map(([name, partition]): [number, string] => [partition, name.slice(name.indexOf(' ') + 1)])
      .sort();
  };
  return { access, input, output, document, prepare, forecast, keep, kept, group: consumerGroupOf(pipelineId) };
};

const ASSETS = ['a', 'b', 'c', 'd'];
const MINUTES = 4;
/** A value a second of each asset, minute by minute. */
const measurements = (from: number, until: number, partitionKeyOf: (assetId: string, index: number) => string) =>
  Array.from({ length: (until - from) * 60 }, (_, i) => from * 60 + i).flatMap((second) =>
    ASSETS.map((assetId, index) => ({
      key: partitionKeyOf(assetId, index),
      value: measurement({ assetId, time: 1_600_000_020_000 + second * 1000, value: second }),
    })),
  );
const windowsIn = async (access: TopicAccess, output: string): Promise<string[]> =>
  (await access.read(output))
    .map(({ value }) => JSON.parse(value ?? '') as { assetId: string; time: number; value: number })
    .map(({ assetId, time, value }) => `${assetId} ${(time - 1_600_000_020_000) / 60_000} ${value}`)
    .sort();
const EXPECTED = ASSETS.flatMap((assetId) =>
  Array.from({ length: MINUTES - 1 }, (_, minute) => `${assetId} ${minute} ${60 * (minute * 60) + (59 * 60) / 2}`),
).sort();

describe('a document that changes between two runs', () => {
  test('a stage in front that is removed and a window with another name: each window once, with all its records', async (t) => {
    const pipelineId = 'renamed';
    const { access, input, output, document, forecast } = await worldOf(t, pipelineId, 3);
    const byGateway = (_assetId: string, index: number): string => `g${index % 2}`;
    await access.write(input, measurements(0, 2, byGateway).slice(0, -100));
    const before = document([tagger, minuteSums('W_01', 'OffLimitTagger_01')]);
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document: before });
    await first.caughtUp(380);
    assert.equal(await first.pause(), 0);
    await access.write(input, measurements(0, 2, byGateway).slice(-100));
    await access.write(input, measurements(2, MINUTES, byGateway));
    const renamed = document([minuteSums('W_02')]);
    const foretold = await forecast(renamed);
    assert.deepEqual(foretold, {
      states: ['W_01 W_02 kept'],
      cuts: ['W_02 kept'],
      positions: [`${input} kept`, ...foretold.positions.slice(1, 2)],
      refusals: [],
    });
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document: renamed });
    await second.caughtUp(580);
    await access.arrived(output, EXPECTED.length);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await windowsIn(access, output), EXPECTED);
    assert.ok(second.events().some(({ code }) => code === 'STATE_MOVED'));
  });

  test('a source that is added and one that is taken away: each window once, with all its records of both', async (t) => {
    const pipelineId = 'merged';
    const { access, input, output, document, prepare, forecast } = await worldOf(t, pipelineId, 2);
    const more = `${pipelineId}-more`;
    await access.admin.ensureTopic(more, { partitions: 3 });
    const byAsset = (assetId: string): string => assetId;
    await access.write(input, measurements(0, 2, byAsset));
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, {
      pipelineId,
      document: document([minuteSums('W_01')], 'ASSET'),
    });
    await first.caughtUp(480);
    assert.equal(await first.pause(), 0);

    // What was there before the source counts, too: `auto.offset.reset` is earliest.
    await access.write(
      more,
      measurements(2, 3, (_assetId, index) => `g${index}`),
    );
    await access.write(input, measurements(3, MINUTES, byAsset));
    const other = { ...consumer(more), name: 'EDHKafkaConsumer_02' };
    const window = { ...minuteSums('W_01'), from: [SOURCE, other.name] };
    const both = documentOf([consumer(input, { partitionedBy: 'ASSET' }), other, window, producer(output, 'W_01')], {
      idleTimeoutMs: 1000,
    });
    assert.deepEqual(await forecast(both), {
      states: ['W_01 W_01 moved'],
      cuts: ['W_01 made'],
      positions: [`${input} kept`, `${more} first-start`],
      refusals: [],
    });
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document: both });
    await second.caughtUp(480);
    await access.arrived(output, EXPECTED.length);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await windowsIn(access, output), EXPECTED);
    assert.equal((await readManifest(access.client, pipelineId))?.sources, 2);

    const alone = documentOf([other, { ...window, from: [other.name] }, producer(output, 'W_01')]);
    const foretold = await forecast(alone);
    assert.deepEqual([foretold.cuts, foretold.refusals], [['W_01 kept'], []]);
    assert.deepEqual([foretold.positions[0], foretold.positions.at(-1)], [`${more} kept`, `${input} left`]);
    const { layout, places } = await prepare(alone);
    assert.deepEqual([layout.sourcePartitions, layout.otherSources], [3, undefined]);
    assert.deepEqual([...new Set(places.map(({ part }) => part))], [0, 1]);
    const manifest = await readManifest(access.client, pipelineId);
    assert.equal(manifest?.sources, undefined);
    assert.ok(manifest?.inputs.some(({ topic }) => topic === input));
  });

  test('partitions added under kept state: each window once, with all its records', async (t) => {
    const pipelineId = 'grown';
    const { access, input, output, document } = await worldOf(t, pipelineId, 2);
    const byAsset = (assetId: string): string => assetId;
    await access.write(input, measurements(0, 2, byAsset).slice(0, -100));
    const same = document([minuteSums('W_01')], 'ASSET');
    const first = await WorkerProcess.start(t, kafka.bootstrapServers, { pipelineId, document: same });
    await first.caughtUp(380);
    assert.equal(await first.pause(), 0);
    await access.admin.addPartitions(input, 5);
    await access.write(input, measurements(0, 2, byAsset).slice(-100));
    await access.write(input, measurements(2, MINUTES, byAsset));
    const second = await WorkerProcess.start(t, kafka.bootstrapServers, {
      pipelineId,
      document: same,
      isContinued: true,
    });
    await second.caughtUp(580);
    await access.arrived(output, EXPECTED.length);
    assert.equal(await second.pause(), 0);
    assert.deepEqual(await windowsIn(access, output), EXPECTED);
  });

  test('a pause leaves nothing behind a cut', async (t) => {
    const pipelineId = 'paused';
    const { access, input, document, group } = await worldOf(t, pipelineId, 2);
    const values = Array.from({ length: 40_000 }, (_, i) => ({
      key: `g${i % 2}`,
      value: measurement({ assetId: `a${i % 500}`, time: 1_600_000_020_000 + i, value: i }),
    }));
    await access.write(input, values);
    const worker = await WorkerProcess.start(t, kafka.bootstrapServers, {
      pipelineId,
      document: document([minuteSums('W_01')]),
    });
    await worker.control.heard(({ recordsRead }) => recordsRead > 2000);
    assert.equal(await worker.pause(), 0);
    const [cut = ''] = (await readManifest(access.client, pipelineId))?.cuts.map(({ topic }) => topic) ?? [];
    assert.deepEqual(await access.admin.committedOffsets(group, cut), await access.ends(cut));
    assert.ok(!worker.events().some(({ code }) => code === 'CUTS_NOT_DRAINED'));
  });

  test('a key that changed is refused while there is state by the old one; under another name the stage begins anew', async (t) => {
    const { access, input, document, prepare, forecast, keep, kept } = await worldOf(t, 'keyed', 2);
    const original = document([script('S_01', ['assetId'])]);
    const before = new Set((await access.admin.listTopics()).map(({ name }) => name));
    const first = await forecast(original);
    assert.deepEqual(first, {
      states: ['S_01 S_01 empty'],
      cuts: ['S_01 made'],
      positions: [`${input} first-start`],
      refusals: [],
    });
    assert.deepEqual(new Set((await access.admin.listTopics()).map(({ name }) => name)), before, 'nothing is made');
    await prepare(original);
    const changed = document([script('S_01', ['modelId'])]);
    const anew = document([script('S_02', ['modelId'])]);
    const topic = stateTopicOf('keyed');
    await keep(topic, [[1, '["S_01","",""]', '{"n":1}']]);
    assert.deepEqual(
      [(await forecast(changed)).states, (await forecast(changed)).refusals],
      [['S_01 S_01 refused'], ['STATE_KEY_CHANGED']],
    );
    assert.deepEqual((await forecast(anew)).states, ['S_02 S_02 empty', 'S_01 S_01 cleared']);
    await assert.rejects(prepare(changed), { code: 'STATE_KEY_CHANGED', domain: 'user' });
    assert.deepEqual(await kept(), [[1, '["S_01","",""]']]);
    assert.ok((await prepare(anew)).codes.includes('STATE_CLEARED'));
    assert.deepEqual(await kept(), []);
  });

  test('records that wait behind a cut that is gone are not forgotten', async (t) => {
    const { access, document, prepare, forecast, keep, group } = await worldOf(t, 'waiting', 2);
    const { layout } = await prepare(document([minuteSums('W_01')]));
    const [cut = ''] = layout.topics.cuts;
    await keep(cut, [[0, 'a', measurement({})]]);
    const without = document([tagger]);
    const { cuts, refusals, states } = await forecast(without);
    assert.deepEqual([cuts, refusals, states], [['W_01 refused'], ['CUT_NOT_DRAINED'], ['W_01 W_01 cleared']]);
    await assert.rejects(prepare(without), { code: 'CUT_NOT_DRAINED', message: /"W_01"/ });
    assert.notEqual(await access.admin.partitionCount(cut), undefined);
    await access.admin.commitOffsets(group, cut, await access.ends(cut));
    assert.deepEqual((await forecast(without)).cuts, ['W_01 drained']);
    await prepare(without);
    assert.equal(await access.admin.partitionCount(cut), undefined);
    // Back again: a new topic, read from its beginning.
    const again = await prepare(document([minuteSums('W_01')]));
    assert.deepEqual(again.layout.topics.cuts, [cut]);
    assert.deepEqual([...(await access.admin.committedOffsets(group, cut)).values()], [0, 0]);
  });

  test('state that is gone is not taken for none', async (t) => {
    const { access, input, document, prepare, forecast } = await worldOf(t, 'gone', 2);
    const same = document([minuteSums('W_01')]);
    await prepare(same);
    await access.admin.deleteTopics([stateTopicOf('gone')]);
    const foretold = await forecast(same);
    assert.deepEqual([foretold.refusals, foretold.positions[0]], [['STATE_LOST'], `${input} kept`]);
    await assert.rejects(prepare(same), { code: 'STATE_LOST', domain: 'user', message: /penstock-state-gone/ });
    await access.admin.ensureTopic(stateTopicOf('gone'), { partitions: 2 });
    await assert.rejects(prepare(same), { code: 'STATE_LOST' });
  });

  test('what the first edition kept is taken over by the document that ran last, under the topics it had', async (t) => {
    const { access, input, document, prepare, keep, kept, group } = await worldOf(t, 'first', 2);
    const numbered = repartitionTopicOf('first', '0');
    await access.admin.ensureTopic(numbered, { partitions: 3 });
    await access.admin.ensureTopic(stateTopicOf('first'), { partitions: 3 });
    await access.admin.commitOffsets(
      group,
      input,
      new Map([
        [0, 0],
        [1, 0],
      ]),
    );
    await keep(stateTopicOf('first'), [[2, '["W_01","a","power"]', '{"open":1}']]);
    const { layout } = await prepare(document([minuteSums('W_01')]), { isContinued: true });
    assert.deepEqual(layout.topics.cuts, [numbered]);
    assert.deepEqual(
      (await readManifest(access.client, 'first'))?.cuts.map(({ topic }) => topic),
      [numbered],
    );
    assert.deepEqual(await kept(), [[2, '["W_01","a","power"]']]);
    // Without its topic the document of then does not say what was kept.
    const other = await worldOf(t, 'second', 2);
    await other.access.admin.ensureTopic(stateTopicOf('second'), { partitions: 3 });
    await other.access.admin.ensureTopic(repartitionTopicOf('second', '7'), { partitions: 3 });
    await other.access.admin.commitOffsets(other.group, other.input, new Map([[0, 0]]));
    await assert.rejects(other.prepare(other.document([minuteSums('W_01')])), { code: 'STATE_UNDESCRIBED' });
  });
});
