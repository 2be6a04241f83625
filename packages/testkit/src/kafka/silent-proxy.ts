import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** The key of a fetch request in Kafka's protocol. */
const FETCH = 1;

interface Link {
  readonly client: Socket;
  readonly broker: Socket;
  /** When the last fetch request passed (`performance.now()`); 0: none has. */
  fetchedAt: number;
}

/** Stands between a broker and its clients and can make one of their connections silent: open, and nothing passes. */
export class SilentProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #links: Set<Link>;

  private constructor(port: number, server: Server, links: Set<Link>) {
    this.port = port;
    this.#server = server;
    this.#links = links;
  }

  /** On a free port; the broker need not be up yet. */
  static async start(t: TestContext, options: { readonly broker: number }): Promise<SilentProxy> {
    const links = new Set<Link>();
    const server = createServer((client) => join(client, options.broker, links));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const proxy = new SilentProxy(port, server, links);
    t.after(() => proxy.#close());
    return proxy;
  }

  /** Silences the connection on which records were asked for last. Connections that are opened later are not concerned. */
  silenceOneFetcher(): void {
    const [link] = [...this.#links].sort((a, b) => b.fetchedAt - a.fetchedAt);
    if (link === undefined || link.fetchedAt === 0) throw new Error('Nobody fetches.');
    link.client.unpipe(link.broker).pause();
    link.broker.unpipe(link.client).pause();
  }

  #close(): void {
    this.#server.close();
    for (const { client, broker } of this.#links) {
      client.destroy();
      broker.destroy();
    }
  }
}

const join = (client: Socket, port: number, links: Set<Link>): void => {
  const broker = connect(port, '127.0.0.1');
  const link: Link = { client, broker, fetchedAt: 0 };
  links.add(link);
  client.on(
    'data',
    requestKeys((key) => {
      if (key === FETCH) link.fetchedAt = performance.now();
    }),
  );
  client.pipe(broker);
  broker.pipe(client);
  const end = (): void => {
    links.delete(link);
    client.destroy();
    broker.destroy();
  };
  for (const socket of [client, broker]) socket.on('close', end).on('error', end);
};

/** Tells the key of each request in a stream of them: four bytes of length, two of key, the rest. */
const requestKeys = (tell: (key: number) => void): ((bytes: Buffer) => void) => {
  let head = Buffer.alloc(0);
  let rest = 0;
  return (bytes) => {
    let at = 0;
    while (at < bytes.length) {
      if (rest > 0) {
        const skipped = Math.min(rest, bytes.length - at);
        rest -= skipped;
        at += skipped;
        continue;
      }
      const taken = bytes.subarray(at, at + 6 - head.length);
      at += taken.length;
      head = Buffer.concat([head, taken]);
      if (head.length < 6) return;
      tell(head.readInt16BE(4));
      rest = head.readInt32BE(0) - 2;
      head = Buffer.alloc(0);
    }
  };
};
