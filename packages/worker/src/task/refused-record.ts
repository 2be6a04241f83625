import type { Refusal, Task } from '@penstock/engine';
import { AppError } from '@penstock/model';

/** A message that leads to something that cannot be committed, and why. */
interface Culprit {
  /** Of the message; -1: records that no message led to. */
  readonly offset: number;
  readonly code: string;
  readonly message: string;
  readonly refusal: Refusal;
}

/**
 * Finds the record because of which a transaction cannot be committed: Kafka refuses a batch without saying which of
 * its records it means, and a state entry that is too large is noticed when it is written. The transaction is given up,
 * and the same records are worked off again in halves, each with a commit of its own, until one record is left; in the
 * next attempt it is an error of the stage concerned. Behind it the steps grow again.
 */
export class Suspects {
  #until = -1;
  /** Records to work off before the next commit. */
  #step = Number.POSITIVE_INFINITY;
  #culprits: Culprit[] = [];

  /** How many records may be worked off from `position` before the next commit. */
  limit(position: number): number {
    return position < this.#until ? this.#step : Number.POSITIVE_INFINITY;
  }

  /** Told after each commit that has moved the position; what lies behind needs no care any more. */
  committed(position: number): void {
    this.#step = position < this.#until ? this.#step * 2 : Number.POSITIVE_INFINITY;
    this.#culprits = this.#culprits.filter(({ offset }) => offset >= position);
  }

  /** Makes errors of what is known to be the culprits' in a task made anew. */
  tell(task: Task): void {
    for (const { offset, code, message, refusal } of this.#culprits) task.refuse(offset, { code, message }, refusal);
  }

  /**
   * Takes note of a failed attempt: `count` records were worked off since the last commit, the last one at `last`, and
   * the next would have been at `position`. Returns `narrowed` or `found` when another attempt makes sense, undefined
   * when the error is of another kind or persists although its record is known.
   */
  narrow(
    error: unknown,
    attempt: { readonly count: number; readonly last: number; readonly position: number },
  ): 'narrowed' | 'found' | undefined {
    if (!isRefusal(error)) return undefined;
    const { count, last, position } = attempt;
    if (count > 1) {
      this.#until = Math.max(this.#until, position);
      this.#step = Math.ceil(count / 2);
      return 'narrowed';
    }
    const offset = count === 0 ? -1 : last;
    const refusal = refusalOf(error);
    const isKnown = this.#culprits.some(
      (culprit) => culprit.offset === offset && sameRefusal(culprit.refusal, refusal),
    );
    if (isKnown) return undefined;
    this.#culprits.push({ offset, code: error.code, message: error.message, refusal });
    this.#step = 1;
    return 'found';
  }
}

/** Codes of what cannot be committed because of what a record is. */
const REFUSALS: readonly string[] = [
  'KAFKA_RECORD_REFUSED',
  'KAFKA_RECORD_TOO_LARGE',
  'KAFKA_BATCH_REFUSED',
  'STATE_ENTRY_TOO_LARGE',
];

const isRefusal = (error: unknown): error is AppError => error instanceof AppError && REFUSALS.includes(error.code);

const refusalOf = ({ params }: AppError): Refusal => ({
  stage: typeof params.stage === 'string' ? params.stage : undefined,
  topic: typeof params.topic === 'string' ? params.topic : undefined,
});

const sameRefusal = (a: Refusal, b: Refusal): boolean => a.stage === b.stage && a.topic === b.topic;
