import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@penstock/model';
import { Hopeless, until } from '@penstock/testkit';
import type { ServiceProcess } from '@penstock/testkit/service';

/** What `/api/v1/pipelines/{id}` says, as far as tests look at it. */
export interface PipelineDetail {
  readonly observed: {
    readonly state: string;
    readonly source: string;
    readonly reason: { readonly code: string; readonly message: string } | null;
  };
  readonly throughput: { readonly recordsInPerSecond: number };
  readonly lag: number | null;
  readonly run: null | {
    readonly runId: string;
    readonly worker: null | { readonly pid: number; readonly recordsRead: number; readonly heartbeatAt: number };
    readonly tasks: readonly {
      readonly part: number;
      readonly partition: number;
      readonly committedOffset: number;
      readonly lag: number;
      readonly eventLagMs: number | null;
    }[];
    readonly stages: Readonly<
      Record<
        string,
        { readonly input: number; readonly output: number; readonly dropped: Readonly<Record<string, number>> }
      >
    >;
    readonly work: null | Readonly<
      Record<string, { readonly openMs: number; readonly commitMs: number; readonly commits: number }>
    >;
    readonly application: null | {
      readonly applicationId: string;
      readonly state: string;
      readonly finalStatus: string;
      readonly diagnostics: string;
      readonly attempts: number;
      readonly waiting: string | null;
      readonly memoryMb: number;
      readonly vcores: number;
      readonly containers: number;
    };
    readonly executors: readonly {
      readonly executorId: string;
      readonly containerId: string;
      readonly workerPid: number | null;
    }[];
    readonly batches: null | { readonly intervalMs: number; readonly completed: number };
    readonly backPressureRate: number | null;
  };
}

/** Cluster Mode in the smallest size there is. */
export const SMALL: JsonObject = { server: 1, yarn: { workerCount: 1, master: 1, slave: 1 } };
const UNLIMITED = 1_000_000;
const START_MS = 240_000;
const END_MS = 90_000;

/** Whom a pipeline belongs to, and the service that runs it. */
export interface PipelineOwner {
  readonly world: { readonly service: ServiceProcess };
  call(pipelineId: string, action: string, body?: JsonObject): Promise<JsonValue>;
}

/** A pipeline of the service, through the APIs people use. */
export class ClusterPipeline {
  readonly id: string;
  readonly #organization: PipelineOwner;

  constructor(organization: PipelineOwner, id: string) {
    this.#organization = organization;
    this.id = id;
  }

  async detail(): Promise<PipelineDetail> {
    return (await this.#organization.world.service.admin('GET', `pipelines/${this.id}`)) as unknown as PipelineDetail;
  }

  async events(): Promise<readonly { readonly code: string; readonly message: string }[]> {
    const { service } = this.#organization.world;
    const { items } = (await service.admin('GET', `pipelines/${this.id}/events?limit=200`)) as unknown as {
      items: { code: string; message: string }[];
    };
    return items;
  }

  /** Log files of the current or last run. */
  async logs(): Promise<readonly { readonly logId: string; readonly role: string; readonly file: string }[]> {
    const { service } = this.#organization.world;
    const { files } = (await service.admin('GET', `pipelines/${this.id}/logs`)) as unknown as {
      files: { logId: string; role: string; file: string }[];
    };
    return files;
  }

  /** The end of a log file. */
  async logText(logId: string): Promise<string> {
    const { service } = this.#organization.world;
    const token = readFileSync(join(service.dataDir, 'admin-token'), 'utf8').trim();
    const response = await fetch(
      `${service.baseUrl}/api/v1/pipelines/${this.id}/logs/${encodeURIComponent(logId)}?tailBytes=1000000`,
      { headers: { authorization: `Bearer ${token}` } },
    );
    if (!response.ok) throw new Error(`log ${logId}: ${response.status} ${await response.text()}`);
    return response.text();
  }

  /** Asks for a start and waits until it runs. */
  async start(executionMode: 0 | 1, options: { kafkaRate?: number; resourceConfig?: JsonObject } = {}): Promise<void> {
    const resourceConfig = options.resourceConfig ?? (executionMode === 1 ? SMALL : { server: 1 });
    await this.request(executionMode, { kafkaRate: options.kafkaRate ?? UNLIMITED, resourceConfig });
    await this.reaches('RUNNING', START_MS);
  }

  /** Asks for a start; rejects with the answer where it is refused. */
  async request(executionMode: 0 | 1, options: { kafkaRate: number; resourceConfig: JsonObject }): Promise<void> {
    await this.#organization.call(this.id, 'start', { executionMode, ...options });
  }

  async pause(): Promise<void> {
    await this.#organization.call(this.id, 'pause');
    await this.reaches('PAUSED', END_MS);
  }

  async stop(): Promise<void> {
    await this.#organization.call(this.id, 'stop');
    await this.reaches('STOPPED', END_MS);
  }

  /** Ends whatever is left of it; for the end of a test. */
  async end(): Promise<void> {
    const { observed } = await this.detail();
    if (['STARTING', 'RUNNING', 'PAUSED'].includes(observed.state)) await this.stop();
  }

  /** Waits until it is in this state; gives up where it ends in an error instead. */
  reaches(state: string, timeoutMs: number = END_MS): Promise<PipelineDetail> {
    return this.until(`${state}`, timeoutMs, (detail) => {
      if (detail.observed.state === state) return true;
      if (/ERROR/.test(detail.observed.state)) throw new Hopeless(`${this.id}: ${JSON.stringify(detail)}`);
      return false;
    });
  }

  /** Waits until something is so. */
  async until(
    what: string,
    timeoutMs: number,
    isSo: (detail: PipelineDetail) => boolean | Promise<boolean>,
  ): Promise<PipelineDetail> {
    let last: PipelineDetail | undefined;
    try {
      return await until(`waiting for ${what} of ${this.id}`, timeoutMs, async () => {
        last = await this.detail();
        return (await isSo(last)) ? last : undefined;
      });
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : error}; it is ${JSON.stringify(last)}`, {
        cause: error,
      });
    }
  }
}
