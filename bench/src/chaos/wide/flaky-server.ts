import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than the stage waits for an answer. */
const HANG_MS = 20_000;

/** What becomes of the request for a number the first time it is made. */
export type FirstAnswer = 'answered' | 'unavailable' | 'too-many' | 'cut-off' | 'never';

/** Faults in turns, seldom enough that the stage keeps up with its input. */
export const firstAnswerTo = (seq: number): FirstAnswer => {
  if (seq % 1009 === 7) return 'never';
  const FAULTS = ['unavailable', 'too-many', 'cut-off'] as const;
  return seq % 61 === 3 ? (FAULTS[Math.floor(seq / 61) % FAULTS.length] ?? 'unavailable') : 'answered';
};

/** What it answers in the end: for some numbers that there is nothing, or that there never will be. */
export const lastAnswerTo = (seq: number): { readonly status: 200 | 404 | 410; readonly body: string } => {
  if (seq % 37 === 5) return { status: 410, body: 'gone for good' };
  if (seq % 23 === 5) return { status: 404, body: 'nothing here' };
  return { status: 200, body: JSON.stringify({ double: 2 * seq, text: `№ ${seq}` }) };
};

/** A service that fails now and then: each request for the first time only, so that whoever tries again gets an answer. */
export class FlakyServer {
  readonly #server = createServer((request, response) => this.#answer(request, response));
  /** Numbers that were asked for before. */
  readonly #asked = new Set<number>();
  readonly #hanging = new Set<NodeJS.Timeout>();
  readonly failed = { unavailable: 0, 'too-many': 0, 'cut-off': 0, never: 0 };

  static async start(): Promise<FlakyServer> {
    const flaky = new FlakyServer();
    await new Promise<void>((resolve, reject) => {
      flaky.#server.once('error', reject);
      flaky.#server.listen(0, '127.0.0.1', resolve);
    });
    return flaky;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const timer of this.#hanging) clearTimeout(timer);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const seq = Number(/^\/readings\/(\d+)$/.exec(request.url ?? '')?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(seq)) {
      response.writeHead(400).end();
      return;
    }
    const first = this.#asked.has(seq) ? 'answered' : firstAnswerTo(seq);
    this.#asked.add(seq);
    if (first !== 'answered') this.failed[first]++;
    switch (first) {
      case 'unavailable':
        response.writeHead(503).end('try again');
        return;
      case 'too-many':
        response.writeHead(429, { 'retry-after': '1' }).end('slower');
        return;
      case 'cut-off':
        request.socket.destroy();
        return;
      case 'never': {
        const timer = setTimeout(() => {
          this.#hanging.delete(timer);
          response.destroy();
        }, HANG_MS);
        this.#hanging.add(timer);
        return;
      }
      case 'answered': {
        const { status, body } = lastAnswerTo(seq);
        response.writeHead(status).end(body);
      }
    }
  }
}
