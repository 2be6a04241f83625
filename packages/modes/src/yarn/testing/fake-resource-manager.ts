import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeAnswer {
  readonly status?: number;
  /** JSON unless it is text. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A ResourceManager's web services as far as the test says: a real HTTP server whose answers can be changed. */
export interface FakeResourceManager {
  readonly url: string;
  /** `METHOD /path` below /ws/v1/cluster, with the body of a PUT, in the order of arrival. */
  readonly calls: string[];
  answer: (path: string, query: URLSearchParams, method: string) => FakeAnswer;
  close(): Promise<void>;
}

export const notFound: FakeAnswer = { status: 404, body: { RemoteException: { message: 'not found' } } };

export const startFakeResourceManager = async (t: {
  after(cleanup: () => unknown): unknown;
}): Promise<FakeResourceManager> => {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    const path = url.pathname.replace('/ws/v1/cluster', '');
    const body = await textOf(request);
    fake.calls.push(`${request.method} ${path}${body === '' ? '' : ` ${body}`}`);
    const answer = fake.answer(path, url.searchParams, request.method ?? 'GET');
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const fake: FakeResourceManager = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    answer: () => notFound,
    close,
  };
  t.after(close);
  return fake;
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** An application as `/ws/v1/cluster/apps` shows it. */
export const yarnApp = (over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  id: 'application_1_0001',
  user: 'penstock',
  state: 'RUNNING',
  finalStatus: 'UNDEFINED',
  diagnostics: '',
  queue: 'root.default',
  applicationTags: 'penstock',
  trackingUrl: 'http://rm/proxy/application_1_0001/',
  startedTime: 1000,
  finishedTime: 0,
  elapsedTime: 500_000,
  amContainerLogs: 'http://nm/node/containerlogs/container_e17_1_0001_02_000001/penstock',
  allocatedMB: 6144,
  allocatedVCores: 3,
  runningContainers: 3,
  ...over,
});
