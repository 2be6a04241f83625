import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { endpointsText, type Heartbeat, type HeartbeatReply } from '@penstock/model';
import { assetsRequestSchema, heartbeatSchema } from '@penstock/model/messages';
import { assetsReplyOf, type GivenAssets } from '../given-assets.ts';
import { checkedMessage } from './checked-message.ts';

/** A control plane of one run, for tests: keeps the heartbeats, says what it is told to say, and has given assets. */
export class ControlServer {
  readonly heartbeats: Heartbeat[] = [];
  readonly endpointsFile: string;
  reply: HeartbeatReply;
  #waiting: { readonly until: (heartbeat: Heartbeat) => boolean; readonly resolve: (heartbeat: Heartbeat) => void }[] =
    [];

  private constructor(endpointsFile: string, kafkaRate: number) {
    this.endpointsFile = endpointsFile;
    this.reply = { desired: 'run', kafkaRate, intervalMs: 100 };
  }

  static async start(t: TestContext, kafkaRate: number, assets: GivenAssets = {}): Promise<ControlServer> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-control-'));
    const control = new ControlServer(join(folder, 'endpoints.json'), kafkaRate);
    const server = createServer((request, response) => {
      void json(request).then((body) => {
        response.setHeader('content-type', 'application/json');
        if (request.url?.endsWith('/assets') === true)
          return response.end(JSON.stringify(assetsReplyOf(assets, checkedMessage(assetsRequestSchema, body))));
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

  #hear(heartbeat: Heartbeat): void {
    this.heartbeats.push(heartbeat);
    this.#waiting = this.#waiting.filter(({ until, resolve }) => {
      const isMet = until(heartbeat);
      if (isMet) resolve(heartbeat);
      return !isMet;
    });
  }
}
