import { parentPort, workerData } from 'node:worker_threads';
import { connectKafka, createTopicAdmin } from '@penstock/kafka';
import { messageOf, type RunEvent, type TaskPlace } from '@penstock/model';
import type { Assignment } from '../plan/assignment.ts';
import { compileRun } from '../plan/compile-run.ts';
import { prepareRun } from '../prepare/prepare-run.ts';
import { planOptionsOf } from '../prepare/run-layout.ts';
import { openRunServices } from '../services/open-look-ups.ts';
import { failureOf } from '../task/task-failure.ts';
import { wait } from '../task/wait.ts';
import { longestWaiting, WaitingState, whenReachable } from '../task/waiting-state.ts';
import { careForRun } from './run-caretaker.ts';
import { TaskSet } from './task-set.ts';
import type { FromThread, ThreadInput, ToThread } from './thread-messages.ts';

/** Entry of a worker thread: runs the tasks it was given until it is told to drain, and reports while it does. */

const REPORT_MS = 500;
/** How old the end of a partition may be that a lag is reckoned from. */
const ENDS_MS = 3000;

const { spec, thread, rate } = workerData as ThreadInput;
const port = parentPort;
if (port === null) throw new Error('thread-main.ts runs as a worker thread only');
const send = (message: FromThread): void => port.postMessage(message);
const onEvent = (event: RunEvent): void => send({ kind: 'event', event });

const fail = (error: unknown): void => send({ kind: 'failed', failure: failureOf(error) });

const draining = new AbortController();
const assigned = Promise.withResolvers<Assignment | undefined>();
let tasks: TaskSet | undefined;
/** Tasks added while this thread is still getting ready. */
const early: TaskPlace[] = [];
port.on('message', (message: ToThread) => {
  switch (message.kind) {
    case 'assign':
      assigned.resolve(message.assignment);
      return;
    case 'open':
      if (tasks === undefined) early.push(message.place);
      else tasks.open(message.place);
      return;
    case 'owner':
      tasks?.answerOwner(message.isOwner);
      return;
    case 'snapshot':
      tasks?.snapshot.ask(message.request);
      return;
    case 'drain-part':
      if (tasks === undefined) send({ kind: 'part-drained', part: message.part });
      else void tasks.drainPart(message.part).then(() => send({ kind: 'part-drained', part: message.part }));
      return;
    case 'drain':
      draining.abort();
      assigned.resolve(undefined);
      tasks?.drain();
  }
});

const clock = { now: () => Date.now() };
/** Of everything but the tasks, which look after themselves. */
const waiting = new WaitingState(clock);
let prepared = 0;
const tellStanding = (): void => {
  if (waiting.current !== undefined) tasks?.excuse();
  send({ kind: 'standing', prepared, waiting: longestWaiting([waiting.current, tasks?.waiting()]) });
};

const run = async (): Promise<void> => {
  const { signal } = draining;
  const patience = { signal, waiting, onEvent };
  const clientId = `penstock-${spec.pipelineId}-${thread}`;
  const client = await whenReachable(() => connectKafka(spec.kafka, { clientId, onTrouble: onEvent }), patience);
  if (client === undefined) return;
  try {
    const admin = createTopicAdmin(client);
    if (thread === 0) {
      const onProgress = (): void => {
        prepared += 1;
      };
      const found = await whenReachable(() => prepareRun(spec, { client, onEvent, onProgress }), patience);
      if (found !== undefined) send({ kind: 'prepared', assignment: found });
    }
    const assignment = await assigned.promise;
    if (assignment === undefined) return;
    const { layout } = assignment;
    const plan = compileRun(spec, planOptionsOf(layout));
    const services = openRunServices(spec, plan, onEvent);
    const own = new TaskSet({ spec, plan, layout, client, admin, rate, ...services, send, fail });
    tasks = own;
    const report = (): void => {
      send({ kind: 'report', report: own.report() });
      const news = own.snapshot.news();
      if (news !== undefined) send({ kind: 'snapshot', ...news });
    };
    const timer = setInterval(report, REPORT_MS);
    const places = [...assignment.places, ...early];
    for (const place of places) tasks.open(place);
    if (places.length === 0) send({ kind: 'ready' });
    const care =
      thread === 0
        ? careForRun(
            {
              plan,
              layout,
              admin,
              prepare: () => prepareRun(spec, { client, current: layout, onEvent }),
              onEvent,
              onPlaces: (places) => send({ kind: 'places-added', places }),
            },
            signal,
          ).catch(fail)
        : Promise.resolve();
    const ends = followEnds(tasks);
    if (signal.aborted) tasks.drain();
    await tasks.ended;
    await Promise.all([care, ends]);
    clearInterval(timer);
    report();
  } finally {
    await client.close();
  }
};

/** Keeps the known ends of the partitions fresh until the thread drains. */
const followEnds = async (tasks: TaskSet): Promise<void> => {
  for (;;) {
    await wait(ENDS_MS, draining.signal);
    if (draining.signal.aborted) return;
    try {
      await tasks.lookUpEnds();
      waiting.worked();
    } catch (error) {
      waiting.failed(error);
      const message = `The ends of the partitions could not be looked up; lags may be out of date: ${messageOf(error)}`;
      onEvent({ at: Date.now(), code: 'LAG_OUT_OF_DATE', severity: 'warning', message });
    }
  }
};

const standing = setInterval(tellStanding, REPORT_MS);
run()
  .finally(() => clearInterval(standing))
  .then(() => {
    send({ kind: 'drained' });
    port.close();
  })
  .catch(fail);
