import { readFileSync } from 'node:fs';
import { messageOf, PROTOCOL_VERSION, type RunSpec } from '@penstock/model';
import { pino } from 'pino';
import { ControlChannel } from './control/control-channel.ts';
import { ExitCode, Worker } from './worker.ts';

/** Runs the pipeline of a run specification until it is told to end. */

const logger = pino({ name: 'penstock-worker', base: { pid: process.pid } });
const [specFile] = process.argv.slice(2);

const readSpec = (): RunSpec | undefined => {
  if (specFile === undefined) {
    logger.fatal('The worker is started with the path of a run specification.');
    return undefined;
  }
  try {
    const read = JSON.parse(readFileSync(specFile, 'utf8')) as RunSpec;
    const { protocol = 1 } = read;
    if (protocol <= PROTOCOL_VERSION) return read;
    logger.fatal(
      { specFile },
      `The run specification is of version ${protocol}, this worker knows version ${PROTOCOL_VERSION}: it was written by a newer version of Penstock.`,
    );
    return undefined;
  } catch (error) {
    logger.fatal({ specFile, reason: messageOf(error) }, 'The run specification cannot be read.');
    return undefined;
  }
};

const spec = readSpec();
if (spec === undefined) process.exit(ExitCode.Fatal);

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
