import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort, type LocalKafka, startLocalKafka } from '@penstock/dev';
import { connectKafka, createTopicAdmin } from '@penstock/kafka';
import type { JsonObject } from '@penstock/model';
import { until } from '@penstock/testkit';
import { ServiceProcess } from '@penstock/testkit/service';
import { Organization } from '@penstock/testkit/world';
import { KEEP_FOR_EVER, PARTITIONS } from '../data/write-dataset.ts';
import { type PipelineAccess, pipelineFacts } from './chaos-facts.ts';
import { CHAOS_ORG } from './chaos-input.ts';
import { type ChaosCluster, startChaosCluster } from './cluster/chaos-cluster.ts';
import type { ChaosScenario } from './scenario.ts';

const KAFKA_RATE = 2_000;
const THREADS_CU = 2;
/** What the pipeline needs in either mode. */
const GRANTS = { standalone: THREADS_CU, 'cluster-server': 1, 'cluster-yarn': 3 };
const RUNNING_MS = 240_000;
const PAUSE_MS = 180_000;

export type ChaosMode = 'standalone' | 'cluster';

/** What a start asks for: in Cluster Mode a driver and two executors of the smallest size. */
const START_REQUESTS: Readonly<Record<ChaosMode, JsonObject>> = {
  standalone: { executionMode: 0, kafkaRate: KAFKA_RATE, resourceConfig: { server: THREADS_CU } },
  cluster: {
    executionMode: 1,
    kafkaRate: KAFKA_RATE,
    resourceConfig: { server: 1, yarn: { workerCount: 2, master: 1, slave: 1 } },
  },
};

/** Everything a chaos run has under its feet: a broker, the service, one running pipeline. */
export interface ChaosWorld extends PipelineAccess {
  readonly folder: string;
  readonly scenario: ChaosScenario;
  readonly kafka: LocalKafka;
  /** Cluster Mode only. */
  readonly yarn: ChaosCluster | undefined;
  /** Asks for a start of the pipeline, in the mode of this world, without waiting for it. */
  start(): Promise<void>;
  /** Pauses the pipeline and waits for it; whatever was under way is then committed or gone for good. */
  pause(): Promise<void>;
  /** Ends the pipeline's processes, the service, YARN and the broker. */
  close(): Promise<void>;
}

/** Starts it all, the pipeline through the EnOS API as an outside client would, and waits until it runs. */
export const createChaosWorld = async (
  folder: string,
  mode: ChaosMode,
  scenario: ChaosScenario,
  onProgress: (line: string) => void,
): Promise<ChaosWorld> => {
  mkdirSync(folder, { recursive: true });
  const kafka = await startLocalKafka({ dir: join(folder, 'kafka'), isLasting: true, onProgress });
  const { bootstrapServers } = kafka;
  const dataDir = join(folder, 'service');
  const yarn = mode === 'cluster' ? await startChaosCluster({ folder, dataDir, onProgress }) : undefined;
  const client = await connectKafka({ bootstrapServers }, { clientId: 'chaos' });
  const service = new ServiceProcess({
    folder,
    port: await findFreePort(),
    bootstrapServers,
    env: { ...yarn?.env, ...scenario.env },
  });
  const admin = createTopicAdmin(client);
  const inputs = scenario.sources.map(({ topic }) => topic);
  for (const topic of [...inputs, ...scenario.outputs]) {
    await admin.ensureTopic(topic, { partitions: PARTITIONS, config: KEEP_FOR_EVER });
  }
  onProgress(`starting the service on ${service.baseUrl}`);
  await service.start();
  await service.ready();

  const organization = await Organization.create(service, CHAOS_ORG, GRANTS);
  const call = organization.call.bind(organization);
  await scenario.prepare(service);
  const pipelineId = await organization.createPipeline('chaos', scenario.document());
  const world: ChaosWorld = {
    folder,
    scenario,
    kafka,
    client,
    yarn,
    service,
    pipelineId,
    inputs,
    async start() {
      await call(pipelineId, 'start', START_REQUESTS[mode]);
    },
    async pause() {
      await until('waiting for a service that can pause', PAUSE_MS, () => service.ready());
      await until('asking for a pause', PAUSE_MS, async () => {
        await call(pipelineId, 'pause');
        return true;
      });
      await until('waiting for the pause', PAUSE_MS, async () =>
        (await pipelineFacts(world)).state === 'PAUSED' ? true : undefined,
      );
    },
    async close() {
      await client.close();
      await service.end('SIGTERM');
      // After a pause there is no worker; after a failure there may be one.
      service.kill();
      await yarn?.stop();
      await kafka.stop();
    },
  };
  await world.start();
  await until('waiting for the pipeline to run', RUNNING_MS, async () =>
    (await pipelineFacts(world)).state === 'RUNNING' ? true : undefined,
  );
  return world;
};
