import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { run } from '../../run.ts';

/** A service that answers with these bodies (null: 204), what it was asked for, and what it was asked to change. */
export const withService = async (t: TestContext, routes: Readonly<Record<string, unknown>>) => {
  const changes: string[] = [];
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const path = `${request.method} ${(request.url ?? '').split('?')[0]}`;
    const body = await text(request);
    if (request.method !== 'GET') changes.push(`${request.method} ${request.url} ${body}`.trim());
    else asked.push(request.url ?? '');
    const answer = routes[path];
    if (answer === null) response.writeHead(204).end();
    else
      response
        .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
        .end(JSON.stringify(answer ?? { code: 'ROUTE_UNKNOWN', message: `no ${path}`, requestId: 'r' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const call = async (...args: string[]) => {
    let out = '';
    let err = '';
    const output = {
      isTTY: false,
      columns: 120,
      write: (part: string): void => {
        out += part;
      },
    };
    const surroundings = { output, environment: {}, cwd: '/nowhere', signal: new AbortController().signal };
    const own = ['--url', url, '--admin-token', 'a', '--org', 'o1'];
    const code = await run([...args, ...own], surroundings, (part) => {
      err += part;
    });
    return { code, out, err };
  };
  return { call, changes, asked, url };
};
