import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  AssetsRequest,
  DesiredRun,
  Heartbeat,
  HeartbeatReply,
  JsonValue,
  ReferenceReply,
  ReferenceRequest,
} from '@penstock/model';
import { assetReferences, assetsReplyOf, type GivenStore } from '@penstock/testkit';
import { UNLIMITED_RATE } from '../measure/control-endpoint.ts';

/** How long every answer of a service takes. */
export const LATENCY_MS = 2;
const HEARTBEAT_MS = 100;

/** What stages find outside: the organisation's assets and reference data, and a service that they call. */
export interface GivenToStages {
  readonly store: GivenStore;
  readonly references: Readonly<Record<string, JsonValue>>;
  /** Body of whatever is asked of the service. */
  readonly answer: string;
}

/** The control plane of one run after the other, and the service that HTTP stages ask; each answers after `LATENCY_MS`. */
export class OperatorServices {
  readonly endpointsFile: string;
  readonly token: string;
  /** Of the service that HTTP stages ask: scheme, host and port. */
  readonly baseUrl: string;
  /** All that the worker under way has told, and when (ms of a clock that only goes forward). */
  heard: { readonly at: number; readonly heartbeat: Heartbeat }[] = [];
  readonly #servers: readonly Server[];
  #desired: DesiredRun = 'run';
  #given: GivenToStages = { store: {}, references: {}, answer: '{}' };

  private constructor(endpointsFile: string, token: string, baseUrl: string, servers: readonly Server[]) {
    this.endpointsFile = endpointsFile;
    this.token = token;
    this.baseUrl = baseUrl;
    this.#servers = servers;
  }

  static async start(endpointsFile: string, token: string): Promise<OperatorServices> {
    let services: OperatorServices | undefined;
    const control = createServer((request, response) => {
      void json(request).then(
        (body) => services?.answerRun(request.url ?? '', body, response),
        (error: unknown) => response.writeHead(400).end(String(error)),
      );
    });
    const outside = createServer((_request, response) => {
      void delay(LATENCY_MS).then(() => response.end(services?.answerOutside));
    });
    const [controlUrl, baseUrl] = [await listening(control), await listening(outside)];
    writeFileSync(endpointsFile, JSON.stringify({ urls: [controlUrl] }), { mode: 0o600 });
    services = new OperatorServices(endpointsFile, token, baseUrl, [control, outside]);
    return services;
  }

  /** For the next run. */
  begin(given: GivenToStages): void {
    this.#given = given;
    this.#desired = 'run';
    this.heard = [];
  }

  pause(): void {
    this.#desired = 'pause';
  }

  get answerOutside(): string {
    return this.#given.answer;
  }

  async answerRun(url: string, body: unknown, response: ServerResponse): Promise<void> {
    const reply = (status: number, value: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    };
    if (url.endsWith('/heartbeat')) {
      this.heard.push({ at: performance.now(), heartbeat: body as Heartbeat });
      const said: HeartbeatReply = { desired: this.#desired, kafkaRate: UNLIMITED_RATE, intervalMs: HEARTBEAT_MS };
      reply(200, said);
      return;
    }
    await delay(LATENCY_MS);
    if (url.endsWith('/assets')) reply(200, assetsReplyOf(this.#given.store, body as AssetsRequest));
    else if (url.endsWith('/references')) {
      const found = this.#reference(body as ReferenceRequest);
      reply(found === undefined ? 503 : 200, found ?? {});
    } else reply(404, {});
  }

  #reference({ name, known }: ReferenceRequest): ReferenceReply | undefined {
    const data = { ...assetReferences(this.#given.store), ...this.#given.references }[name];
    if (data === undefined) return undefined;
    return { revision: 1, stamp: 's1', ...(known === 's1' ? {} : { data }) };
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }
}

const listening = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
