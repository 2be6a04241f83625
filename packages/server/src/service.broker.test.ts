import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import { internalTopicOf, type JsonObject, type JsonValue } from '@penstock/model';
import { processStartOf } from '@penstock/modes';
import { packManifest } from '@penstock/operators';
import { consumer, documentOf, libraryFolder, measurement, processor, producer, until } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { startRealPostgres } from '@penstock/testkit/postgres';
import { ServiceProcess } from '@penstock/testkit/service';
import { openStore } from './store/open-store.ts';
import { runLeases } from './store/schema.ts';

// The service, its workers and Kafka as they are, each a process of its own.

let dir: string;
let kafka: LocalKafka;

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'penstock-service-'));
  kafka = await startLocalKafka({ dir: join(dir, 'kafka') });
});
after(async () => {
  await kafka?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const DOCUMENT = JSON.parse(
  readFileSync(new URL('../../../dev/src/demo/pipelines/wind-farm/pipeline.json', import.meta.url), 'utf8'),
);

/** A call as the administrator; its answer, whatever it is. */
const call = (
  service: ServiceProcess,
  method: string,
  path: string,
  body?: JsonObject,
  // biome-ignore lint/suspicious/noExplicitAny: a client sees whatever JSON comes
): Promise<any> => service.request(method, path, body, 60_000);

const eventually = <T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> =>
  until('waiting for the right answer', 300_000, async () => {
    const answer = await ask();
    return isRight(answer) ? answer : undefined;
  });

/** A data folder with services in it, one after the other; nothing of it survives the test. */
const installation = (t: TestContext) => {
  const folder = mkdtempSync(join(dir, 'data-'));
  const services: ServiceProcess[] = [];
  t.after(() => {
    for (const service of services) service.kill();
  });
  const start = async (port = 0, env: Record<string, string> = {}): Promise<ServiceProcess> => {
    const service = new ServiceProcess({ folder, port, bootstrapServers: kafka.bootstrapServers, env });
    services.push(service);
    await service.start();
    await service.ready();
    return service;
  };
  let hasOrganization = false;
  const organization = async (service: ServiceProcess) => {
    if (!hasOrganization) await call(service, 'POST', '/api/v1/organizations', { orgId: 'o1', name: 'One' });
    hasOrganization = true;
  };
  const run = async (service: ServiceProcess, pipelineJson: JsonValue = DOCUMENT, topics = 'none') => {
    await organization(service);
    const granted = { pattern: topics, read: true, write: true };
    await call(service, 'PUT', '/api/v1/organizations/o1/topic-grants', granted);
    await call(service, 'PUT', '/api/v1/organizations/o1/grants/standalone', { cu: 2 });
    await call(service, 'POST', '/api/v1/organizations/o1/topics', {});
    const pipeline = '/streaming/v2.0/streaming/pipeline';
    const saved = await call(service, 'POST', `${pipeline}/null?action=save&orgId=o1`, {
      name: 'p',
      templateType: 1,
      messageChannel: 0,
      pipelineJson,
    });
    const id: string = saved.data;
    await call(service, 'POST', `${pipeline}/${id}?action=release&orgId=o1`);
    const started = await call(service, 'POST', `${pipeline}/${id}?action=start&orgId=o1`, {
      executionMode: 0,
      kafkaRate: 1000,
    });
    assert.equal(started.code, 0);
    return id;
  };
  const detail = (service: ServiceProcess, id: string) => call(service, 'GET', `/api/v1/pipelines/${id}`);
  const untilRunning = (
    service: ServiceProcess,
    id: string,
    isRight: (seen: Awaited<ReturnType<typeof detail>>) => boolean = () => true,
  ) =>
    eventually(
      () => detail(service, id),
      (seen) => seen.status === 'RUNNING' && seen.observed.source === 'heartbeat' && isRight(seen),
    );
  return { start, organization, run, detail, untilRunning };
};

test('kill -9 of the service leaves the worker running, and the next service goes on with it', async (t) => {
  const { start, run, untilRunning } = installation(t);
  const first = await start();
  const id = await run(first);
  const before = await untilRunning(first, id);
  const { pid } = before.run.worker;
  await first.end('SIGKILL');
  assert.notEqual(processStartOf(pid), undefined);
  // On another port: the worker finds it by the file.
  const second = await start();
  assert.notEqual(second.baseUrl, first.baseUrl);
  const heartbeatAt = before.run.worker.heartbeatAt;
  const adopted = await untilRunning(second, id, (seen) => seen.run.worker.heartbeatAt > heartbeatAt);
  assert.deepEqual([adopted.run.worker.pid, adopted.observed.attempts], [pid, 1]);

  // A worker that dies is replaced, and the state says so.
  process.kill(pid, 'SIGKILL');
  const replaced = await untilRunning(second, id, (seen) => seen.run.worker.pid !== pid);
  assert.equal(replaced.observed.attempts, 2);
  const { items } = await call(second, 'GET', `/api/v1/pipelines/${id}/events`);
  const codes: string[] = items.map(({ code }: { code: string }) => code);
  assert.ok(codes.includes('WORKER_EXITED'), codes.join());

  // A plain end of the service leaves the worker alone as well.
  assert.equal(await second.end('SIGTERM'), 0);
  assert.notEqual(processStartOf(replaced.run.worker.pid), undefined);
  const third = await start();
  const again = await untilRunning(third, id, (seen) => seen.run.worker.heartbeatAt > replaced.run.worker.heartbeatAt);
  assert.equal(again.run.worker.pid, replaced.run.worker.pid);

  await call(third, 'POST', `/streaming/v2.0/streaming/pipeline/${id}?action=stop&orgId=o1`);
  await eventually(
    () => call(third, 'GET', `/api/v1/pipelines/${id}`),
    (seen) => seen.status === 'STOPPED',
  );
  assert.equal(processStartOf(again.run.worker.pid), undefined);
});

test('a pipeline that reads no topic is started, paused and started again: no trigger is left out, none comes twice', async (t) => {
  const { start, run, untilRunning } = installation(t);
  const service = await start();
  const generator = {
    name: 'VirtualRecordGenerator_01',
    label: 'Virtual Record Generator',
    config: {
      outputs: ['a', 'b', 'c'].map((assetId) => ({ assetId, outputPoint: 'site::beat' })),
      triggerFrequency: '1s',
      missedTriggers: 'EACH',
    },
  };
  const id = await run(service, { pipelineConfig: documentOf([generator, producer('', generator.name)]) });
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  const output = internalTopicOf('o1', 0);
  const operate = (action: string) =>
    call(service, 'POST', `/streaming/v2.0/streaming/pipeline/${id}?action=${action}&orgId=o1`, { executionMode: 0 });
  const seen = await untilRunning(service, id);
  assert.ok(seen.run.tasks.length > 0);
  for (const { topic, lag } of seen.run.tasks) assert.deepEqual([topic, lag], ['', 0]);
  await topics.arrived(output, 6);
  assert.equal((await operate('pause')).code, 0);
  const isPaused = (answer: { status: string }): boolean => answer.status === 'PAUSED';
  await eventually(() => call(service, 'GET', `/api/v1/pipelines/${id}`), isPaused);
  const lag = await call(service, 'GET', `/streaming/v2.0/streaming/pipeline/${id}/offset-lag?orgId=o1`);
  assert.deepEqual(lag.data, { topicName: '', lagAndOffset: [], pipelineId: id });
  const before = (await topics.read(output)).length;
  assert.equal((await operate('start')).code, 0);
  await topics.arrived(output, before + 9);
  assert.equal((await operate('stop')).code, 0);
  const beats = new Map<string, number[]>();
  for (const { value } of await topics.read(output)) {
    const { assetId, time } = JSON.parse(value ?? '') as { assetId: string; time: number };
    beats.set(assetId, [...(beats.get(assetId) ?? []), time]);
  }
  assert.deepEqual([...beats.keys()].sort(), ['a', 'b', 'c']);
  for (const times of beats.values())
    assert.deepEqual(
      times,
      times.map((_, slot) => (times[0] ?? 0) + slot * 1000),
    );
});

test('of two services on one PostgreSQL one takes over what the other leaves, the worker goes on', async (t) => {
  const postgres = await startRealPostgres();
  t.after(() => postgres.stop());
  const env = {
    DATABASE_URL: await postgres.createDatabase('shared'),
    PENSTOCK_SEAL_KEY: 'ab'.repeat(32),
    PENSTOCK_ADMIN_TOKEN: 'the-token-of-this-test',
  };
  // Data folders of their own, as on two machines.
  const [one, two] = [installation(t), installation(t)];
  const first = await one.start(0, env);
  const second = await two.start(0, env);
  const id = await one.run(first);
  const before = await one.untilRunning(first, id);
  assert.deepEqual((await two.detail(second, id)).run.worker.pid, before.run.worker.pid);
  const started = await leaseholderOf(env.DATABASE_URL);
  const [owner, other] = started.includes(`/${first.pid}/`) ? [first, second] : [second, first];
  await owner.end('SIGKILL');
  const { heartbeatAt } = (await one.detail(other, id)).run.worker;
  const after = await one.untilRunning(other, id, (seen) => seen.run.worker.heartbeatAt > heartbeatAt + 5000);
  assert.deepEqual([after.run.worker.pid, after.observed.attempts], [before.run.worker.pid, 1]);
  assert.ok((await leaseholderOf(env.DATABASE_URL)).includes(`/${other.pid}/`));
});

const leaseholderOf = async (databaseUrl: string): Promise<string> => {
  const store = await openStore({ databaseUrl, dataDir: '/nonexistent' });
  try {
    const [run] = await store.db.select({ owner: runLeases.owner }).from(runLeases);
    return run?.owner ?? '';
  } finally {
    await store.close();
  }
};

test('records of a running pipeline can be looked at from any of its services', async (t) => {
  const postgres = await startRealPostgres();
  t.after(() => postgres.stop());
  const env = {
    DATABASE_URL: await postgres.createDatabase('looked_at'),
    PENSTOCK_SEAL_KEY: 'ab'.repeat(32),
    PENSTOCK_ADMIN_TOKEN: 'the-token-of-this-test',
  };
  const [one, two] = [installation(t), installation(t)];
  const services = [await one.start(0, env), await two.start(0, env)] as const;
  const record = {
    orgId: 'o1',
    modelId: 'WindTurbine',
    modelIdPath: '/WindTurbine',
    assetId: 'a',
    pointId: 'WGEN.ActivePower',
    time: 1_600_000_000_000,
    value: 5000,
    quality: 0,
    attr: {},
  };
  const id = await one.run(services[0], withRecords([record]));
  await one.untilRunning(services[0], id);
  const look = { stage: 'OffLimitTagger_01', records: 2, timeoutMs: 30_000 };
  for (const service of services) {
    const { records, complete } = await call(service, 'POST', `/api/v1/pipelines/${id}/snapshot`, look);
    assert.equal(complete, true);
    const [{ stage, input, output }] = records;
    assert.deepEqual([stage, records.length, input.length, output.length], ['OffLimitTagger_01', 1, 2, 2]);
    for (const { text } of input) assert.deepEqual(JSON.parse(text), record);
    for (const { text } of output) assert.equal(typeof JSON.parse(text).attr.isOutlier, 'boolean');
  }
});

test('an operator of an organisation’s own is installed, drawn, run, goes on with its state, and is kept while it is used', async (t) => {
  const { start, organization, run, untilRunning } = installation(t);
  const service = await start();
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  for (const topic of ['own-in', 'own-out']) await topics.admin.ensureTopic(topic, { partitions: 2 });
  const read = libraryFolder(fileURLToPath(new URL('../../../docs/own-operators/dead-band', import.meta.url)));
  const library = 'acme-filters@1.0.0';
  const path = '/api/v1/organizations/o1/libraries';
  await organization(service);
  const uploaded = await call(service, 'POST', path, packManifest(read('manifest.json'), read) as JsonObject);
  assert.equal(uploaded.library, library);
  const { items } = await call(service, 'GET', '/api/v1/operators?orgId=o1&limit=200');
  const operator = items.find(({ library: of }: { library: string }) => of === library);
  const stage = {
    name: 'DeadBandFilter_01',
    library,
    stageName: operator.stageName,
    from: ['EDHKafkaConsumer_01'],
    config: { inputOutput: [{ inputPoint: 'turbine::power', deadBand: 1 }] },
  };
  // Keyed by nothing anybody knows: the state of a point lies behind a cut.
  const source = consumer('own-in', { partitionedBy: 'UNKNOWN' });
  const id = await run(
    service,
    { pipelineConfig: documentOf([source, stage, producer('own-out', stage.name)]) },
    'own-*',
  );
  await untilRunning(service, id);
  const write = (values: readonly number[], from: number) =>
    topics.write(
      'own-in',
      values.map((value, index) => ({
        key: 'x',
        value: measurement({ value, time: 1_600_000_000_000 + from + index }),
      })),
    );
  const values = async () =>
    (await topics.read('own-out')).map(({ value }) => (JSON.parse(value ?? '') as { value: number }).value);
  await write([1, 1.5, 3], 0);
  await topics.arrived('own-out', 2);
  const preview = await call(service, 'POST', '/api/v1/preview', {
    pipelineId: id,
    records: [1, 1.5].map((value, index) => JSON.parse(measurement({ value, time: 1_600_000_000_000 + index }))),
  });
  const shown = preview.stages.find(({ instanceName }: { instanceName: string }) => instanceName === stage.name);
  assert.deepEqual([shown.output.length, shown.dropped[0].reason], [1, 'in-dead-band']);
  const state = await call(service, 'POST', `/streaming/v2.0/streaming/pipeline/${id}?action=pause&orgId=o1`);
  assert.equal(state.code, 0);
  await eventually(
    () => call(service, 'GET', `/api/v1/pipelines/${id}`),
    (seen) => seen.status === 'PAUSED',
  );
  // While it is away: 3.5 is close to what it kept, 5 is not.
  await write([3.5, 5], 3);
  await call(service, 'POST', `/streaming/v2.0/streaming/pipeline/${id}?action=start&orgId=o1`, { executionMode: 0 });
  await topics.arrived('own-out', 3);
  assert.deepEqual(await values(), [1, 3, 5]);
  await assert.rejects(call(service, 'DELETE', `${path}/${library}`), /LIBRARY_IN_USE/);
  await call(service, 'POST', `/streaming/v2.0/streaming/pipeline/${id}?action=stop&orgId=o1`);
  await eventually(
    () => call(service, 'GET', `/api/v1/pipelines/${id}`),
    (seen) => seen.status === 'STOPPED',
  );
  // A version nobody has installed is kept and shown, and not released.
  const other = { ...stage, library: 'acme-filters@9.0.0' };
  const document = { pipelineConfig: documentOf([source, other, producer('own-out', stage.name)]) };
  await call(service, 'POST', `/streaming/v2.0/streaming/pipeline/${id}?action=save&orgId=o1`, {
    name: 'p',
    templateType: 1,
    messageChannel: 0,
    pipelineJson: document,
  });
  await assert.rejects(
    call(service, 'POST', `/api/v1/pipelines/${id}/release`, {}),
    /DOCUMENT_INVALID.*acme-filters@9\.0\.0.*STAGE_LIBRARY_UNKNOWN/s,
  );
  // What is released still names it; nothing does once the pipeline is gone.
  await assert.rejects(call(service, 'DELETE', `${path}/${library}`), /LIBRARY_IN_USE/);
  await call(service, 'DELETE', `/api/v1/pipelines/${id}`);
  await call(service, 'DELETE', `${path}/${library}`);
  const left = await call(service, 'GET', path);
  assert.deepEqual(
    left.items.filter(({ isOwn }: { isOwn: boolean }) => isOwn),
    [],
  );
});

test('the stage that holds a pipeline back is named', async (t) => {
  const { start, run, untilRunning } = installation(t);
  const service = await start();
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  for (const topic of ['much', 'much-out']) await topics.admin.ensureTopic(topic, { partitions: 2 });
  const values = Array.from({ length: 20_000 }, (_, i) =>
    measurement({ assetId: `a${i % 10}`, value: i, time: 1000 + i }),
  );
  await topics.write(
    'much',
    values.map((value, i) => ({ key: `${i}`, value })),
  );
  // Far slower than the rate: the backlog lasts for longer than the test.
  const script = `for (var i = 0; i < records.length; i++) {
    var until = Date.now() + 5;
    while (Date.now() <= until);
    output.write(records[i]);
  }`;
  const slow = { name: 'JavaScript_01', label: 'JavaScript', from: ['EDHKafkaConsumer_01'], config: { script } };
  const id = await run(
    service,
    { pipelineConfig: documentOf([consumer('much'), slow, producer('much-out', 'JavaScript_01')]) },
    'much*',
  );
  await untilRunning(service, id);
  const found = await eventually(
    () => call(service, 'GET', `/api/v1/pipelines/${id}/bottleneck`),
    ({ state }) => state === 'limited',
  );
  assert.deepEqual([found.code, found.limit.kind, found.limit.stage], ['BOTTLENECK_STAGE', 'stage', 'JavaScript_01']);
  assert.ok(found.share > 0.5 && found.windowMs >= 10_000, JSON.stringify(found));
  const { run: view } = await call(service, 'GET', `/api/v1/pipelines/${id}`);
  const { busyMs, from } = view.work['0'].stages.JavaScript_01;
  assert.ok(busyMs > 5000 && from.EDHKafkaConsumer_01 === view.stages.JavaScript_01.input, JSON.stringify(view.work));
  for (const task of view.tasks) assert.ok(task.eventLagMs > 1e12, 'records of half a century ago');
  const series = await call(service, 'GET', `/api/v1/pipelines/${id}/stage-series`);
  assert.deepEqual(series.stages.map(({ stage }: { stage: string }) => stage).sort(), Object.keys(view.stages).sort());
});

test('a point that a release adds to the lineage passes a running Normalizer from some record on, without a restart', async (t) => {
  const { start, run, untilRunning } = installation(t);
  const service = await start();
  const topics = await TopicAccess.connect(t, kafka.bootstrapServers);
  for (const topic of ['flow-uploads', 'flow-points']) await topics.admin.ensureTopic(topic, { partitions: 1 });
  const pipeline = '/streaming/v2.0/streaming/pipeline';
  const release = async (name: string, point: string) => {
    const rows = [{ inputPoint: point, outputPoint: `${point}.last` }];
    const stages = [processor('LastRecordAppender', { inputOutput: rows }, 'EDHKafkaConsumer_01')];
    const body = { name, templateType: 1, messageChannel: 0, pipelineJson: { pipelineConfig: documentOf(stages) } };
    const { data } = await call(service, 'POST', `${pipeline}/null?action=save&orgId=o1`, body);
    assert.equal((await call(service, 'POST', `${pipeline}/${data}?action=release&orgId=o1`)).code, 0);
  };
  const stages = [
    consumer('flow-uploads'),
    processor('Normalizer', { normalizerType: 'ORIGIN' }, 'EDHKafkaConsumer_01'),
    producer('flow-points', 'Normalizer_01'),
  ];
  const id = await run(service, { pipelineConfig: documentOf(stages) }, 'flow-*');
  const first = await untilRunning(service, id);
  let sent = 0;
  /** Sends an upload of both points, and gives the numbers of those that have come through by now. */
  const sendOne = async () => {
    const payload = [{ assetId: 'x', time: 1000 + sent, measurepoints: { a: sent, b: sent } }];
    sent += 1;
    await topics.write('flow-uploads', [
      { key: 'x', value: JSON.stringify({ modelId: 'm', modelIdPath: '/m', payload }) },
    ]);
    const passed: Record<string, number[]> = { a: [], b: [] };
    for (const { value } of await topics.read('flow-points')) {
      const { pointId, value: number } = JSON.parse(value ?? '') as { pointId: string; value: number };
      passed[pointId]?.push(number);
    }
    return passed;
  };
  await release('reads a', 'm::a');
  await eventually(sendOne, ({ a = [] }) => a.length > 2);
  await release('reads b', 'm::b');
  const { a = [], b = [] } = await eventually(sendOne, (passed) => (passed.b ?? []).length > 2);
  for (const numbers of [a, b])
    assert.deepEqual(
      numbers,
      numbers.map((_, at) => (numbers[0] ?? 0) + at),
    );
  assert.ok((a[0] ?? 0) < (b[0] ?? 0), 'what was released later passes later');
  const view = await untilRunning(service, id);
  assert.deepEqual([view.run.runId, view.run.worker.pid], [first.run.runId, first.run.worker.pid]);
  // An event is told with the next heartbeat.
  await eventually(
    () => call(service, 'GET', `/api/v1/pipelines/${id}/events`),
    ({ items }: { items: readonly { code: string; message: string }[] }) =>
      items.some(
        ({ code, message }) =>
          code === 'REFERENCE_IN_USE' &&
          message.includes('"lineage": revision 2 (released pipelines read 2 points and put out 2) is in use'),
      ),
  );
});

/** The demo's document with records of its own in place of a topic. */
const withRecords = (records: readonly object[]) => {
  const { pipelineConfig } = structuredClone(DOCUMENT);
  const [source, ...stages] = pipelineConfig.stages;
  const raw = {
    ...source,
    instanceName: 'DevRawDataSource_01',
    library: '',
    stageName: '',
    uiInfo: { label: 'Dev Raw Data Source' },
    configuration: [{ name: 'rawData', value: records.map((record) => JSON.stringify(record)).join('\n') }],
  };
  return { pipelineConfig: { ...pipelineConfig, stages: [raw, ...stages] } };
};

test('told to, the service ends its workers with itself, and starts them again the next time', async (t) => {
  const { start, run, untilRunning } = installation(t);
  const env = { PENSTOCK_STOP_WORKERS_ON_EXIT: '1' };
  const first = await start(0, env);
  const id = await run(first);
  const { pid } = (await untilRunning(first, id)).run.worker;
  assert.equal(await first.end('SIGTERM'), 0);
  assert.equal(processStartOf(pid), undefined);
  const second = await start(0, env);
  const next = await untilRunning(second, id, (seen) => seen.run.worker.pid !== pid);
  assert.equal(next.observed.attempts, 2);
  await second.end('SIGTERM');
  assert.equal(processStartOf(next.run.worker.pid), undefined);
});

test('a port in use is one clear sentence and exit code 1', async (t) => {
  const { start } = installation(t);
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  t.after(() => squatter.close());
  const address = squatter.address();
  assert.ok(address !== null && typeof address === 'object');
  await assert.rejects(start(address.port), (error) => {
    assert.match(
      String(error),
      /the service ended by itself \(1\): penstock: Port \d+ of 127\.0\.0\.1 is in use by another program: stop it, or set PENSTOCK_PORT to another port\.\n$/,
    );
    return true;
  });
});
