import type { LocalKafka } from '@penstock/dev';
import type { JsonObject } from '@penstock/model';
import type { ServiceProcess } from '@penstock/testkit/service';
import { World } from '@penstock/testkit/world';
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
  const world = await World.start({ folder, kafka, yarn: NODE, onProgress });
  try {
    const organization = await world.organization(ORG_ID, GRANTS);
    return {
      service: world.service,
      call: (pipelineId, action, body) => organization.call(pipelineId, action, body),
      close: () => world.stop(),
    };
  } catch (error) {
    await world.stop();
    throw error;
  }
};
