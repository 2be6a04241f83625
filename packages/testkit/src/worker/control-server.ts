import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import {
  endpointsText,
  type Heartbeat,
  type HeartbeatReply,
  type JsonValue,
  type ReferenceReply,
  type ReferenceRequest,
} from '@penstock/model';
import { assetsRequestSchema, heartbeatSchema, referenceRequestSchema } from '@penstock/model/messages';
import { assetReferences, assetsReplyOf, type GivenStore } from '../given-assets.ts';
import { checkedMessage } from './checked-message.ts';

/** A control plane of one run, for tests: keeps the heartbeats, says what it is told to say, and has given assets. */
export class ControlServer {
  readonly heartbeats: Heartbeat[] = [];
  readonly endpointsFile: string;
  reply: HeartbeatReply;
  /** Reference data by its name, and which revision that is. While there is none of a name, nobody is answered. */
  references: { readonly revision: number; readonly data: Readonly<Record<string, JsonValue>> } = {
    revision: 1,
    data: {},
  };
  #waiting: { readonly until: (heartbeat: Heartbeat) => boolean; readonly resolve: (heartbeat: Heartbeat) => void }[] =
    [];

  private constructor(endpointsFile: string, kafkaRate: number) {
    this.endpointsFile = endpointsFile;
    this.reply = { desired: 'run', kafkaRate, intervalMs: 100 };
  }

  static async start(
    t: TestContext,
    kafkaRate: number,
    assets: GivenStore = {},
    references: Readonly<Record<string, JsonValue>> = {},
  ): Promise<ControlServer> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-control-'));
    const control = new ControlServer(join(folder, 'endpoints.json'), kafkaRate);
    control.references = { revision: 1, data: { ...assetReferences(assets), ...references } };
    const server = createServer((request, response) => {
      void json(request).then((body) => {
        response.setHeader('content-type', 'application/json');
        if (request.url?.endsWith('/assets') === true)
          return response.end(JSON.stringify(assetsReplyOf(assets, checkedMessage(assetsRequestSchema, body))));
        if (request.url?.endsWith('/references') === true) {
          const reply = control.#referenceFor(checkedMessage(referenceRequestSchema, body));
          return response.writeHead(reply === undefined ? 503 : 200).end(JSON.stringify(reply ?? {}));
        }
        response.end(JSON.stringify(control.reply));
        control.#hear(checkedMessage(heartbeatSchema, body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
    });
    await writeFile(
      control.endpointsFile,
      endpointsText([`http://127.0.0.1:${(server.address() as AddressInfo).port}`]),
    );
    return control;
  }

  /** The first heartbeat, from the last known one on, for which `until` holds. */
  heard(until: (heartbeat: Heartbeat) => boolean): Promise<Heartbeat> {
    const last = this.heartbeats.at(-1);
    if (last !== undefined && until(last)) return Promise.resolve(last);
    return new Promise((resolve) => this.#waiting.push({ until, resolve }));
  }

  #referenceFor({ name, known }: ReferenceRequest): ReferenceReply | undefined {
    const { revision, data } = this.references;
    const own = data[name];
    if (own === undefined) return undefined;
    const stamp = `s${revision}`;
    return { revision, stamp, ...(known === stamp ? {} : { data: own }) };
  }

  #hear(heartbeat: Heartbeat): void {
    this.heartbeats.push(heartbeat);
    this.#waiting = this.#waiting.filter(({ until, resolve }) => {
      const isMet = until(heartbeat);
      if (isMet) resolve(heartbeat);
      return !isMet;
    });
  }
}
