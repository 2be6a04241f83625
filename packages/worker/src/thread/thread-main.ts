import { parentPort, workerData } from 'node:worker_threads';
import { compilePlan, type Plan } from '@penstock/engine';
import { connectKafka, createTopicAdmin, openFeeds } from '@penstock/kafka';
import { AppError, messageOf, type RunEvent, type RunFailure, type StageCounters } from '@penstock/model';
import { createRegistry, operators } from '@penstock/operators';
import { addCounters } from '../sum-counters.ts';
import { topicsOf } from '../topics.ts';
import { InlineRunner } from './inline-runner.ts';
import type { FromThread, TaskPlace, ThreadInput, ThreadReport, ToThread } from './messages.ts';
import { TaskRunner } from './task-runner.ts';

/** Entry of a worker thread: runs the tasks it was given until it is told to drain, and reports while it does. */

const REPORT_MS = 500;

const input = workerData as ThreadInput;
const port = parentPort;
if (port === null) throw new Error('thread-main.ts runs as a worker thread only');
const send = (message: FromThread): void => port.postMessage(message);
const onEvent = (event: RunEvent): void => send({ kind: 'event', event });
const clock = { now: (): number => Date.now() };

const failureOf = (error: unknown): RunFailure => {
  if (!(error instanceof AppError)) return { code: 'WORKER_BUG', message: messageOf(error), retryable: true };
  const stage = typeof error.params.stage === 'string' ? { stage: error.params.stage } : {};
  return { code: error.code, message: error.message, retryable: error.retryable || error.domain !== 'user', ...stage };
};

const run = async (): Promise<void> => {
  const { spec } = input;
  const compiled = compilePlan(spec.document, {
    registry: createRegistry(operators),
    facts: { pipelineId: spec.pipelineId, orgId: spec.orgId, messageChannel: spec.messageChannel },
    sourcePartitions: input.sourcePartitions,
  });
  // The main thread compiled the same document before it started this one.
  const plan = compiled.plan as Plan;
  const cluster = await connectKafka(spec.kafka, {
    clientId: `penstock-${spec.pipelineId}-${input.thread}`,
    onTrouble: onEvent,
  });
  const feeds = openFeeds(cluster, { isolation: 'read-committed' });
  const admin = createTopicAdmin(cluster);

  let waitingOwner: ((isOwner: boolean) => void)[] = [];
  let notReady = input.places.length;
  const runners: (TaskRunner | InlineRunner)[] = [];
  const running: Promise<void>[] = [];
  let isDraining = false;

  const start = (place: TaskPlace): void => {
    const deps = {
      spec,
      plan,
      topics: topicsOf(plan),
      cluster,
      admin,
      feeds,
      rate: input.rate,
      clock,
      onEvent,
      onReady: () => {
        if (--notReady === 0) send({ kind: 'ready' });
      },
      onFinished: () => send({ kind: 'finished' }),
      confirmOwner: () =>
        new Promise<boolean>((resolve) => {
          waitingOwner.push(resolve);
          send({ kind: 'fenced' });
        }),
    };
    const runner =
      plan.source.spec.kind === 'inline' && place.part === 0
        ? new InlineRunner(place, deps)
        : new TaskRunner(place, deps);
    runners.push(runner);
    running.push(
      runner.run().catch((error: unknown) => {
        send({ kind: 'failed', failure: failureOf(error) });
      }),
    );
    if (isDraining) runner.drain();
  };

  const drained = new Promise<void>((resolve) => {
    port.on('message', (message: ToThread) => {
      switch (message.kind) {
        case 'open':
          notReady++;
          start(message.place);
          break;
        case 'owner':
          for (const answer of waitingOwner) answer(message.isOwner);
          waitingOwner = [];
          break;
        case 'drain':
          isDraining = true;
          for (const runner of runners) runner.drain();
          for (const answer of waitingOwner) answer(false);
          waitingOwner = [];
          resolve();
      }
    });
  });

  const report = (): void => send({ kind: 'report', report: reportOf(runners) });
  const timer = setInterval(report, REPORT_MS);
  for (const place of input.places) start(place);
  if (input.places.length === 0) send({ kind: 'ready' });
  await drained;
  await Promise.all(running);
  clearInterval(timer);
  report();
  await feeds.close();
  await cluster.close();
  send({ kind: 'drained' });
  port.close();
};

const reportOf = (runners: readonly (TaskRunner | InlineRunner)[]): ThreadReport => {
  const stages: Record<string, StageCounters> = {};
  let recordsRead = 0;
  let bytesRead = 0;
  let recordsWritten = 0;
  for (const runner of runners) {
    recordsRead += runner.recordsRead;
    bytesRead += runner.bytesRead;
    recordsWritten += runner.recordsWritten;
    addCounters(stages, runner.counters());
  }
  return { tasks: runners.map((runner) => runner.progress()), stages, recordsRead, bytesRead, recordsWritten };
};

run().catch((error: unknown) => send({ kind: 'failed', failure: failureOf(error) }));
