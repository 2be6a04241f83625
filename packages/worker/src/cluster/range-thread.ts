import { parentPort, workerData } from 'node:worker_threads';
import { inputTopicOf, type Plan } from '@penstock/engine';
import { connectKafka, createTopicAdmin, type KafkaClient } from '@penstock/kafka';
import type { OpenAnswer, PrepareAnswer, RunEvent, RunLayout, SnapshotRequest } from '@penstock/model';
import { compileRun } from '../plan/compile-run.ts';
import { prepareRun } from '../prepare/prepare-run.ts';
import { planOptionsOf } from '../prepare/run-layout.ts';
import { openRunServices } from '../services/open-look-ups.ts';
import { SnapshotCatcher } from '../snapshot/snapshot-catcher.ts';
import { purgeProcessed } from '../standalone/run-caretaker.ts';
import { failureOf } from '../task/task-failure.ts';
import { withinPatience } from './patience.ts';
import { RangeTasks } from './range-tasks.ts';
import type { FromRangeThread, RangeThreadInput, ThreadRunAnswer, ToRangeThread } from './thread-messages.ts';

/** Entry of a task thread in Cluster Mode: does what it is asked, each request on its own, until the process ends. */

const { spec, thread, rate } = workerData as RangeThreadInput;
const port = parentPort;
if (port === null) throw new Error('range-thread.ts runs as a worker thread only');
const send = (message: FromRangeThread): void => port.postMessage(message);
const onEvent = (event: RunEvent): void => send({ kind: 'event', event });
const onTakesTokens = (): void => send({ kind: 'takes-tokens' });

let connecting: Promise<KafkaClient> | undefined;
/** One connection to Kafka for the thread's life; a failed attempt is made again by the next request. */
const kafka = (): Promise<KafkaClient> => {
  connecting ??= connectKafka(spec.kafka, {
    clientId: `penstock-${spec.pipelineId}-${thread}`,
    onTrouble: onEvent,
  }).catch((error: unknown) => {
    connecting = undefined;
    throw error;
  });
  return connecting;
};

let prepared = 0;
const onProgress = (): void => {
  prepared += 1;
};
const startProgress = (): number => prepared + (opened?.tasks.startProgress ?? 0);

/** Under way: moving kept state takes as long as there is of it, and is not begun anew because somebody asks again. */
let preparing: Promise<PrepareAnswer> | undefined;
const firstPrepare = (purge: boolean): Promise<PrepareAnswer> => {
  preparing ??= prepare(purge, undefined).finally(() => {
    preparing = undefined;
  });
  return withinPatience(preparing, () => undefined);
};

const prepare = async (purge: boolean, current: RunLayout | undefined): Promise<PrepareAnswer> => {
  const client = await kafka();
  const { layout, places } = await prepareRun(spec, {
    client,
    onEvent,
    onProgress,
    ...(current === undefined ? {} : { current }),
  });
  const plan = compileRun(spec, planOptionsOf(layout));
  if (purge) await purgeProcessed(plan, layout, createTopicAdmin(client));
  return {
    layout,
    batchIntervalMs: plan.commitIntervalMs,
    parts: plan.parts.map((part) => ({
      topic: inputTopicOf(plan, part, layout.topics.cuts),
      partitions: places.filter((place) => place.part === part.index).length,
    })),
    ...(plan.sources.length === 1 ? {} : { sources: plan.sources.length }),
  };
};

let opened: { readonly plan: Plan; readonly tasks: RangeTasks } | undefined;
/** Of the layout only the number of source partitions grows under way, and the plan does not change with that. */
const tasksFor = async (layout: RunLayout): Promise<{ readonly plan: Plan; readonly tasks: RangeTasks }> => {
  const client = await kafka();
  if (opened === undefined) {
    const plan = compileRun(spec, planOptionsOf(layout));
    const admin = createTopicAdmin(client);
    const services = openRunServices(spec, plan, onEvent);
    opened = {
      plan,
      tasks: new RangeTasks({ spec, plan, layout, client, admin, rate, ...services, onEvent, onTakesTokens }),
    };
  }
  return opened;
};

let catcher: SnapshotCatcher | undefined;
const catcherFor = (request: SnapshotRequest | undefined, plan: Plan): SnapshotCatcher | undefined => {
  if (request?.id !== catcher?.request.id)
    catcher = request === undefined ? undefined : new SnapshotCatcher(request, plan);
  return catcher;
};

const run = async (request: Extract<ToRangeThread, { kind: 'run' }>): Promise<ThreadRunAnswer> => {
  const { plan, tasks } = await tasksFor(request.layout);
  const looking = catcherFor(request.snapshot, plan);
  const progress = await tasks.run(request.ranges, looking);
  return {
    tasks: progress,
    isFinished: tasks.isFinished,
    thread: tasks.report(),
    ...(looking === undefined ? {} : { snapshot: looking.result() }),
  };
};

const answer = async (request: ToRangeThread): Promise<PrepareAnswer | OpenAnswer | ThreadRunAnswer> => {
  switch (request.kind) {
    case 'prepare':
      return request.layout === undefined ? firstPrepare(request.purge) : prepare(request.purge, request.layout);
    case 'open':
      return { positions: await (await tasksFor(request.layout)).tasks.open(request.places) };
    case 'run':
      return run(request);
  }
};

port.on('message', (request: ToRangeThread) => {
  answer(request).then(
    (given) => send({ kind: 'answer', answer: { id: request.id, ok: true, startProgress: startProgress(), ...given } }),
    (error: unknown) =>
      send({
        kind: 'answer',
        answer: { id: request.id, ok: false, startProgress: startProgress(), error: failureOf(error) },
      }),
  );
});
