import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort, type LocalKafka, startLocalKafka } from '@penstock/dev';
import { connectKafka, createTopicAdmin, type KafkaCluster } from '@penstock/kafka';
import { consumerGroupOf, internalTopicOf, isJsonObject, type JsonObject } from '@penstock/model';
import { KEEP_FOR_EVER, PARTITIONS } from '../data/write-dataset.ts';
import { CHAOS_ORG } from './chaos-input.ts';
import { CHAOS_TOPICS, chaosDocument } from './chaos-pipeline.ts';
import { EnosClient } from './enos-client.ts';
import { ServiceProcess } from './service-process.ts';
import { Hopeless, until } from './until.ts';

const KAFKA_RATE = 2_000;
const THREADS_CU = 2;
const RUNNING_MS = 120_000;

/** Everything a chaos run has under its feet: a broker, the service, one running pipeline. */
export interface ChaosWorld {
  readonly folder: string;
  readonly kafka: LocalKafka;
  readonly cluster: KafkaCluster;
  readonly service: ServiceProcess;
  readonly enos: EnosClient;
  readonly pipelineId: string;
  readonly input: string;
  /** Stops the pipeline's worker, the service and the broker. */
  close(): Promise<void>;
}

/** Starts it all, the pipeline through the EnOS API as an outside client would, and waits until it runs. */
export const createChaosWorld = async (folder: string, onProgress: (line: string) => void): Promise<ChaosWorld> => {
  mkdirSync(folder, { recursive: true });
  const kafka = await startLocalKafka({ dir: join(folder, 'kafka'), onProgress });
  const { bootstrapServers } = kafka;
  const cluster = await connectKafka({ bootstrapServers }, { clientId: 'chaos' });
  const service = new ServiceProcess({ folder, port: await findFreePort(), bootstrapServers });
  const admin = createTopicAdmin(cluster);
  const input = internalTopicOf(CHAOS_ORG, 0);
  for (const topic of [input, ...Object.values(CHAOS_TOPICS)]) {
    await admin.ensureTopic(topic, { partitions: PARTITIONS, config: KEEP_FOR_EVER });
  }
  onProgress(`starting the service on ${service.baseUrl}`);
  await service.start();
  await service.ready();

  await service.admin('POST', 'organizations', { orgId: CHAOS_ORG, name: 'Chaos' });
  const keys = (await service.admin('POST', `organizations/${CHAOS_ORG}/access-keys`, { name: 'chaos' })) as JsonObject;
  await service.admin('PUT', `organizations/${CHAOS_ORG}/grants/standalone`, { cu: THREADS_CU });
  const enos = new EnosClient({
    baseUrl: service.baseUrl,
    accessKey: String(keys.accessKey),
    secretKey: String(keys.secretKey),
  });
  const call = (id: string, action: string, body?: JsonObject) =>
    enos.call('POST', `streaming/pipeline/${id}`, { orgId: CHAOS_ORG, action }, body);
  const pipelineId = String(
    await call('null', 'save', {
      name: 'chaos',
      templateType: 1,
      version: '0.1.0',
      messageChannel: 0,
      pipelineJson: chaosDocument(),
    }),
  );
  await call(pipelineId, 'release');
  await call(pipelineId, 'start', {
    executionMode: 0,
    kafkaRate: KAFKA_RATE,
    resourceConfig: { server: THREADS_CU },
  });
  const world: ChaosWorld = {
    folder,
    kafka,
    cluster,
    service,
    enos,
    pipelineId,
    input,
    async close() {
      await cluster.close();
      await service.end('SIGTERM');
      // After a pause there is no worker; after a failure there may be one.
      service.kill();
      await kafka.stop();
    },
  };
  await until('waiting for the pipeline to run', RUNNING_MS, async () =>
    (await pipelineFacts(world)).state === 'RUNNING' ? true : undefined,
  );
  return world;
};

export interface PipelineFacts {
  /** Observed state as the service tells it. */
  readonly state: string;
  readonly workerPid: number | undefined;
  /** Unix ms; 0 where it has not been heard. */
  readonly heartbeatAt: number;
  /** Sum of the committed offsets that the worker last told of. */
  readonly toldCommitted: number;
}

/** What the service says of the pipeline. Throws `Hopeless` when it has given up on it. */
export const pipelineFacts = async ({ service, pipelineId }: ChaosWorld): Promise<PipelineFacts> => {
  const detail = await service.admin('GET', `pipelines/${pipelineId}`);
  if (!isJsonObject(detail)) throw new Error(`no pipeline detail: ${JSON.stringify(detail)}`);
  const { observed, run } = detail;
  const state = isJsonObject(observed) ? String(observed.state) : 'unknown';
  if (/ERROR|FAILED/i.test(state)) throw new Hopeless(`the pipeline is in ${state}: ${JSON.stringify(observed)}`);
  const worker = isJsonObject(run) && isJsonObject(run.worker) ? run.worker : {};
  const tasks = isJsonObject(run) && Array.isArray(run.tasks) ? run.tasks.filter(isJsonObject) : [];
  return {
    state,
    workerPid: typeof worker.pid === 'number' ? worker.pid : undefined,
    heartbeatAt: typeof worker.heartbeatAt === 'number' ? worker.heartbeatAt : 0,
    toldCommitted: tasks.reduce((sum, task) => sum + Math.max(0, Number(task.committedOffset)), 0),
  };
};

/** Sum of the pipeline's committed offsets, and whether they have reached the end of the input. */
export const positionOf = async ({ cluster, pipelineId, input }: ChaosWorld) => {
  const admin = createTopicAdmin(cluster);
  const committed = await admin.committedOffsets(consumerGroupOf(pipelineId), input);
  const ends = await admin.latestOffsets(input, 'read-committed');
  return {
    sum: [...committed.values()].reduce((total, offset) => total + Math.max(0, offset), 0),
    isAtEnd: [...ends].every(([partition, end]) => (committed.get(partition) ?? 0) >= end),
  };
};
