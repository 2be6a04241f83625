import { readFileSync } from 'node:fs';
import { messageOf, type RunSpec } from '@penstock/model';
import { destination, pino } from 'pino';
import { readFrames, writeFrame } from './frames.ts';
import type { ClusterRequest } from './protocol.ts';
import { RangeWorker } from './range-worker.ts';

/** Answers the executor's requests until its end of the line closes. Standard output is the line, so logs go to the other. */

const EXIT_DONE = 0;
const EXIT_FAILED = 1;

const logger = pino({ name: 'penstock-worker', base: { pid: process.pid } }, destination(2));
const fail = (message: string): never => {
  logger.fatal(message);
  process.exit(EXIT_FAILED);
};

const readSpec = (file: string | undefined): RunSpec => {
  if (file === undefined) return fail('The worker is started with the path of a run specification.');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunSpec;
  } catch (error) {
    return fail(`The run specification ${file} cannot be read: ${messageOf(error)}`);
  }
};

const spec = readSpec(process.argv[2]);
const log = logger.child({ pipelineId: spec.pipelineId, runId: spec.runId });
// An executor that is gone takes no more answers; the end of its requests then ends this process.
process.stdout.on('error', (error) => log.warn({ reason: error.message }, 'the executor takes no more answers'));

const worker = new RangeWorker(spec, fail, ({ severity, code, message }) =>
  log[severity === 'warning' ? 'warn' : severity]({ code }, message),
);
log.info({ threads: spec.threads }, 'worker started');
try {
  for await (const request of readFrames(process.stdin)) {
    void worker.ask(request as ClusterRequest).then((answer) => writeFrame(process.stdout, answer));
  }
} catch (error) {
  fail(messageOf(error));
}
log.info('the executor has closed the line');
// What was not committed is done again by whoever takes the tasks; nothing may be committed behind the driver's back.
process.exit(EXIT_DONE);
