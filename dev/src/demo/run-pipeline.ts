import { setTimeout as delay } from 'node:timers/promises';
import { createPenstockClient, PenstockError, resultOf } from '@penstock/client';
import { AppError } from '@penstock/model';
import { ENERGY_PIPELINE_NAME } from './energy/energy-document.ts';
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
  const { pipelineId } = facts;
  let pipeline = await beginPipeline(facts, pipelineId);
  if (pipeline.desired !== 'run' || (pipeline.executionMode === 1 && !hasCluster)) {
    return pipeline.status;
  }

  const deadline = Date.now() + (pipeline.executionMode === 1 ? CLUSTER_START_TIMEOUT_MS : START_TIMEOUT_MS);
  for (;;) {
    pipeline = await lookAt(facts, pipelineId);
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

/**
 * The same for the pipeline of the worked example, but that nobody waits for it: one that cannot be started, since its
 * user needs what is granted for others, is no reason not to start. Gives what is to be said, where there is anything.
 */
export const beginEnergyPipeline = async (facts: DemoFacts): Promise<string | undefined> => {
  try {
    await beginPipeline(facts, facts.energyPipelineId);
    return undefined;
  } catch (error) {
    if (!(error instanceof PenstockError)) throw error;
    return `"${ENERGY_PIPELINE_NAME}" was not started: ${error.message}`;
  }
};

const lookAt = ({ baseUrl, accessKey, secretKey }: DemoFacts, pipelineId: string) =>
  resultOf(
    createPenstockClient({ baseUrl, accessKey, secretKey }).api.GET('/api/v1/pipelines/{pipelineId}', {
      params: { path: { pipelineId } },
    }),
  );

/** Releases a pipeline that is not yet, and starts one that never was; gives how it was found after that. */
const beginPipeline = async (facts: DemoFacts, pipelineId: string) => {
  const { baseUrl, accessKey, secretKey, orgId } = facts;
  const enos = createPenstockClient({ baseUrl, accessKey, secretKey }).enos(orgId);
  const { released, desired } = await lookAt(facts, pipelineId);
  if (!released) await enos.release(pipelineId);
  if (desired === null)
    await enos.start(pipelineId, { executionMode: 0, kafkaRate: DEMO_KAFKA_RATE, resourceConfig: { server: 1 } });
  return lookAt(facts, pipelineId);
};
