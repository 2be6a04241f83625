import type { SqlPool } from '@penstock/engine';
import { AppError, type OutboundSettings, type ResolvedConnection, type RunSpec } from '@penstock/model';
import type { PostgresPool } from './postgres-pool.ts';

/** The databases that a run was given, for the tasks of one thread. */
export class SqlPools {
  readonly #given: readonly ResolvedConnection[];
  readonly #outbound: OutboundSettings | undefined;
  readonly #pools = new Map<string, Promise<PostgresPool>>();

  constructor({ connectionValues, outbound }: Pick<RunSpec, 'connectionValues' | 'outbound'>) {
    this.#given = connectionValues ?? [];
    this.#outbound = outbound;
  }

  /** Errors: `CONNECTION_NOT_GIVEN`. */
  of(name: string): SqlPool {
    const connection = this.#given.find((one) => one.name === name);
    if (connection?.kind !== 'postgresql')
      throw new AppError('CONNECTION_NOT_GIVEN', `The run was not given the connection "${name}".`, {
        domain: 'internal',
        params: { connection: name },
      });
    return { use: async (work) => (await this.#pool(connection)).use(work) };
  }

  close(): void {
    for (const pool of this.#pools.values())
      pool.then(
        (opened) => opened.close(),
        () => undefined, // whoever asked for it was told
      );
  }

  /** What it takes is loaded by those alone who use it: most pipelines write to no database. */
  #pool(connection: ResolvedConnection): Promise<PostgresPool> {
    const known = this.#pools.get(connection.name);
    if (known !== undefined) return known;
    const made = import('./postgres-pool.ts').then(({ openPostgresPool }) =>
      openPostgresPool(connection, this.#outbound),
    );
    this.#pools.set(connection.name, made);
    return made;
  }
}
