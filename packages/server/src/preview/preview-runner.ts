import { type ChildProcess, type Serializable, spawn } from 'node:child_process';
import {
  AppError,
  type AssetsReply,
  type AssetsRequest,
  messageOf,
  type PipelineFacts,
  type PreviewReply,
  type PreviewRequest,
  type ReferenceReply,
  type ReferenceRequest,
  readAssetsRequest,
  readPreviewReply,
  readReferenceRequest,
} from '@penstock/model';
import { watchMemory } from './watch-memory.ts';

export interface PreviewLimits {
  /** At the same time, in this instance. */
  readonly concurrent: number;
  readonly timeoutMs: number;
  /** Heap of the process, in MiB. Scripts have heaps of their own beside it. */
  readonly memoryMb: number;
  /** All memory of the process, in MiB, the heaps of all scripts among it; watched where the system tells (Linux). */
  readonly residentMb: number;
  readonly replyBytes: number;
}

/** What every preview has of the service. */
export interface PreviewSurroundings extends Pick<PreviewRequest, 'outbound'> {
  /** Answers what a preview asks of the assets of its organisation. */
  readonly assets?: (orgId: string, request: AssetsRequest) => Promise<AssetsReply>;
  /** The same for reference data. */
  readonly references?: (asker: PreviewAsker, request: ReferenceRequest) => Promise<ReferenceReply>;
}

type PreviewAsker = Pick<PipelineFacts, 'orgId' | 'messageChannel'>;

export const PREVIEW_LIMITS = { timeoutMs: 30_000, memoryMb: 256, residentMb: 512, replyBytes: 16 * 1024 * 1024 };

/**
 * Runs previews, each in a process of its own, since they run scripts of users. Nothing queues: what is more than may
 * run at once is refused. Errors: `PREVIEW_BUSY`, `PREVIEW_TIMEOUT`, `PREVIEW_TOO_LARGE`, `PREVIEW_CRASHED`.
 */
export class PreviewRunner {
  readonly #program: () => Promise<string>;
  readonly #limits: PreviewLimits;
  readonly #surroundings: PreviewSurroundings;
  readonly #stops = new Set<() => void>();
  readonly #runningOf = new Map<string, number>();
  #running = 0;

  constructor(program: () => Promise<string>, limits: PreviewLimits, surroundings: PreviewSurroundings = {}) {
    this.#surroundings = surroundings;
    this.#program = program;
    this.#limits = limits;
  }

  /** How many run now. */
  get running(): number {
    return this.#running;
  }

  async run(request: PreviewRequest): Promise<PreviewReply> {
    const { orgId } = request.facts;
    const own = this.#runningOf.get(orgId) ?? 0;
    // One place is always left to others: who has much to try waits for himself.
    const ownSlots = Math.max(1, this.#limits.concurrent - 1);
    if (this.#running >= this.#limits.concurrent || own >= ownSlots) {
      throw failure('PREVIEW_BUSY', `There are ${this.#running} previews under way already. Try again in a moment.`);
    }
    this.#running += 1;
    this.#runningOf.set(orgId, own + 1);
    try {
      const { outbound } = this.#surroundings;
      const program = await this.#program();
      return await this.#runOne(program, { ...request, ...(outbound === undefined ? {} : { outbound }) });
    } finally {
      this.#running -= 1;
      const left = (this.#runningOf.get(orgId) ?? 1) - 1;
      if (left === 0) this.#runningOf.delete(orgId);
      else this.#runningOf.set(orgId, left);
    }
  }

  /** Ends what is under way. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** A question of a preview: it learns of its own organisation alone. */
  async #answer(child: ChildProcess, asker: PreviewAsker, message: unknown): Promise<void> {
    if (typeof message !== 'object' || message === null || !('id' in message)) return;
    const { id } = message;
    const answer: Serializable = await this.#replyTo(asker, message).then(
      (reply) => ({ id: Number(id), reply }),
      (error: unknown) => ({ id: Number(id), error: messageOf(error) }),
    );
    // One that has ended meanwhile needs no answer.
    if (child.connected) child.send(answer, () => undefined);
  }

  async #replyTo(asker: PreviewAsker, message: object): Promise<AssetsReply | ReferenceReply> {
    const { assets, references } = this.#surroundings;
    if ('assets' in message && assets !== undefined) return assets(asker.orgId, readAssetsRequest(message.assets));
    if ('reference' in message && references !== undefined)
      return references(asker, readReferenceRequest(message.reference));
    throw new Error('nobody here can answer that');
  }

  #runOne(program: string, request: PreviewRequest): Promise<PreviewReply> {
    const { promise, resolve, reject } = Promise.withResolvers<PreviewReply>();
    const { timeoutMs, memoryMb, replyBytes } = this.#limits;
    const child = spawn(process.execPath, ['--no-node-snapshot', `--max-old-space-size=${memoryMb}`, program], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env: { PATH: process.env.PATH ?? '' },
    });
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error('A preview has no lines to its process.');
    const end = (error: AppError): void => {
      reject(error);
      child.kill('SIGKILL');
    };
    const stop = (): void => end(failure('PREVIEW_CRASHED', 'The service is ending.'));
    this.#stops.add(stop);
    const timer = setTimeout(() => {
      end(failure('PREVIEW_TIMEOUT', `The preview took longer than ${timeoutMs / 1000} s. Try fewer records.`));
    }, timeoutMs);
    const unwatch = watchMemory(child.pid, this.#limits.residentMb, () =>
      end(
        failure('PREVIEW_TOO_LARGE', `The preview took more than ${this.#limits.residentMb} MiB. Try fewer records.`),
      ),
    );
    child.on('message', (message) => void this.#answer(child, request.facts, message));
    const chunks: Buffer[] = [];
    let size = 0;
    stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > replyBytes) end(failure('PREVIEW_TOO_LARGE', 'The preview gave too much data. Try fewer records.'));
      else chunks.push(chunk);
    });
    let complaint = '';
    stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    });
    child.on('error', (error) =>
      end(failure('PREVIEW_CRASHED', `The preview could not be started: ${messageOf(error)}`)),
    );
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      unwatch();
      this.#stops.delete(stop);
      if (code !== 0) return reject(failure('PREVIEW_CRASHED', crashMessage(code, signal, complaint)));
      try {
        resolve(readPreviewReply(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
      } catch {
        reject(failure('PREVIEW_CRASHED', 'The preview process answered with something else than a preview.'));
      }
    });
    // A process that ends before it has read everything is told of by `close`.
    stdin.on('error', () => undefined);
    stdin.end(JSON.stringify(request));
    return promise;
  }
}

const crashMessage = (code: number | null, signal: string | null, complaint: string): string => {
  if (/heap out of memory|Reached heap limit/.test(complaint))
    return 'The preview ran out of memory. Try fewer records.';
  return `The preview process ended unexpectedly (${signal ?? `exit code ${code}`}).`;
};

const failure = (code: string, message: string): AppError =>
  new AppError(code, message, { domain: 'external', retryable: true });
