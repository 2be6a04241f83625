import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError, type JsonObject } from '@penstock/model';
import type { CompileFacts, CompileOutcome, Compiler } from './compiler.ts';

/** Beside this file, with its own kind of name: TypeScript in the source tree, JavaScript in an installed package. */
const PROGRAM = new URL(`./compile-thread-main${extname(import.meta.url)}`, import.meta.url);

export interface CompileOrder {
  readonly id: number;
  readonly document: JsonObject;
  readonly facts: CompileFacts;
}

export type CompileAnswer =
  | { readonly id: number; readonly outcome: CompileOutcome; readonly failure?: never }
  | { readonly id: number; readonly outcome?: never; readonly failure: string }
  /** Operators are asked for what takes them long: that has a limit of its own. */
  | { readonly id: number; readonly outcome?: never; readonly failure?: never; readonly isInspecting: true };

export interface CompileLimits {
  /** Time for one document. */
  readonly timeoutMs: number;
  /** Time for what operators take long to find out: reading a script loads its language first. */
  readonly inspectMs: number;
  /** Heap of the thread, in MiB. */
  readonly memoryMb: number;
  /** Documents that wait at most, of one organisation and of all. */
  readonly waitingPerOrganization: number;
  readonly waiting: number;
}

export const COMPILE_LIMITS: CompileLimits = {
  timeoutMs: 10_000,
  inspectMs: 120_000,
  memoryMb: 384,
  waitingPerOrganization: 4,
  waiting: 32,
};

interface Waiting {
  readonly order: CompileOrder;
  readonly resolve: (outcome: CompileOutcome) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Compiles documents in a thread of its own, one after the other, so that leases are renewed and calls answered
 * whatever somebody sends. A document that takes too long, or more memory than there is, is refused with an issue, and
 * the thread replaced. The thread starts with the first document. Errors: `COMPILE_BUSY`.
 */
export class CompileThread implements Compiler {
  readonly #limits: CompileLimits;
  readonly #program: URL;
  #thread: Worker | undefined;
  #queue: Waiting[] = [];
  #current: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextId = 1;

  constructor(limits: CompileLimits = COMPILE_LIMITS, program = PROGRAM) {
    this.#limits = limits;
    this.#program = program;
  }

  compile(document: JsonObject, facts: CompileFacts): Promise<CompileOutcome> {
    const own = this.#queue.filter(({ order }) => order.facts.orgId === facts.orgId).length;
    if (this.#queue.length >= this.#limits.waiting || own >= this.#limits.waitingPerOrganization) {
      return Promise.reject(
        new AppError('COMPILE_BUSY', 'Too many documents are being checked already. Try again in a moment.', {
          domain: 'external',
          retryable: true,
        }),
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<CompileOutcome>();
    this.#queue.push({ order: { id: this.#nextId++, document, facts }, resolve, reject });
    this.#next();
    return promise;
  }

  async close(): Promise<void> {
    const thread = this.#drop();
    const ending = new AppError('COMPILE_BUSY', 'The service is ending.', { domain: 'external', retryable: true });
    this.#current?.reject(ending);
    for (const { reject } of this.#queue) reject(ending);
    this.#queue = [];
    this.#current = undefined;
    await thread?.terminate();
  }

  #next(): void {
    if (this.#current !== undefined) return;
    this.#current = this.#queue.shift();
    if (this.#current === undefined) return;
    this.#thread ??= this.#start();
    this.#limit(this.#limits.timeoutMs);
    this.#thread.postMessage(this.#current.order);
  }

  #limit(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#replace(`takes longer than ${ms / 1000} s to check`), ms);
  }

  #start(): Worker {
    const thread = new Worker(this.#program, { resourceLimits: { maxOldGenerationSizeMb: this.#limits.memoryMb } });
    // A service that ends does not wait for it.
    thread.unref();
    thread.on('message', (answer: CompileAnswer) => {
      const waiting = this.#current;
      if (thread !== this.#thread || waiting?.order.id !== answer.id) return;
      if ('isInspecting' in answer) {
        this.#limit(this.#limits.inspectMs);
        return;
      }
      this.#done();
      if (answer.outcome !== undefined) waiting.resolve(answer.outcome);
      else waiting.reject(new Error(`Compiling a document failed: ${answer.failure}`));
      this.#next();
    });
    thread.on('error', (error) => {
      if (thread !== this.#thread) return;
      if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
        this.#replace(`takes more than ${this.#limits.memoryMb} MiB of memory to check`);
      else this.#fail(error);
    });
    return thread;
  }

  /** The document under way has cost too much: that is told of it, and the next one gets a new thread. */
  #replace(what: string): void {
    const thread = this.#drop();
    void thread?.terminate();
    const waiting = this.#current;
    this.#done();
    waiting?.resolve({
      issues: [
        {
          code: 'DOCUMENT_TOO_COSTLY',
          severity: 'error',
          path: '',
          message: `The document ${what}. Use fewer stages, shorter preconditions, or simpler patterns in them.`,
        },
      ],
    });
    this.#next();
  }

  #fail(error: unknown): void {
    this.#drop();
    const waiting = this.#current;
    this.#done();
    waiting?.reject(error instanceof Error ? error : new Error(String(error)));
    this.#next();
  }

  #drop(): Worker | undefined {
    const thread = this.#thread;
    this.#thread = undefined;
    clearTimeout(this.#timer);
    return thread;
  }

  #done(): void {
    clearTimeout(this.#timer);
    this.#current = undefined;
  }
}
