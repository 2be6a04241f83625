import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { consumerGroupOf, type JsonObject, type JsonValue } from '@penstock/model';
import { measurement, until } from '@penstock/testkit';
import type { InputProducer } from '@penstock/testkit/kafka';
import { TopicAccess } from '@penstock/testkit/kafka';
import { Admin } from '@platformatic/kafka';
import { type ClusterPipeline, type PipelineDetail, SMALL } from './cluster-pipeline.ts';
import { ClusterWorld, type Organization } from './cluster-world.ts';
import { jvmOf, processesIn, submitsOf } from './container-processes.ts';
import { checkCounted, countedDocument, reached, startCountedInput } from './counted-input.ts';

/** Progress is waited for this long, whatever has been killed. */
const RECOVER_MS = 120_000;
const PARTITIONS = 4;

/** The sample of contract A.9. */
const SAMPLE: JsonObject = {
  server: 1,
  yarn: { workerCount: 2, master: 1, slave: 2 },
  advanced: [
    { key: 'spark.streaming.backpressure.enabled', value: 'true' },
    { key: 'spark.driver.memoryOverhead', value: '1000' },
    { key: 'spark.executor.memoryOverhead', value: '800' },
    { key: 'spark.memory.fraction', value: '0.8' },
    { key: 'spark.memory.storageFraction', value: '0.7' },
  ],
};

let world: ClusterWorld;
/** A pipeline of two executors whose processes are killed while counted input flows. */
let counted: { organization: Organization; pipeline: ClusterPipeline; feed: InputProducer; access: TopicAccess };
/** A small one with a backlog, for rates. */
let paced: { organization: Organization; pipeline: ClusterPipeline };
const cleanUps: (() => void | Promise<void>)[] = [];

before(async () => {
  world = await ClusterWorld.start({ memoryMb: 8192 });
  // Lives as long as the file: connected in the name of its first test it would be closed at the end of that.
  const access = await TopicAccess.connect(
    { after: (end: () => void) => cleanUps.push(end) } as unknown as TestContext,
    world.kafka.bootstrapServers,
  );
  for (const topic of ['counted-in', 'counted-out', 'paced-in', 'paced-out'])
    await access.admin.ensureTopic(topic, { partitions: PARTITIONS });
  const [one, two] = [await world.organization('counted', { 'cluster-yarn': 10 }), await world.organization('paced')];
  counted = {
    organization: one,
    access,
    pipeline: await one.create('counted', countedDocument('counted-in', 'counted-out')),
    feed: startCountedInput(access, 'counted-in', 400),
  };
  paced = { organization: two, pipeline: await two.create('paced', countedDocument('paced-in', 'paced-out')) };
  await writeSkewed(access, 500_000);
  await Promise.all([
    counted.pipeline.start(1, { kafkaRate: 5000, resourceConfig: SAMPLE }),
    paced.pipeline.start(1, { kafkaRate: 1000 }),
  ]);
});

after(async () => {
  await counted?.feed.stop();
  for (const end of cleanUps) await end();
  await world?.stop();
});

/** Most of it in one partition, a little in two, nothing in the last. */
const writeSkewed = async (access: TopicAccess, records: number): Promise<void> => {
  const partitionOf = (i: number): number => (i % 20 === 0 ? 1 : i % 7 === 0 ? 2 : 0);
  await access.write(
    'paced-in',
    Array.from({ length: records }, (_, i) => ({
      value: measurement({ assetId: `p${partitionOf(i)}`, value: i }),
      partition: partitionOf(i),
    })),
  );
};

const applicationOf = ({ run }: PipelineDetail) => {
  assert.ok(run?.application, 'there is no application');
  return run.application;
};

describe('a cluster with two pipelines', { concurrency: true }, () => {
  test('has containers of the sizes asked for, and Spark every parameter', async () => {
    const application = applicationOf(await counted.pipeline.detail());
    const { app } = await world.resourceManager(`apps/${application.applicationId}`);
    const { allocatedMB, allocatedVCores, runningContainers } = app as JsonObject;
    assert.deepEqual([allocatedMB, allocatedVCores, runningContainers], [2048 + 2 * 4096, 1 + 2 * 2, 3]);
    const sizes = await containerSizes(application.applicationId);
    assert.deepEqual(sizes, [
      [2048, 1],
      [4096, 2],
      [4096, 2],
    ]);
    const { sparkProperties } = (await world.spark(application.applicationId, 'environment')) as JsonObject;
    const properties = new Map(sparkProperties as unknown as [string, string][]);
    const told = Object.fromEntries(
      [
        ...(SAMPLE.advanced as { key: string }[]).map(({ key }) => key),
        ...['spark.driver.memory', 'spark.executor.memory', 'spark.executor.instances', 'spark.executor.cores'],
      ].map((key) => [key, properties.get(key)]),
    );
    assert.deepEqual(told, {
      'spark.streaming.backpressure.enabled': 'true',
      'spark.driver.memoryOverhead': '1000',
      'spark.executor.memoryOverhead': '800',
      'spark.memory.fraction': '0.8',
      'spark.memory.storageFraction': '0.7',
      'spark.driver.memory': '1048m',
      'spark.executor.memory': '3296m',
      'spark.executor.instances': '2',
      'spark.executor.cores': '2',
    });
    const detail = await counted.pipeline.detail();
    assert.equal(detail.run?.executors.length, 2);
    const pressed = await counted.pipeline.until(
      'back pressure',
      RECOVER_MS,
      ({ run }) => run?.backPressureRate !== null,
    );
    assert.ok((pressed.run?.backPressureRate ?? 0) > 0);
    assert.equal((await paced.pipeline.detail()).run?.backPressureRate, null);
    const part = pressed.run?.work?.['0'];
    assert.ok(part !== undefined && part.commits > 0 && part.openMs > part.commitMs, JSON.stringify(part));
    assert.ok(pressed.run?.tasks.some(({ eventLagMs }) => eventLagMs !== null));
  });

  test('shows what a stage of it reads and writes', async () => {
    const { records } = (await world.service.admin('POST', `pipelines/${counted.pipeline.id}/snapshot`, {
      records: 2,
      timeoutMs: 10_000,
    })) as { records: { stage: string; input: { text: string }[]; output: { text: string }[] }[] };
    const stage = records.find(({ stage }) => stage === 'OffLimitTagger_01');
    assert.deepEqual([stage?.input.length, stage?.output.length], [2, 2]);
    assert.match(stage?.output[0]?.text ?? '', /isOutlier/);
  });

  test('takes from the grants what runs, and refuses what they do not hold', async () => {
    const grants = (await world.service.admin('GET', 'organizations/counted/grants')) as JsonObject;
    assert.deepEqual(
      [grants.clusterServer, grants.clusterYarn].map((grant) => (grant as JsonObject).used),
      [1, 5],
    );
    const other = await counted.organization.create('other', countedDocument('counted-in', 'counted-out'));
    const yarn = { workerCount: 1, master: 1, slave: 5 };
    await assert.rejects(other.request(1, { kafkaRate: 1, resourceConfig: { server: 1, yarn } }), /61126/);
  });

  test('refuses what the cluster can never fit, and says why', async () => {
    const pipeline = await paced.organization.create('large', countedDocument('paced-in', 'paced-out'));
    const yarn = { workerCount: 1, master: 1, slave: 5 };
    await assert.rejects(
      pipeline.request(1, { kafkaRate: 1, resourceConfig: { server: 1, yarn } }),
      /61126.*10240 MiB.*8192 MiB/,
    );
  });

  test('refuses every parameter that is not allowed, however it is dressed', async () => {
    const pipeline = await paced.organization.create('smuggler', countedDocument('paced-in', 'paced-out'));
    const smuggled: JsonValue[] = [
      [{ key: 'spark.yarn.tags', value: 'mine' }],
      [{ key: 'SPARK.MEMORY.FRACTION', value: '0.5' }],
      [{ key: ' spark.memory.fraction', value: '0.5 --conf spark.master=local' }],
      [{ key: 'spark.memory.fraction', value: '0.5\nspark.master=local' }],
      [
        { key: 'spark.memory.fraction', value: '0.5' },
        { key: 'spark.memory.fraction', value: '0.6' },
      ],
      [{ key: 'spark.driver.extraJavaOptions', value: '-javaagent:x.jar' }],
      [{ key: '__proto__', value: '1' }],
      [{ key: 'spark.executor.memoryOverhead', value: '2000' }],
    ];
    for (const advanced of smuggled)
      await assert.rejects(
        pipeline.request(1, { kafkaRate: 1, resourceConfig: { ...SMALL, advanced } }),
        /61100/,
        JSON.stringify(advanced),
      );
  });

  test('lets wait what does not fit now, shows why, and can be told to stop it', async (t) => {
    const organization = await world.organization('waiting');
    const pipeline = await organization.create('waiting', countedDocument('paced-in', 'paced-out'));
    t.after(() => pipeline.end());
    const yarn = { workerCount: 1, master: 2, slave: 3 };
    await pipeline.request(1, { kafkaRate: 1, resourceConfig: { server: 1, yarn } });
    const waiting = await pipeline.until(
      'waiting for the cluster',
      RECOVER_MS,
      ({ observed }) => observed.reason?.code === 'WAITING_FOR_CLUSTER',
    );
    assert.equal(waiting.observed.state, 'STARTING');
    assert.match(waiting.observed.reason?.message ?? '', /^Waiting in queue "\S*default" .* MiB and .* cores free/);
    assert.equal(applicationOf(waiting).state, 'ACCEPTED');
    await pipeline.stop();
    const stopped = await pipeline.detail();
    const { app } = await world.resourceManager(`apps/${applicationOf(stopped).applicationId}`);
    assert.equal((app as JsonObject).state, 'KILLED');
    const grants = (await world.service.admin('GET', 'organizations/waiting/grants')) as JsonObject;
    assert.equal((grants.clusterYarn as JsonObject).used, 0);
  });

  test('holds a rate over skewed partitions, also a changed one', async (t) => {
    const { pipeline } = paced;
    await pipeline.until('a first batch', RECOVER_MS, ({ run }) => (run?.worker?.recordsRead ?? 0) > 3000);
    await holdsRate(t, pipeline, 1000, 60_000);
    await world.service.admin('PATCH', `pipelines/${pipeline.id}/run`, { kafkaRate: 500 });
    await measuredRate(pipeline, 6_000);
    // Long enough that a batch more or less, one in a second, is not what is measured.
    await holdsRate(t, pipeline, 500, 40_000);
  });
});

/** Memory in MiB and cores of each container, as the nodes have them, smallest first. */
const containerSizes = async (applicationId: string): Promise<number[][]> => {
  const { nodes } = (await world.resourceManager('nodes')) as { nodes: { node: { nodeHTTPAddress: string }[] } };
  const sizes: number[][] = [];
  for (const { nodeHTTPAddress } of nodes.node) {
    const answer = await fetch(`http://${nodeHTTPAddress}/ws/v1/node/containers`);
    const { containers } = (await answer.json()) as {
      containers: { container: { id: string; totalMemoryNeededMB: number; totalVCoresNeeded: number }[] } | null;
    };
    for (const { id, totalMemoryNeededMB, totalVCoresNeeded } of containers?.container ?? [])
      if (id.includes(applicationId.replace('application_', ''))) sizes.push([totalMemoryNeededMB, totalVCoresNeeded]);
  }
  return sizes.sort(([a = 0], [b = 0]) => a - b);
};

/** Records per second between two heartbeats that are at least so far apart, by their own times. */
const measuredRate = async (pipeline: ClusterPipeline, overMs: number): Promise<number> => {
  const first = (await pipeline.detail()).run?.worker;
  assert.ok(first);
  const { run } = await pipeline.until(
    'the end of a measurement',
    overMs + 30_000,
    ({ run }) => (run?.worker?.heartbeatAt ?? 0) >= first.heartbeatAt + overMs,
  );
  assert.ok(run?.worker);
  return ((run.worker.recordsRead - first.recordsRead) / (run.worker.heartbeatAt - first.heartbeatAt)) * 1000;
};

/**
 * Never more than 5 % above the rate, and within 5 % of it. A machine that stands still is caught up with for a second
 * only, so a window that falls short for that is followed by another.
 */
const holdsRate = async (t: TestContext, pipeline: ClusterPipeline, rate: number, overMs: number): Promise<void> => {
  const seen: number[] = [];
  while (seen.length < 3) {
    const measured = await measuredRate(pipeline, overMs);
    t.diagnostic(`${measured.toFixed(1)} records/s of ${rate}`);
    assert.ok(measured < rate * 1.05, `${measured} records/s instead of ${rate}`);
    if (measured > rate * 0.95) return;
    seen.push(measured);
  }
  assert.fail(`${seen.join(', ')} records/s instead of ${rate}`);
};

/** Waits until everything that is there now has been worked off, and the pipeline runs. */
const goesOn = async (what: string): Promise<PipelineDetail> => {
  const isReached = await reached(counted.access, counted.pipeline.id, 'counted-in');
  return counted.pipeline.until(
    `going on after ${what}`,
    RECOVER_MS,
    async ({ observed }) => observed.state === 'RUNNING' && (await isReached()),
  );
};

describe('a running pipeline', () => {
  test('goes on when a worker, an executor, the driver or the ResourceManager is killed', async () => {
    const { pipeline } = counted;
    const before = await pipeline.detail();
    const { applicationId } = applicationOf(before);
    const [executor] = before.run?.executors ?? [];
    assert.ok(executor?.workerPid);
    process.kill(executor.workerPid, 'SIGKILL');
    await goesOn('the death of a worker');

    process.kill(jvmOf(executor.containerId), 'SIGKILL');
    const replaced = await pipeline.until(
      'another executor',
      RECOVER_MS,
      ({ run }) =>
        run?.executors.length === 2 && run.executors.every(({ containerId }) => containerId !== executor.containerId),
    );
    assert.equal(applicationOf(replaced).attempts, 1);
    await goesOn('the death of an executor');

    const driver = (await pipeline.detail()).run?.worker?.pid;
    assert.ok(driver);
    process.kill(driver, 'SIGKILL');
    await pipeline.until('a second attempt', RECOVER_MS, (detail) => applicationOf(detail).attempts === 2);
    await goesOn('the death of the driver');

    const { resourceManager } = world.yarn;
    await resourceManager.kill9();
    await goesOn('the death of the ResourceManager');
    await resourceManager.start();
    await goesOn('its return');
    // The driver works on before the new ResourceManager has heard of it.
    const after = await pipeline.until(
      'the ResourceManager knowing its driver',
      RECOVER_MS,
      (detail) => applicationOf(detail).state === 'RUNNING',
    );
    const application = applicationOf(after);
    assert.deepEqual(
      [application.applicationId, application.state, application.attempts],
      [applicationId, 'RUNNING', 2],
    );
  });

  test('is found again when the service is killed, and never submitted twice', async () => {
    const { pipeline } = counted;
    const { service } = world;
    const before = applicationOf(await pipeline.detail());
    await service.end('SIGKILL');
    await service.start();
    await service.ready();
    assert.equal(applicationOf(await goesOn('the death of the service')).applicationId, before.applicationId);

    await pipeline.pause();
    const earlier = (await world.applications()).length;
    await pipeline.request(1, { kafkaRate: 5000, resourceConfig: SMALL });
    await until('the submitting program', RECOVER_MS, () => (submitsOf(service.dataDir).length > 0 ? true : undefined));
    await service.end('SIGKILL');
    await service.start();
    await service.ready();
    await pipeline.reaches('RUNNING', RECOVER_MS);
    await goesOn('the death of the service while it submitted');
    assert.equal((await world.applications()).length, earlier + 1);
  });

  test('reads partitions that are added, steps over what retention took, and is idle at the end', async (t) => {
    const { access } = counted;
    const { pipeline } = paced;
    // Further than it can have read when Kafka deletes them, and less than there is.
    const committed = await access.admin.committedOffsets(consumerGroupOf(pipeline.id), 'paced-in');
    await access.admin.deleteRecordsBefore('paced-in', new Map([[0, (committed.get(0) ?? 0) + 20_000]]));
    await until('the word about lost records', RECOVER_MS, async () =>
      (await pipeline.events()).some(({ code }) => code === 'KAFKA_OFFSET_OUT_OF_RANGE') ? true : undefined,
    );
    await world.service.admin('PATCH', `pipelines/${pipeline.id}/run`, { kafkaRate: 1_000_000 });
    await pipeline.until('the end of its backlog', RECOVER_MS, ({ lag, run }) => lag === 0 && run !== null);
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [world.kafka.bootstrapServers] });
    t.after(() => admin.close());
    await admin.createPartitions({ topics: [{ name: 'paced-in', count: PARTITIONS + 1 }] });
    await access.write('paced-in', [{ value: measurement({ assetId: 'fresh', value: 7 }), partition: PARTITIONS }]);
    const isReached = await reached(access, pipeline.id, 'paced-in');
    await pipeline.until('the new partition', RECOVER_MS, isReached);
    const written = await access.read('paced-out');
    assert.equal(written.filter(({ value }) => value?.includes('"fresh"')).length, 1);
  });

  test('killed from outside, it is in error and says so, its logs are kept, and its grants are free', async () => {
    const { pipeline } = paced;
    const { applicationId } = applicationOf(await pipeline.detail());
    const during = await pipeline.logs();
    assert.deepEqual([...new Set(during.map(({ role }) => role))].sort(), ['driver', 'executor', 'submit']);
    const answer = await fetch(`${world.yarn.resourceManagerUrl}/ws/v1/cluster/apps/${applicationId}/state`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'KILLED' }),
    });
    assert.ok(answer.ok, await answer.text());
    const over = await pipeline.until('its end', RECOVER_MS, ({ observed }) => observed.state === 'RUN_ERROR');
    assert.equal(over.observed.reason?.code, 'APPLICATION_KILLED');
    assert.equal(applicationOf(over).finalStatus, 'KILLED');
    const grants = (await world.service.admin('GET', 'organizations/paced/grants')) as JsonObject;
    assert.equal((grants.clusterYarn as JsonObject).used, 0);
    for (const [role, word] of [
      ['driver', /penstock/],
      ['executor', /worker started/],
      ['submit', /Submitting application/],
    ] as const) {
      const texts = [];
      for (const { logId } of (await pipeline.logs()).filter((file) => file.role === role))
        texts.push(await pipeline.logText(logId));
      assert.match(texts.join('\n'), word);
    }
  });

  test('has lost nothing, doubled nothing and left nothing behind in the end', async () => {
    const { pipeline, feed, access } = counted;
    await feed.stop();
    await goesOn('the end of the input');
    await pipeline.pause();
    await checkCounted(access, 'counted-out', feed.written);
    const live = (await world.applications()).filter(({ state }) => !/FINISHED|FAILED|KILLED/.test(String(state)));
    assert.deepEqual(live, []);
    await until('the end of all containers', RECOVER_MS, () =>
      processesIn(world.folder).every((command) => !command.includes('container_')) ? true : undefined,
    );
  });
});
