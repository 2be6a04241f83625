import type { TestContext } from 'node:test';
import type { RunSpec } from '@penstock/model';
import type { GivenStore } from '@penstock/testkit';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { WorkerProcess } from '@penstock/testkit/worker';
import { GOLDEN_PARTITIONS, type GoldenPipeline } from './golden-pipeline.ts';
import { inputTopicsOf, settling } from './positions.ts';

interface StandaloneOptions {
  /** Of its organisation. */
  readonly assets?: GivenStore | undefined;
  readonly references?: GoldenPipeline['references'];
  /** Whether it has worked long enough, where that does not follow from what there is to read. */
  isDone?(): Promise<boolean>;
}

/** Runs a real worker of Standalone Mode until it is done (has committed all there is), and pauses it. */
export const runStandalone = async (
  t: TestContext,
  access: TopicAccess,
  given: RunSpec,
  options: StandaloneOptions = {},
): Promise<void> => {
  const { control: _another, ...run } = given;
  const worker = await WorkerProcess.start(
    t,
    given.kafka.bootstrapServers,
    run,
    undefined,
    options.assets,
    options.references,
  );
  const isDone =
    options.isDone?.bind(options) ?? settling(access, given.pipelineId, inputTopicsOf(given, GOLDEN_PARTITIONS));
  let sequence = 0;
  do {
    const heard = worker.control.heard((heartbeat) => heartbeat.sequence > sequence);
    ({ sequence } = await Promise.race([heard, worker.endedEarly()]));
  } while (!(await isDone()));
  const code = await worker.pause();
  if (code !== 0) throw new Error(`the worker ended with ${code} when it was paused`);
};
