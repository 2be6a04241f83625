import { type Clock, type References, referenceKey, type WantedReference } from '@penstock/engine';
import { AppError, messageOf, type ReferenceReply, type ReferenceRequest, type RunEvent } from '@penstock/model';

/** Asks the service. Rejects where there is no answer. */
export type AskForReference = (request: ReferenceRequest) => Promise<ReferenceReply>;

export interface RunReferencesDeps {
  readonly held: References;
  readonly ask: AskForReference;
  readonly clock: Clock;
  onEvent(event: RunEvent): void;
}

/**
 * Brings the reference data that the tasks of one thread go by: all of it before the first of them begins, and what is
 * new whenever `refresh` is called. While nobody answers, what is there stays.
 */
export class RunReferences {
  /** What was brought. */
  readonly held: References;
  readonly #deps: RunReferencesDeps;
  /** Stamps of what was brought; also of what could not be read, so that it is not asked for again. */
  readonly #known = new Map<WantedReference, string>();
  readonly #wanted: readonly WantedReference[];
  #bringing: Promise<void> | undefined;

  constructor(deps: RunReferencesDeps) {
    this.#deps = deps;
    this.held = deps.held;
    this.#wanted = deps.held.wanted;
  }

  /** Whether there is anything to be brought. */
  get isNeeded(): boolean {
    return this.#wanted.length > 0;
  }

  /** Resolves once all is there. Errors: `REFERENCE_UNREACHABLE`, retryable; `REFERENCE_NOT_VALID`. */
  async complete(): Promise<void> {
    if (this.held.missing.length === 0) return;
    // Tasks of a thread begin together: one question is enough for them.
    this.#bringing ??= this.#bringMissing().finally(() => {
      this.#bringing = undefined;
    });
    await this.#bringing;
  }

  /** Takes over what has changed. Never rejects: it is asked again, and what is there is complete. */
  async refresh(): Promise<void> {
    if (this.held.missing.length > 0 || this.#bringing !== undefined) return;
    this.#bringing = this.#bringChanged().finally(() => {
      this.#bringing = undefined;
    });
    await this.#bringing;
  }

  async #bringMissing(): Promise<void> {
    const missing = new Set(this.held.missing.map(referenceKey));
    for (const wanted of this.#wanted) {
      if (!missing.has(referenceKey(wanted))) continue;
      await this.#bring(wanted, undefined);
    }
  }

  async #bringChanged(): Promise<void> {
    for (const wanted of this.#wanted) {
      try {
        await this.#bring(wanted, this.#known.get(wanted));
      } catch (error) {
        // While nobody answers nothing is missing; what cannot be read is a matter of its own.
        if (error instanceof AppError && error.code === 'REFERENCE_NOT_VALID')
          this.#tell('warning', error.code, `${error.message} Stages go on with what they have.`);
      }
    }
  }

  async #bring(wanted: WantedReference, known: string | undefined): Promise<void> {
    const { revision, stamp, data } = await this.#asked({ ...wanted, ...(known === undefined ? {} : { known }) });
    this.#known.set(wanted, stamp);
    if (data !== undefined) this.#tell('info', 'REFERENCE_IN_USE', this.held.put(wanted, { revision, data }));
  }

  async #asked(request: ReferenceRequest): Promise<ReferenceReply> {
    try {
      const reply = await this.#deps.ask(request);
      if (reply.data === undefined && request.known === undefined) throw new Error('the service left it out');
      return reply;
    } catch (error) {
      throw new AppError(
        'REFERENCE_UNREACHABLE',
        `The reference data "${request.name}" could not be asked for: ${messageOf(error)}`,
        { domain: 'external', retryable: true, cause: error },
      );
    }
  }

  #tell(severity: RunEvent['severity'], code: string, message: string): void {
    this.#deps.onEvent({ at: this.#deps.clock.now(), severity, code, message });
  }
}
