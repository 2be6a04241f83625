import { eq } from 'drizzle-orm';
import { storeFacts } from '../store/schema.ts';
import type { Database } from '../store/store.ts';
import { recordAudit } from '../use-case/record-event.ts';
import { UseCaseError } from '../use-case/use-case.ts';

const FACT = 'site';

/** Where an installation lives: what its administrator calls the place, and what the database lies on. */
export interface SiteFacts {
  /** `PENSTOCK_SITE`; null where it is not set. */
  readonly name: string | null;
  readonly storage: string;
}

/**
 * Which site a database belongs to, and whether that is this one. A database that was restored or cloned knows of runs
 * that another service is looking after: to look after them too would fence that one's workers and kill its
 * applications. So it is only looked at until somebody who knows says that this is the place now.
 */
export class Site {
  readonly #db: Database;
  readonly own: SiteFacts;
  #recorded: SiteFacts | undefined;

  private constructor(db: Database, own: SiteFacts) {
    this.#db = db;
    this.own = own;
  }

  /** Claims a database that belongs to nobody yet. */
  static async of(db: Database, own: SiteFacts): Promise<Site> {
    await db
      .insert(storeFacts)
      .values({ name: FACT, value: JSON.stringify(own) })
      .onConflictDoNothing();
    const site = new Site(db, own);
    await site.look();
    return site;
  }

  /** Reads again which site is written down: another instance may have adopted it. */
  async look(): Promise<void> {
    const [fact] = await this.#db.select().from(storeFacts).where(eq(storeFacts.name, FACT));
    this.#recorded = fact === undefined ? undefined : (JSON.parse(fact.value) as SiteFacts);
  }

  get recorded(): SiteFacts | undefined {
    return this.#recorded;
  }

  get isOwn(): boolean {
    const { name, storage } = this.own;
    return (
      this.#recorded?.storage === storage &&
      (name === null || this.#recorded.name === null || this.#recorded.name === name)
    );
  }

  /** Errors: `SITE_NOT_ADOPTED`. */
  readonly assertOwn = (): void => {
    if (this.isOwn) return;
    throw new UseCaseError(
      'SITE_NOT_ADOPTED',
      'conflict',
      'This database was made elsewhere: it was restored, copied or moved. Nothing is started or ended from here until ' +
        '"penstock adopt" says that this is its place now. Make sure first that no other service still runs on the original.',
      { params: { recorded: this.#recorded, own: this.own } },
    );
  };

  /** From now on this is the database's place. */
  async adopt(actor: string, now: number): Promise<void> {
    await this.#db.transaction(async (tx) => {
      const value = JSON.stringify(this.own);
      await tx
        .insert(storeFacts)
        .values({ name: FACT, value })
        .onConflictDoUpdate({ target: storeFacts.name, set: { value } });
      await recordAudit(tx, { at: now, orgId: null, actor, action: 'site.adopt', target: this.own.storage });
    });
    await this.look();
  }
}
