import { setTimeout as delay } from 'node:timers/promises';
import { createPenstockClient, resultOf } from '@penstock/client';
import { AppError } from '@penstock/model';
import { DEMO_KAFKA_RATE, type DemoFacts } from './provision.ts';

const START_TIMEOUT_MS = 60_000;
/** An application has to be found again, or to get its containers. */
const CLUSTER_START_TIMEOUT_MS = 180_000;

/**
 * Brings the demo pipeline up: releases and starts it the first time, waits for one that an earlier start left running,
 * and leaves alone one that its user paused or stopped, or runs in Cluster Mode where there is no cluster. Gives its
 * status.
 */
export const runDemoPipeline = async (facts: DemoFacts, hasCluster: boolean): Promise<string> => {
  const { baseUrl, accessKey, secretKey, orgId, pipelineId } = facts;
  const client = createPenstockClient({ baseUrl, accessKey, secretKey });
  const enos = client.enos(orgId);
  const look = () => resultOf(client.api.GET('/api/v1/pipelines/{pipelineId}', { params: { path: { pipelineId } } }));

  let pipeline = await look();
  if (!pipeline.released) await enos.release(pipelineId);
  if (pipeline.desired === null) {
    await enos.start(pipelineId, {
      executionMode: 0,
      kafkaRate: DEMO_KAFKA_RATE,
      resourceConfig: { server: 1 },
    });
  } else if (pipeline.desired !== 'run' || (pipeline.executionMode === 1 && !hasCluster)) {
    return pipeline.status;
  }

  const deadline = Date.now() + (pipeline.executionMode === 1 ? CLUSTER_START_TIMEOUT_MS : START_TIMEOUT_MS);
  for (;;) {
    pipeline = await look();
    if (pipeline.status === 'RUNNING' && pipeline.observed.source === 'heartbeat') return pipeline.status;
    if (/ERROR/.test(pipeline.status) || Date.now() > deadline) {
      throw new AppError(
        'DEV_DEMO_FAILED',
        `The demo pipeline is ${pipeline.status} (${pipeline.observed.reason?.message ?? `observed: ${pipeline.observed.state}`}); "npm run penstock -- events ${pipelineId}" tells more.`,
        { domain: 'internal' },
      );
    }
    await delay(100);
  }
};
