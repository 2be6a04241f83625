import type { TestContext } from 'node:test';
import type { RunSpec } from '@penstock/model';
import type { GivenAssets } from '@penstock/testkit';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { WorkerProcess } from '@penstock/testkit/worker';
import { GOLDEN_PARTITIONS } from './golden-pipeline.ts';
import { inputTopicsOf, settling } from './positions.ts';

/** Runs a real worker of Standalone Mode until it has committed all there is, and pauses it. */
export const runStandalone = async (
  t: TestContext,
  access: TopicAccess,
  given: RunSpec,
  assets: GivenAssets = {},
): Promise<void> => {
  const { control: _another, ...run } = given;
  const worker = await WorkerProcess.start(t, given.kafka.bootstrapServers, run, undefined, assets);
  const isSettled = settling(access, given.pipelineId, inputTopicsOf(given, GOLDEN_PARTITIONS));
  let sequence = 0;
  do {
    const heard = worker.control.heard((heartbeat) => heartbeat.sequence > sequence);
    ({ sequence } = await Promise.race([heard, worker.endedEarly()]));
  } while (!(await isSettled()));
  const code = await worker.pause();
  if (code !== 0) throw new Error(`the worker ended with ${code} when it was paused`);
};
