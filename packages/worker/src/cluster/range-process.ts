import { messageOf, type RunSpec, WorkerExitCode } from '@penstock/model';
import { destination, pino } from 'pino';
import { loadRunSpec } from '../plan/load-run-spec.ts';
import { answerTo } from './answer-request.ts';
import { readFrames, writeFrame } from './frames.ts';
import { RangeWorker } from './range-worker.ts';

/** Answers the executor's requests until its end of the line closes. Standard output is the line, so logs go to the other. */

const logger = pino({ name: 'penstock-worker', base: { pid: process.pid } }, destination(2));
const fail = (message: string): never => {
  logger.fatal(message);
  process.exit(WorkerExitCode.Failed);
};

const specOrEnd = (): RunSpec => {
  try {
    return loadRunSpec(process.argv[2]);
  } catch (error) {
    return fail(messageOf(error));
  }
};

const spec = specOrEnd();
const log = logger.child({ pipelineId: spec.pipelineId, runId: spec.runId });
// An executor that is gone takes no more answers; the end of its requests then ends this process.
process.stdout.on('error', (error) => log.warn({ reason: error.message }, 'the executor takes no more answers'));

const worker = new RangeWorker(spec, fail, ({ severity, code, message }) =>
  log[severity === 'warning' ? 'warn' : severity]({ code }, message),
);
log.info({ threads: spec.threads }, 'worker started');
try {
  for await (const request of readFrames(process.stdin)) {
    void answerTo(request, worker).then(
      (answer) => writeFrame(process.stdout, answer),
      (error: unknown) => fail(messageOf(error)),
    );
  }
} catch (error) {
  fail(messageOf(error));
}
log.info('the executor has closed the line');
// What was not committed is done again by whoever takes the tasks; nothing may be committed behind the driver's back.
process.exit(WorkerExitCode.Stopped);
