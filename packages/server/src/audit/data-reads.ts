import type { Clock } from '@penstock/engine';
import type { Store } from '../store/store.ts';
import { recordAudit } from '../use-case/record-event.ts';

/** Whoever looks at the same thing again within this time is in the audit once. */
export const SAME_READ_MS = 10 * 60_000;
const MAX_REMEMBERED = 10_000;

export interface DataRead {
  readonly orgId: string | null;
  readonly actor: string;
  /** A pipeline, or the organisation. */
  readonly target: string;
  /** What was looked at: the path of the call. */
  readonly what: string;
}

/**
 * Notes who looked at data: records, dead letters, state, logs. Pages look again every few seconds, so that a look at
 * the same thing by the same caller is noted once in ten minutes, at each instance.
 */
export class DataReads {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #noted = new Map<string, number>();

  constructor({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Resolves once it is written, so that nothing is shown that is not noted. Errors: those of the store. */
  async note({ orgId, actor, target, what }: DataRead): Promise<void> {
    const key = JSON.stringify([orgId, actor, target, what]);
    const now = this.#clock.now();
    const last = this.#noted.get(key);
    if (last !== undefined && now - last < SAME_READ_MS) return;
    await recordAudit(this.#store.db, { at: now, orgId, actor, action: 'data.read', target, detail: what });
    this.#noted.delete(key);
    this.#noted.set(key, now);
    for (const [oldest] of this.#noted) {
      if (this.#noted.size <= MAX_REMEMBERED) break;
      this.#noted.delete(oldest);
    }
  }
}
