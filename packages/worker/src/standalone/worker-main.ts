import { messageOf, type RunSpec, WorkerExitCode } from '@penstock/model';
import { pino } from 'pino';
import { ControlChannel } from '../control/control-channel.ts';
import { loadRunSpec } from '../plan/load-run-spec.ts';
import { Worker } from './worker.ts';

/** Runs the pipeline of a run specification until it is told to end. */

const logger = pino({ name: 'penstock-worker', base: { pid: process.pid } });
const [specFile] = process.argv.slice(2);

const specOrEnd = (): RunSpec => {
  try {
    return loadRunSpec(specFile);
  } catch (error) {
    logger.fatal({ specFile }, messageOf(error));
    process.exit(WorkerExitCode.Fatal);
  }
};

const spec = specOrEnd();
const log = logger.child({ pipelineId: spec.pipelineId, runId: spec.runId });
const worker = new Worker(spec, new ControlChannel(spec), ({ severity, code, message }) =>
  log[severity === 'warning' ? 'warn' : severity]({ code }, message),
);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => {
    log.info({ signal }, 'draining');
    worker.drain();
  });
// The service may be gone while the worker goes on: a closed pipe or terminal must not end it.
process.on('SIGHUP', () => log.info('SIGHUP ignored'));
process.stdout.on('error', () => undefined);

log.info({ threads: spec.threads, kafkaRate: spec.kafkaRate }, 'worker started');
const code = await worker.run();
log.info({ code }, 'worker ends');
process.exit(code);
