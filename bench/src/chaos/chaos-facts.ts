import { createTopicAdmin, type KafkaClient } from '@penstock/kafka';
import { consumerGroupOf, isJsonObject, isRepartitionTopicOf } from '@penstock/model';
import { Hopeless } from '@penstock/testkit';
import type { ServiceProcess } from '@penstock/testkit/service';

/** One pipeline, and who can be asked about it. */
export interface PipelineAccess {
  readonly service: ServiceProcess;
  readonly client: KafkaClient;
  readonly pipelineId: string;
  /** Topics it reads. */
  readonly inputs: readonly string[];
}

/** What the service says of the pipeline, as far as a chaos run wants to know it. */
export interface PipelineFacts {
  /** Observed state as the service tells it. */
  readonly state: string;
  /** Code of the reason that goes with the state. */
  readonly reason: string | undefined;
  /** What was told, for whoever has to find out why. */
  readonly told: string;
  /** Standalone Mode: the worker; Cluster Mode: the driver. */
  readonly workerPid: number | undefined;
  /** Unix ms; 0 where it has not been heard. */
  readonly heartbeatAt: number;
  /** Sum of the committed offsets that the worker last told of. */
  readonly toldCommitted: number;
  /** Cluster Mode: attempts of YARN to run the application, of the current or last run. */
  readonly attempts: number;
}

/** Whatever the state is. */
export const readFacts = async ({ service, pipelineId }: PipelineAccess): Promise<PipelineFacts> => {
  const detail = await service.admin('GET', `pipelines/${pipelineId}`);
  if (!isJsonObject(detail)) throw new Error(`no pipeline detail: ${JSON.stringify(detail)}`);
  const observed = isJsonObject(detail.observed) ? detail.observed : {};
  const run = isJsonObject(detail.run) ? detail.run : {};
  const worker = isJsonObject(run.worker) ? run.worker : {};
  const application = isJsonObject(run.application) ? run.application : {};
  const tasks = Array.isArray(run.tasks) ? run.tasks.filter(isJsonObject) : [];
  return {
    state: String(observed.state ?? 'unknown'),
    reason: isJsonObject(observed.reason) ? String(observed.reason.code) : undefined,
    told: JSON.stringify({ observed, application }),
    workerPid: typeof worker.pid === 'number' ? worker.pid : undefined,
    heartbeatAt: typeof worker.heartbeatAt === 'number' ? worker.heartbeatAt : 0,
    toldCommitted: tasks.reduce((sum, task) => sum + Math.max(0, Number(task.committedOffset)), 0),
    attempts: typeof application.attempts === 'number' ? application.attempts : 0,
  };
};

/** Throws `Hopeless` when the service has given up on the pipeline. */
export const pipelineFacts = async (pipeline: PipelineAccess): Promise<PipelineFacts> => {
  const facts = await readFacts(pipeline);
  if (isGivenUp(facts)) throw new Hopeless(`the pipeline is in ${facts.state}: ${facts.told}`);
  return facts;
};

export const isGivenUp = ({ state }: PipelineFacts): boolean => /ERROR|FAILED/i.test(state);

export interface Position {
  /** By topic and partition of the input; 0 where nothing has been committed. */
  readonly committed: ReadonlyMap<string, number>;
  readonly sum: number;
  /** Whether the end of all input has been reached. */
  readonly isAtEnd: boolean;
}

/** The pipeline's committed offsets, as the broker has them. */
export const positionOf = async ({ client, pipelineId, inputs }: PipelineAccess): Promise<Position> => {
  const admin = createTopicAdmin(client);
  const committed = new Map<string, number>();
  let isAtEnd = true;
  for (const input of inputs) {
    const offsets = await admin.committedOffsets(consumerGroupOf(pipelineId), input);
    for (const [partition, end] of await admin.latestOffsets(input, 'read-committed')) {
      const offset = Math.max(0, offsets.get(partition) ?? 0);
      committed.set(`${input}/${partition}`, offset);
      isAtEnd &&= offset >= end;
    }
  }
  return { committed, sum: [...committed.values()].reduce((total, offset) => total + offset, 0), isAtEnd };
};

/** Whether every partition has moved on: one task that hangs is not hidden by the others. */
export const hasMovedOn = (before: Position, now: Position): boolean =>
  [...before.committed].every(([partition, offset]) => (now.committed.get(partition) ?? 0) > offset);

/** By topic and partition. */
export type CutEnds = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** How far what the plan is cut by has been written. It goes on for ever: tasks report there how far they are. */
export const endsOfCuts = async ({ client, pipelineId }: PipelineAccess): Promise<CutEnds> => {
  const admin = createTopicAdmin(client);
  const names = (await admin.listTopics()).map(({ name }) => name);
  const ends = new Map<string, ReadonlyMap<number, number>>();
  for (const topic of names.filter((name) => isRepartitionTopicOf(pipelineId, name)))
    ends.set(topic, await admin.latestOffsets(topic, 'read-committed'));
  return ends;
};

/** Whether all that was written up to these ends has been worked off. */
export const haveReached = async ({ client, pipelineId }: PipelineAccess, ends: CutEnds): Promise<boolean> => {
  const admin = createTopicAdmin(client);
  for (const [topic, wanted] of ends) {
    const committed = await admin.committedOffsets(consumerGroupOf(pipelineId), topic);
    for (const [partition, end] of wanted) if ((committed.get(partition) ?? -1) < end && end > 0) return false;
  }
  return true;
};
