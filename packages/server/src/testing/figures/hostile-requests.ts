import { Agent, request } from 'node:http';
import type { FarRun } from './run-heartbeats.ts';

const BODY_BYTES = 8 * 1024 * 1024;

/** A body with a fault in each of its 2.8 million values. */
const faultyTasks = (): Buffer => {
  const item = '{},';
  const head = '{"tasks":[';
  return Buffer.from(`${head}${item.repeat(Math.floor((BODY_BYTES - head.length - 4) / item.length))}{}]}`);
};

/** Resolves to the status, or to the error of a connection that was ended before the body was sent. */
const send = (url: string, token: string | undefined, body: Buffer, agent: Agent): Promise<string> =>
  new Promise((resolve) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': body.length,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const sent = request(url, { method: 'POST', headers, agent }, (response) => {
      response.resume().on('close', () => resolve(String(response.statusCode)));
    });
    sent.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    sent.end(body);
  });

/** So many requests of 8 MiB at once, of strangers, of a worker and of an administrator; how they were answered. */
export const attack = async (
  baseUrl: string,
  count: number,
  insider: { readonly run: FarRun; readonly adminToken: string },
): Promise<Record<string, number>> => {
  const body = faultyTasks();
  const agent = new Agent({ maxSockets: count });
  const heartbeat = `${baseUrl}/internal/v1/runs/${insider.run.runId}/heartbeat`;
  const kinds: readonly (readonly [url: string, token: string | undefined])[] = [
    [heartbeat, undefined],
    [heartbeat, 'a made-up token'],
    [heartbeat, insider.run.token],
    [`${baseUrl}/api/v1/validate`, insider.adminToken],
    [`${baseUrl}/api/v1/preview`, undefined],
  ];
  const answers = await Promise.all(
    Array.from({ length: count }, (_, n) => {
      const [url = '', token] = kinds[n % kinds.length] ?? [];
      return send(url, token, body, agent);
    }),
  );
  agent.destroy();
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
};
