import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { internalTopicOf, isJsonObject, type JsonObject, systemTopicsOf } from '@penstock/model';
import { consumer, documentOf, processor, producer, until } from '@penstock/testkit';
import { InputProducer, type TopicAccess } from '@penstock/testkit/kafka';
import { ClusterPipeline, type PipelineOwner } from '../cluster/cluster-pipeline.ts';
import { reached } from '../cluster/counted-input.ts';

const PARTITIONS = 2;
const ASSETS = 8;
const UPLOADS_PER_SECOND = 100;
const ARRIVES_MS = 120_000;

/** Of the real-time channel. */
const topicsOf = (orgId: string): { readonly origin: string; readonly internal: string; readonly cal: string } => {
  const [origin = '', , , , cal = ''] = systemTopicsOf(orgId);
  return { origin, internal: internalTopicOf(orgId, 0), cal };
};

/** Where it runs, and for whom. */
export interface Channel {
  readonly access: TopicAccess;
  readonly organization: PipelineOwner & {
    readonly orgId: string;
    /** Saves and releases a pipeline. */
    create(name: string, document: JsonObject): Promise<ClusterPipeline>;
  };
  /** Of the system pipelines and of the pipeline that is there from the beginning. */
  readonly mode: 0 | 1;
}

/** What the released pipelines read of an upload, and put out. */
const CHECKED = 'a_checked';
const MERGED = 'merged';

/** Reads `a` and puts it out as checked. */
const checking = (): JsonObject =>
  documentOf([
    consumer('', { 'kafkaConfigBean.kafkaConsumerConfigs': [{ key: 'auto.offset.reset', value: 'latest' }] }),
    processor(
      'OffLimitTagger',
      {
        inputOutput: [
          { inputPoint: 'meter::a', openClose: '[x,y]', minMax: '0,1e9', outputPoint: `meter::${CHECKED}` },
        ],
      },
      'EDHKafkaConsumer_01',
    ),
    producer('', 'OffLimitTagger_01'),
  ]);

/** Reads what is stored, as whoever subscribes to it would. */
const subscribing = (orgId: string): JsonObject =>
  documentOf([
    consumer(topicsOf(orgId).cal),
    processor('PointSelector', { inputOutput: [{ inputPoint: `meter::${CHECKED}` }] }, 'EDHKafkaConsumer_01'),
    producer(subscribedTopic(orgId), 'PointSelector_01'),
  ]);
const subscribedTopic = (orgId: string): string => `subscribed-${orgId}`;

/** The form of a template: `a` and `b` added up, for every record of `b`. Nobody has read `b` before. */
const MERGING: JsonObject = {
  name: 'merging',
  templateType: 2,
  templateName: 'Multi-Merging',
  version: '0.1.0',
  messageChannel: 0,
  pipelineJson: {
    modelId: 'meter',
    points: [{ outputPointId: MERGED, triggerPointId: 'b', outputLogic: '${meter::a} + ${meter::b}' }],
  },
};

/** Uploads of three points each, all with the number of the upload; the last one is for nobody. */
const startUploads = ({ access, organization: { orgId } }: Channel): InputProducer => {
  let seq = 0;
  const uploads = new InputProducer({
    client: access.client,
    topic: topicsOf(orgId).origin,
    recordsPerSecond: UPLOADS_PER_SECOND,
    next: () => {
      const [assetId, value] = [`meter${seq % ASSETS}`, seq++];
      const entry = { assetId, time: Date.now(), measurepoints: { a: value, b: { value, quality: 1 }, c: value } };
      const text = JSON.stringify({ orgId, modelId: 'meter', modelIdPath: '/root/meter', payload: [entry] });
      return { assetId, key: assetId, text };
    },
  });
  uploads.start();
  return uploads;
};

/** The values of each point in a topic, in the order of each asset's partition. */
const valuesIn = async (access: TopicAccess, topic: string): Promise<ReadonlyMap<string, readonly number[]>> => {
  const found = new Map<string, number[]>();
  for (const { value } of await access.read(topic)) {
    const record: unknown = JSON.parse(value ?? 'null');
    assert.ok(isJsonObject(record) && typeof record.value === 'number', `${topic}: ${value}`);
    const { pointId } = record;
    found.set(String(pointId), [...(found.get(String(pointId)) ?? []), record.value]);
  }
  return found;
};

/**
 * Every number below `count` is there once, of each asset (they take turns) from its own first one on: nothing is lost
 * and nothing is there twice. Partitions are read by tasks of their own, which come to a change one after the other.
 */
const assertCounted = (what: string, values: readonly number[], count: number): void => {
  for (let asset = 0; asset < ASSETS; asset++) {
    const own = values.filter((value) => value % ASSETS === asset).sort((one, other) => one - other);
    const expected = Array.from({ length: count }, (_, value) => value).filter(
      (value) => value % ASSETS === asset && value >= (own[0] ?? 0),
    );
    assert.deepEqual(own, expected, `${what}, meter${asset}`);
  }
};

/** And from the first number on. */
const assertWhole = (what: string, values: readonly number[], count: number): void => {
  assertCounted(what, values, count);
  assert.equal(values.length, count, what);
};

interface Counts {
  readonly input: number;
  readonly output: number;
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * From the uploads of devices to what is stored (contract C.3), with everything counted: Data Reader, a pipeline, Data
 * Writer and one that reads what is stored. While uploads flow, a second pipeline is released, of a template, so that
 * the lineage changes under the running system pipelines.
 */
export const originToCal = async (t: TestContext, channel: Channel): Promise<void> => {
  const { access, organization, mode } = channel;
  const { orgId } = organization;
  const { origin, internal, cal } = topicsOf(orgId);
  const { service } = organization.world;
  await service.admin('POST', `organizations/${orgId}/topics`, { partitions: PARTITIONS });
  await access.admin.ensureTopic(subscribedTopic(orgId), { partitions: PARTITIONS });

  const ending = (pipeline: ClusterPipeline): ClusterPipeline => {
    t.after(() => pipeline.end());
    return pipeline;
  };
  const user = ending(await organization.create('checking', checking()));
  const subscriber = ending(await organization.create('subscribing', subscribing(orgId)));
  const { items } = (await service.admin(
    'GET',
    `organizations/${orgId}/pipelines?system=true&limit=50`,
  )) as unknown as {
    items: readonly { readonly pipelineId: string; readonly name: string }[];
  };
  const systemPipeline = (name: string): ClusterPipeline => {
    const found = items.find((pipeline) => pipeline.name === name);
    assert.ok(found, `there is no "${name}": ${JSON.stringify(items)}`);
    return ending(new ClusterPipeline(organization, found.pipelineId));
  };
  const [reader, writer] = [systemPipeline('Data Reader RealTime'), systemPipeline('Data Writer RealTime')];
  for (const pipeline of [reader, writer, user]) await pipeline.start(mode);
  await subscriber.start(0);
  const runIds = async (): Promise<unknown[]> =>
    Promise.all([reader, writer].map(async (pipeline) => (await pipeline.detail()).run?.runId));
  const before = await runIds();

  const uploads = startUploads(channel);
  t.after(() => uploads.stop());
  const arrives = (point: string, count: number): Promise<true> =>
    until(`waiting for ${count} records of ${point} in ${cal}`, ARRIVES_MS, async () => {
      uploads.check();
      return ((await valuesIn(access, cal)).get(point)?.length ?? 0) >= count ? true : undefined;
    });
  await arrives(CHECKED, 200);
  const second = ending(new ClusterPipeline(organization, String(await organization.call('null', 'save', MERGING))));
  await organization.call(second.id, 'release');
  await second.start(0);
  await arrives(MERGED, 200);
  await uploads.stop();
  const count = uploads.written;

  // What a stage puts out goes on in the next one: each has read all there is once the ones before have.
  for (const [pipeline, topic] of [
    [reader, origin],
    [user, internal],
    [second, internal],
    [writer, internal],
    [subscriber, cal],
  ] as const)
    await pipeline.until('its end of input', ARRIVES_MS, async (detail) => {
      const isReached = await reached(access, pipeline.id, topic);
      return detail.observed.state === 'RUNNING' && (await isReached());
    });

  const [inside, stored, subscribed] = [
    await valuesIn(access, internal),
    await valuesIn(access, cal),
    await valuesIn(access, subscribedTopic(orgId)),
  ];
  const [b, merged] = [inside.get('b') ?? [], stored.get(MERGED) ?? []];
  // What was needed before and after the change is whole, and what is needed since is so from some number on.
  assertWhole('a is brought in', inside.get('a') ?? [], count);
  assertWhole('what is checked is put out', inside.get(CHECKED) ?? [], count);
  assertWhole('what is checked is stored', stored.get(CHECKED) ?? [], count);
  assertWhole('what is stored is there for others', subscribed.get(CHECKED) ?? [], count);
  assert.ok(b.length > 0 && b.length < count, `${b.length} of ${count} records of b are brought in`);
  assertCounted('b is brought in', b, count);
  // Both points have the number of their upload.
  const sums = merged.map((sum) => sum / 2);
  assertCounted('what is merged is stored', sums, count);
  assert.equal(merged.length, inside.get(MERGED)?.length);
  // Nobody has asked for the rest.
  assert.deepEqual([...inside.keys()].sort(), ['a', CHECKED, 'b', MERGED].sort());
  assert.deepEqual([...stored.keys()].sort(), [CHECKED, MERGED].sort());

  const sizeOf = (topic: ReadonlyMap<string, readonly number[]>): number =>
    [...topic.values()].reduce((sum, values) => sum + values.length, 0);
  const counted = (pipeline: ClusterPipeline, input: number, output: number, dropped: number) =>
    pipeline.until('its counts', ARRIVES_MS, async ({ run }) => {
      const counts: Counts | undefined = run?.stages.Normalizer_01;
      const left = Object.values(counts?.dropped ?? {}).reduce((sum, one) => sum + one, 0);
      return counts?.input === input && counts.output === output && left === dropped;
    });
  await counted(reader, count, count + b.length, 0);
  await counted(writer, sizeOf(inside), sizeOf(stored), sizeOf(inside) - sizeOf(stored));
  assert.deepEqual(await runIds(), before);
  t.diagnostic(JSON.stringify({ uploads: count, inside: sizeOf(inside), stored: sizeOf(stored), b: b.length }));
};
