import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RunSpec } from '@penstock/model';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { ControlServer } from '@penstock/testkit/worker';
import { GOLDEN_PARTITIONS } from './golden-pipeline.ts';
import { inputTopicsOf, settling } from './positions.ts';

const main = fileURLToPath(import.meta.resolve('@penstock/worker/main'));

/** Runs a real worker of Standalone Mode until it has committed all there is, and pauses it. */
export const runStandalone = async (
  t: TestContext,
  access: TopicAccess,
  folder: string,
  given: RunSpec,
): Promise<void> => {
  const control = await ControlServer.start(t, given.kafkaRate);
  const spec: RunSpec = { ...given, control: { endpointsFile: control.endpointsFile, token: 'token' } };
  const file = join(folder, `${spec.runId}.json`);
  await writeFile(file, JSON.stringify(spec));
  const child = spawn(process.execPath, ['--no-node-snapshot', main, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const isSettled = settling(access, spec.pipelineId, inputTopicsOf(spec, GOLDEN_PARTITIONS));
  let sequence = 0;
  do {
    const failed = exited.then((code) => {
      throw new Error(`the worker ended with ${code}: ${JSON.stringify(control.heartbeats.at(-1)?.failure)}`);
    });
    ({ sequence } = await Promise.race([control.heard((heartbeat) => heartbeat.sequence > sequence), failed]));
  } while (!(await isSettled()));
  control.reply = { ...control.reply, desired: 'pause' };
  const code = await exited;
  if (code !== 0) throw new Error(`the worker ended with ${code} when it was paused`);
};
