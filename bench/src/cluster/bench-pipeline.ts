import { createTopicAdmin, type KafkaClient } from '@penstock/kafka';
import { consumerGroupOf, type JsonObject } from '@penstock/model';
import { Hopeless, until } from '@penstock/testkit';
import { type Mode, type Role, type Size, startRequest } from './mode.ts';
import { parentOf } from './process-cost.ts';
import type { ServiceWorld } from './service-world.ts';

/** What `/api/v1/pipelines/{id}` says, as far as it is looked at here. */
interface Detail {
  readonly observed: { readonly state: string };
  readonly run: null | {
    readonly worker: null | { readonly pid: number };
    readonly executors: readonly { readonly workerPid: number | null }[];
    readonly batches: null | { readonly completed: number; readonly processingMs: number };
  };
}

const START_MS = 120_000;
const STOP_MS = 90_000;
/** Above all that a worker can read. */
export const UNLIMITED_RATE = 1_000_000;

/** A pipeline of the service, started, watched and stopped as its users do. */
export class BenchPipeline {
  readonly id: string;
  readonly #world: ServiceWorld;
  readonly #mode: Mode;
  readonly #size: Size;

  private constructor(world: ServiceWorld, id: string, mode: Mode, size: Size) {
    this.#world = world;
    this.id = id;
    this.#mode = mode;
    this.#size = size;
  }

  static async create(
    world: ServiceWorld,
    name: string,
    document: JsonObject,
    mode: Mode,
    size: Size,
  ): Promise<BenchPipeline> {
    const id = String(
      await world.call('null', 'save', {
        name,
        templateType: 1,
        version: '0.1.0',
        messageChannel: 0,
        pipelineJson: document,
      }),
    );
    await world.call(id, 'release');
    return new BenchPipeline(world, id, mode, size);
  }

  /** Seconds from the call to RUNNING. */
  async start(kafkaRate: number): Promise<number> {
    const begun = performance.now();
    await this.#world.call(this.id, 'start', startRequest(this.#mode, this.#size, kafkaRate));
    return this.#reaches('RUNNING', begun, START_MS);
  }

  /** Seconds from the call to STOPPED. */
  async stop(): Promise<number> {
    const begun = performance.now();
    await this.#world.call(this.id, 'stop');
    return this.#reaches('STOPPED', begun, STOP_MS);
  }

  async rate(kafkaRate: number): Promise<void> {
    await this.#world.service.admin('PATCH', `pipelines/${this.id}/run`, { kafkaRate });
  }

  /** Of the last batch, as the driver told with its last heartbeat; undefined in Standalone Mode. */
  async batch(): Promise<{ readonly completed: number; readonly processingMs: number } | undefined> {
    return (await this.#detail()).run?.batches ?? undefined;
  }

  /** Every process the pipeline consists of. An executor's JVM is the one that started its worker. */
  processes(): Promise<ReadonlyMap<number, Role>> {
    return until(`looking for the processes of ${this.id}`, START_MS, async () => {
      const { run } = await this.#detail();
      const pid = run?.worker?.pid;
      if (pid === undefined) return undefined;
      if (this.#mode === 'standalone') return new Map([[pid, 'worker' as const]]);
      const workers = run?.executors.flatMap(({ workerPid }) => workerPid ?? []) ?? [];
      if (workers.length !== this.#size.executors) return undefined;
      return new Map<number, Role>([
        [pid, 'driver'],
        ...workers.map((worker) => [parentOf(worker), 'executor'] as const),
        ...workers.map((worker) => [worker, 'worker'] as const),
      ]);
    });
  }

  async #reaches(state: string, begun: number, timeoutMs: number): Promise<number> {
    await until(`waiting for ${state} of ${this.id}`, timeoutMs, async () => {
      const { observed } = await this.#detail();
      if (/ERROR/.test(observed.state)) throw new Hopeless(`${this.id} is in ${JSON.stringify(observed)}`);
      return observed.state === state ? true : undefined;
    });
    return (performance.now() - begun) / 1000;
  }

  async #detail(): Promise<Detail> {
    return (await this.#world.service.admin('GET', `pipelines/${this.id}`)) as unknown as Detail;
  }
}

/** How many records a pipeline has committed of a topic that was written without transactions. */
export const committedRecords = async (client: KafkaClient, pipelineId: string, input: string): Promise<number> => {
  const offsets = await createTopicAdmin(client).committedOffsets(consumerGroupOf(pipelineId), input);
  return [...offsets.values()].reduce((sum, offset) => sum + Math.max(0, offset), 0);
};
