import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createPenstockClient, resultOf } from '@penstock/client';
import { internalTopicOf, type JsonObject } from '@penstock/model';
import { until } from '@penstock/testkit';
import { TopicAccess } from '@penstock/testkit/kafka';
import { Admin } from '@platformatic/kafka';
import type { DemoFacts } from './demo/provision.ts';
import { startLocalKafka } from './kafka/local-kafka.ts';
import { findFreePort } from './ports.ts';
import { curlCalls } from './start/page.ts';

const START = fileURLToPath(new URL('./start.ts', import.meta.url));
const PAGE_END = 'Ctrl-C stops everything';

const folder = (t: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-start-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

/** npm start with these arguments; ends with the test. */
class Started {
  output = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;

  constructor(t: TestContext, args: readonly string[], env: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, ['--no-node-snapshot', START, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#exit = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8');
        this.#child.emit('output');
      });
    }
    t.after(() => this.stop('SIGINT'));
  }

  /** Waits until the output has this text; fails where the process ends before. */
  async shows(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      const event = await Promise.race([once(this.#child, 'output'), this.#exit]);
      if (event.length > 0) assert.fail(`it ended before it showed "${text}":\n${this.output}`);
    }
  }

  async ends(): Promise<number | null> {
    await this.#exit;
    return this.#child.exitCode;
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    return this.ends();
  }
}

const factsOf = (dataDir: string): DemoFacts => JSON.parse(readFileSync(join(dataDir, 'demo.json'), 'utf8'));

/** The pipeline as the service sees it, once it has read something. */
const pipelineThatReads = async ({ baseUrl, accessKey, secretKey, pipelineId }: DemoFacts) => {
  const { api } = createPenstockClient({ baseUrl, accessKey, secretKey });
  for (;;) {
    const pipeline = await resultOf(api.GET('/api/v1/pipelines/{pipelineId}', { params: { path: { pipelineId } } }));
    if ((pipeline.run?.worker?.recordsWritten ?? 0) > 0) return pipeline;
  }
};

/** What the farm has made so far, as the pipeline of the worked example writes it once a minute. */
const energyOfTheFarm = async (
  t: TestContext,
  { kafkaBootstrapServers, orgId }: DemoFacts,
): Promise<ReadonlyMap<string, JsonObject>> => {
  const access = await TopicAccess.connect(t, kafkaBootstrapServers);
  return until('waiting for the energy of the farm', 120_000, async () => {
    const found = new Map<string, JsonObject>();
    for (const { value } of await access.read(internalTopicOf(orgId, 0))) {
      // Some of what the farm sends is damaged, on purpose.
      if (value?.includes('"farm0001"') !== true) continue;
      const record = JSON.parse(value) as JsonObject;
      found.set(String(record.pointId), record);
    }
    return found.has('carbon_reduction_day') ? found : undefined;
  });
};

test('the demo runs, its page works, Ctrl-C ends all of it, and a second start goes on', async (t) => {
  const dataDir = folder(t);
  const args = ['--data', dataDir, '--port', String(await findFreePort())];
  const first = new Started(t, args);
  await first.shows(PAGE_END);
  const facts = factsOf(dataDir);
  const pipeline = await pipelineThatReads(facts);
  assert.equal(pipeline.status, 'RUNNING');
  assert.equal(pipeline.observed.source, 'heartbeat');
  const selected = pipeline.run?.stages.PointSelector_01;
  assert.ok(selected !== undefined && selected.output > 0);

  // The calls are what the page shows, pasted into one shell.
  for (const call of curlCalls(facts)) assert.ok(first.output.includes(call));
  const answers = execFileSync('sh', ['-c', curlCalls(facts).join('\n')], { encoding: 'utf8' })
    .trim()
    .split('\n');
  assert.equal(answers.length, 3);
  assert.match(answers[1] ?? '', /^\{"code":0,"msg":"OK".*"status":"RUNNING"/);
  assert.match(answers[2] ?? '', new RegExp(`^{"code":0,"msg":"OK".*"pipelineId":"${facts.pipelineId}"`));

  // The clock makes it, the asset store knows the farm, and the service of the demo answers on the loopback address.
  const energy = await energyOfTheFarm(t, facts);
  const [made, saved] = ['production_day', 'carbon_reduction_day'].map((pointId) => energy.get(pointId));
  assert.equal(made?.assetId, 'farm0001');
  assert.equal(saved?.time, made?.time);
  assert.partialDeepStrictEqual(saved, { attr: { emissionFactor: 0.581 } });

  const second = new Started(t, [...args.slice(0, 2), '--port', String(await findFreePort())]);
  assert.equal(await second.ends(), 1);
  assert.match(second.output, /is in use by another "npm start" \(process \d+\)/);

  const workerPid = pipeline.run?.worker?.pid ?? 0;
  assert.equal(await first.stop('SIGINT'), 0);
  assert.throws(() => process.kill(workerPid, 0), { code: 'ESRCH' });
  await assert.rejects(fetch(`${facts.baseUrl}/healthz`));

  const again = new Started(t, args);
  await again.shows(PAGE_END);
  assert.deepEqual({ ...factsOf(dataDir), kafkaBootstrapServers: '' }, { ...facts, kafkaBootstrapServers: '' });
  const resumed = await pipelineThatReads(facts);
  assert.equal(resumed.run?.runId, pipeline.run?.runId);
  assert.equal(await again.stop('SIGTERM'), 0);
});

test('with --cluster there is a YARN, Cluster Processing is granted, and Ctrl-C ends that too', async (t) => {
  const dataDir = folder(t);
  const started = new Started(t, ['--cluster', '--data', dataDir, '--port', String(await findFreePort())]);
  await started.shows(PAGE_END);
  const { baseUrl, orgId, pipelineId } = factsOf(dataDir);
  const url = /YARN +(http:\S+)/.exec(started.output)?.[1];
  assert.ok(url !== undefined);
  const { clusterMetrics } = (await (await fetch(`${url}/ws/v1/cluster/metrics`)).json()) as {
    clusterMetrics: { activeNodes: number };
  };
  assert.equal(clusterMetrics.activeNodes, 2);
  assert.ok(started.output.includes(`pipelines start ${pipelineId} --mode cluster `));

  const adminToken = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  const { api } = createPenstockClient({ baseUrl, adminToken });
  const grants = await resultOf(api.GET('/api/v1/organizations/{orgId}/grants', { params: { path: { orgId } } }));
  assert.deepEqual([grants.clusterServer?.granted, grants.clusterYarn?.granted], [4, 16]);

  assert.equal(await started.stop('SIGINT'), 0);
  await assert.rejects(fetch(url));
});

test('an existing Kafka is used and left running, and --no-demo makes nothing in it', async (t) => {
  const dataDir = folder(t);
  const kafka = await startLocalKafka({ dir: join(dataDir, 'own-kafka') });
  t.after(() => kafka.kill9());
  const port = String(await findFreePort());
  const started = new Started(t, ['--no-demo', '--data', dataDir, '--port', port], {
    KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
  });
  await started.shows(PAGE_END);
  assert.match(started.output, new RegExp(`Kafka +${kafka.bootstrapServers}`));
  const adminToken = readFileSync(join(dataDir, 'admin-token'), 'utf8').trim();
  const { api } = createPenstockClient({ baseUrl: `http://127.0.0.1:${port}`, adminToken });
  const { items } = await resultOf(api.GET('/api/v1/organizations', { params: { query: { limit: 10 } } }));
  assert.deepEqual(items, []);
  assert.equal(await started.stop('SIGTERM'), 0);
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [kafka.bootstrapServers] });
  t.after(() => admin.close());
  assert.deepEqual(await admin.listTopics(), []);
});

test('a port in use, an unknown option and a missing JDK are told in one sentence', async (t) => {
  const dataDir = folder(t);
  const other = createServer();
  other.listen(await findFreePort(), '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const inUse = new Started(t, ['--data', dataDir, '--port', String(port)]);
  assert.equal(await inUse.ends(), 1);
  assert.equal(
    inUse.output.trim(),
    `Port ${port} of 127.0.0.1 is in use by another program: stop it, or choose another port with --port.`,
  );

  const unknown = new Started(t, ['--prot', '1']);
  assert.equal(await unknown.ends(), 1);
  assert.equal(unknown.output.trim(), "Unknown option '--prot'. See npm start -- --help.");

  const bare = folder(t);
  const noJava = new Started(t, ['--data', dataDir, '--port', String(await findFreePort())], {
    PATH: bare,
    JAVA_HOME: '',
    PENSTOCK_CACHE: bare,
  });
  assert.equal(await noJava.ends(), 1);
  assert.match(noJava.output.trim(), /^Java was not found on the PATH: install a JDK 17 or newer, or set JAVA_HOME\.$/);

  const setting = new Started(t, ['--data', dataDir], { PENSTOCK_LOG_LEVEL: 'loud' });
  assert.equal(await setting.ends(), 1);
  assert.match(setting.output.trim(), /^The environment variable PENSTOCK_LOG_LEVEL must be .*\.$/);

  const file = join(bare, 'file');
  writeFileSync(file, '');
  const noFolder = new Started(t, ['--data', file, '--port', String(await findFreePort())]);
  assert.equal(await noFolder.ends(), 1);
  assert.equal(noFolder.output.trim(), `The data folder ${file} cannot be used: there is a file in its place.`);
});
