import type { Store } from '../store/store.ts';

/** Written every few seconds: dead rows of these make up nearly all the growth of an idle database. */
const BUSY_TABLES = [
  'run_leases',
  'run_reports',
  'start_locks',
  'snapshots',
  'access_tokens',
  'used_encryptions',
  'instances',
];
/** Written often or removed from in bulk. */
const ALL_EVERY = 60;

/**
 * What a database server does by itself and an embedded one does not: clearing away dead rows, noting how full tables
 * are, and writing changed pages to their files so that the log of changes can be used anew. A minute's worth takes
 * milliseconds. On PostgreSQL there is nothing to do.
 */
export class DatabaseUpkeep {
  readonly #store: Pick<Store, 'kind' | 'run'>;
  #rounds = 0;

  constructor(store: Pick<Store, 'kind' | 'run'>) {
    this.#store = store;
  }

  /** To be called about every minute. */
  async round(): Promise<void> {
    if (this.#store.kind !== 'embedded') return;
    this.#rounds += 1;
    for (const table of BUSY_TABLES) await this.#store.run(`vacuum ${table}`);
    if (this.#rounds % ALL_EVERY === 0) await this.#store.run('vacuum analyze');
    await this.#store.run('checkpoint');
  }
}
