import { PenstockError, problemOf } from './errors.ts';

/** Contract A.13. */
export type ExecutionMode = 0 | 1;

export interface StartRequest {
  readonly executionMode: ExecutionMode;
  /** Records per second, for the whole pipeline. */
  readonly kafkaRate: number;
  readonly resourceConfig?: {
    /** CU. */
    readonly server?: number;
    readonly yarn?: { readonly workerCount: number; readonly master: number; readonly slave: number };
    readonly advanced?: readonly { readonly key: string; readonly value: string }[];
  };
}

export interface SaveRequest {
  readonly name?: string;
  readonly desc?: string;
  readonly version?: string;
  readonly templateType?: number;
  readonly templateName?: string;
  readonly messageChannel?: 0 | 1;
  /** The document, as an object or as its JSON text. */
  readonly pipelineJson?: unknown;
}

export interface ListedPipeline {
  readonly orgId: string;
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly status: string;
  readonly version: string;
  readonly templateType: number;
  readonly executionMode?: number;
}

export interface PipelineDetails {
  readonly pipelineId: string;
  readonly pipelineName: string;
  readonly desc: string;
  readonly version: string;
  readonly templateType: number;
  readonly pipelineJson: unknown;
}

export interface OffsetAndLag {
  readonly pipelineId: string;
  readonly topicName: string;
  readonly lagAndOffset: readonly { readonly lag: number; readonly offset: number; readonly ts: number }[];
  /** Where each topic stands; absent where the pipeline reads one. */
  readonly topics?: readonly { readonly topicName: string; readonly lag: number; readonly offset: number }[];
}

export interface StageStateRequest {
  readonly pipelineId: string;
  readonly stageInstanceName: string;
  readonly assetIds: readonly string[];
  readonly pointIds: readonly string[];
}

type Query = Readonly<Record<string, string | number | boolean>>;

/** The eleven calls of the EnOS Stream Processing API (contract A) for one organisation. All throw `PenstockError`. */
export class EnosApi {
  readonly #baseUrl: string;
  readonly #orgId: string;
  readonly #fetch: (request: Request) => Promise<Response>;

  constructor(baseUrl: string, orgId: string, fetcher: (request: Request) => Promise<Response>) {
    this.#baseUrl = baseUrl;
    this.#orgId = orgId;
    this.#fetch = fetcher;
  }

  async listPipelines(
    query: { pageNo?: number; pageSize?: number; ifReleased?: boolean; isSystem?: boolean } = {},
  ): Promise<{ count: number; pipelines: ListedPipeline[] }> {
    return this.#call('GET', 'streaming/pipelines', query);
  }

  async pipelineDetails(pipelineId: string, ifReleased = false): Promise<PipelineDetails> {
    return this.#call('GET', this.#path(pipelineId), { ifReleased });
  }

  /** Stores the design copy; creates a pipeline where the id is `null`. Gives the pipeline's id. */
  async save(pipelineId: string | null, pipeline: SaveRequest): Promise<string> {
    return this.#call('POST', this.#path(pipelineId ?? 'null'), { action: 'save' }, pipeline);
  }

  /** Puts the design copy online. Gives what is to be said of its document, above all why a start would refuse it. */
  async release(pipelineId: string): Promise<string | undefined> {
    const answer = await this.#send('POST', this.#path(pipelineId), { action: 'release' });
    return typeof answer.submsg === 'string' && answer.submsg !== '' ? answer.submsg : undefined;
  }

  /** Accepted is not running: watch the status. */
  async start(pipelineId: string, request: StartRequest): Promise<void> {
    await this.#call('POST', this.#path(pipelineId), { action: 'start' }, request);
  }

  /** Keeps state and offsets. */
  async pause(pipelineId: string): Promise<void> {
    await this.#call('POST', this.#path(pipelineId), { action: 'pause' });
  }

  /** Clears state and offsets. */
  async stop(pipelineId: string): Promise<void> {
    await this.#call('POST', this.#path(pipelineId), { action: 'stop' });
  }

  async offsetAndLag(pipelineId: string): Promise<OffsetAndLag> {
    return this.#call('GET', `${this.#path(pipelineId)}/offset-lag`);
  }

  /** Moves a paused or stopped pipeline past its backlog. */
  async resetOffset(pipelineId: string): Promise<void> {
    await this.#call('POST', `${this.#path(pipelineId)}/offset`);
  }

  async stageState(request: StageStateRequest): Promise<Record<string, unknown>[]> {
    const data = await this.#call<{ items: Record<string, unknown>[] }>(
      'POST',
      'stage-state',
      { action: 'get' },
      joined(request),
    );
    return data.items;
  }

  /** Of a paused pipeline. */
  async deleteStageState(request: StageStateRequest): Promise<boolean> {
    return this.#call('POST', 'stage-state', { action: 'delete' }, joined(request));
  }

  #path(pipelineId: string): string {
    return `streaming/pipeline/${encodeURIComponent(pipelineId)}`;
  }

  async #call<T>(method: 'GET' | 'POST', path: string, query: Query = {}, body?: unknown): Promise<T> {
    return (await this.#send(method, path, query, body)).data as T;
  }

  async #send(method: 'GET' | 'POST', path: string, query: Query = {}, body?: unknown): Promise<Envelope> {
    const url = new URL(`${this.#baseUrl}/streaming/v2.0/${path}`);
    url.searchParams.set('orgId', this.#orgId);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const response = await this.#fetch(
      new Request(url, {
        method,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json;charset=UTF-8' } }),
      }),
    );
    const text = await response.text();
    const answer = parse(text) as Envelope | undefined;
    if (answer === undefined) {
      throw new PenstockError(
        `HTTP_${response.status}`,
        `${method} ${path} was not answered with JSON: ${text.slice(0, 200)}`,
        {
          status: response.status,
        },
      );
    }
    if (!response.ok || answer.code !== 0) throw problemOf(response.status, answer);
    return answer;
  }
}

interface Envelope {
  readonly code?: unknown;
  readonly data?: unknown;
  readonly submsg?: unknown;
}

const joined = (request: StageStateRequest): Record<string, string> => ({
  pipelineId: request.pipelineId,
  stageInstanceName: request.stageInstanceName,
  assetIds: request.assetIds.join(','),
  pointIds: request.pointIds.join(','),
});

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
