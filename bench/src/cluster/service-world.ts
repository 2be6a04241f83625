import { join } from 'node:path';
import {
  buildDriverJar,
  findFreePort,
  type LocalKafka,
  type LocalYarn,
  resolveSparkJars,
  startLocalYarn,
} from '@penstock/dev';
import type { JsonObject } from '@penstock/model';
import { EnosClient } from '../chaos/enos-client.ts';
import { ServiceProcess } from '../chaos/service-process.ts';
import { ORG_ID } from '../data/measurements.ts';

/** The real service with a real YARN, and an organisation that may run anything. */
export interface ServiceWorld {
  readonly service: ServiceProcess;
  /** A signed call for a pipeline of the organisation; `null` for one that is yet to be. */
  call(pipelineId: string, action: string, body?: JsonObject): Promise<unknown>;
  close(): Promise<void>;
}

const NODE = { memoryMb: 12_288, vcores: 16 };
const GRANTS = { standalone: 64, 'cluster-server': 64, 'cluster-yarn': 64 };

/** Starts both beside a broker that is there already; `folder` takes their data. */
export const startServiceWorld = async (
  folder: string,
  kafka: LocalKafka,
  onProgress: (line: string) => void,
): Promise<ServiceWorld> => {
  const [sparkJars, driverJar] = [await resolveSparkJars(onProgress), await buildDriverJar(onProgress)];
  const yarn: LocalYarn = await startLocalYarn({ dir: join(folder, 'yarn'), ...NODE, onProgress });
  const service = new ServiceProcess({
    folder,
    port: await findFreePort(),
    bootstrapServers: kafka.bootstrapServers,
    env: {
      HADOOP_CONF_DIR: yarn.confDir,
      PENSTOCK_SPARK_JARS: sparkJars,
      PENSTOCK_SPARK_DRIVER_JAR: driverJar,
      PENSTOCK_SPARK_ON_NODES: 'true',
    },
  });
  const close = async (): Promise<void> => {
    await service.end('SIGTERM');
    service.kill();
    await yarn.stop();
  };
  try {
    onProgress(`starting the service on ${service.baseUrl}`);
    await service.start();
    await service.ready();
    const enos = await organization(service);
    return {
      service,
      call: (pipelineId, action, body) =>
        enos.call('POST', `streaming/pipeline/${pipelineId}`, { orgId: ORG_ID, action }, body),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const organization = async (service: ServiceProcess): Promise<EnosClient> => {
  await service.admin('POST', 'organizations', { orgId: ORG_ID, name: 'Benchmark' });
  const path = `organizations/${ORG_ID}`;
  const keys = (await service.admin('POST', `${path}/access-keys`, { name: 'bench' })) as JsonObject;
  for (const [resource, cu] of Object.entries(GRANTS)) await service.admin('PUT', `${path}/grants/${resource}`, { cu });
  return new EnosClient({
    baseUrl: service.baseUrl,
    accessKey: String(keys.accessKey),
    secretKey: String(keys.secretKey),
  });
};
