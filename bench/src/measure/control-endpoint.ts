import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DesiredRun, Heartbeat, HeartbeatReply } from '@penstock/model';

/** What stands in for the service when the benchmark runs a worker alone: it answers heartbeats, nothing else. */
export interface ControlEndpoint {
  /** For `RunSpec.control`. */
  readonly endpointsFile: string;
  readonly token: string;
  /** The last heartbeat of the current run. */
  readonly last: Heartbeat | undefined;
  /** Forgets the last run. */
  reset(): void;
  /** What the next heartbeats are answered. */
  desire(desired: DesiredRun): void;
  close(): Promise<void>;
}

const HEARTBEAT_MS = 200;
/** Far beyond what one worker can read: the rate limiter is there, but never holds anything back. */
export const UNLIMITED_RATE = 100_000_000;

export const startControlEndpoint = async (endpointsFile: string, token: string): Promise<ControlEndpoint> => {
  let last: Heartbeat | undefined;
  let desired: DesiredRun = 'run';
  const server = createServer(async (request, response) => {
    const isHeartbeat = /^\/internal\/v1\/runs\/[^/]+\/heartbeat$/.test(request.url ?? '');
    if (request.method !== 'POST' || !isHeartbeat || request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(404).end();
      return;
    }
    try {
      last = JSON.parse(await bodyOf(request)) as Heartbeat;
    } catch {
      response.writeHead(400).end();
      return;
    }
    const reply: HeartbeatReply = { desired, kafkaRate: UNLIMITED_RATE, intervalMs: HEARTBEAT_MS };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  writeFileSync(endpointsFile, JSON.stringify({ urls: [`http://127.0.0.1:${port}`] }), { mode: 0o600 });
  chmodSync(endpointsFile, 0o600);
  return {
    endpointsFile,
    token,
    get last() {
      return last;
    },
    reset() {
      last = undefined;
      desired = 'run';
    },
    desire(next) {
      desired = next;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};
