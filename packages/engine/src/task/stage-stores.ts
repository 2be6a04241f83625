import { AppError } from '@penstock/model';
import type { KeyedState, Store, StoreDefinition } from '../operator/index.ts';
import type { PlanPart } from '../plan/plan.ts';
import { type PlacedStore, storesOfPart } from '../plan/plan-stores.ts';
import type { ChangelogEntry, Clock } from '../ports.ts';
import { KeyedStore, type WriteEntry } from '../state/keyed-store.ts';
import { FIRST_STORE, ownerText, parseStoreKey } from '../state/store-key.ts';

interface OpenStore {
  readonly placed: PlacedStore;
  readonly store: KeyedStore<unknown>;
}

/** All stores of one task, and which stage uses which. */
export class StageStores {
  readonly #stores: readonly OpenStore[];

  constructor(part: PlanPart, clock: Clock) {
    this.#stores = storesOfPart(part).map((placed) => {
      const { definition, owner, ttl } = placed;
      return { placed, store: new KeyedStore<unknown>({ definition, owner, ttl, now: () => clock.now() }) };
    });
  }

  /** Whether stages of the part use one store together. */
  get areShared(): boolean {
    return this.#stores.some(({ placed }) => placed.stages.length > 1);
  }

  /** Entries in memory, over all stores. */
  get size(): number {
    return this.#stores.reduce((sum, { store }) => sum + store.size, 0);
  }

  /** The store of a stage that names it; throws for another. */
  of<S>(stage: string, { name }: StoreDefinition<S>): Store<S> {
    const store = this.#find(stage, name);
    if (store === undefined) throw new Error(`Stage "${stage}" keeps no store "${name}".`);
    const own = store as KeyedStore<S>;
    return 'stage' in own.owner ? own : writingAs(stage, own);
  }

  /** The store of a stage's `state`; one that nothing is ever written from where it has none. */
  stateOf(stage: string): KeyedState<unknown> {
    const store =
      this.#find(stage, FIRST_STORE) ??
      new KeyedStore<unknown>({ definition: NOTHING, owner: { stage }, ttl: undefined, now: () => 0 });
    return store.pairs;
  }

  /**
   * Takes over one entry of the state topic; entries of stages that are not in this part are not its business. Errors:
   * `STATE_ENTRY_UNREADABLE`, also for a key that this version does not know and for another version of the store.
   */
  restore({ key: text, value }: ChangelogEntry): void {
    const key = parseStoreKey(text);
    if (key === undefined) throw unreadableKey(text);
    const owner = ownerText(key.owner);
    const found = this.#stores.find(
      ({ placed, store }) => placed.definition.name === key.store && ownerText(store.owner) === owner,
    );
    if (found === undefined) return;
    const { placed, store } = found;
    if (placed.definition.version !== key.version)
      throw unreadable(
        placed.stages[0],
        `is of version ${key.version} and its operator keeps version ${placed.definition.version}`,
      );
    try {
      store.restore(key.key, value === null ? undefined : JSON.parse(value));
    } catch (error) {
      throw unreadable(placed.stages[0], 'cannot be read by its operator', error);
    }
  }

  /** Hands on what has changed since the last call. Errors: `STATE_ENTRY_TOO_LARGE`, naming the stage. */
  drainChanges(write: WriteEntry): void {
    for (const { store } of this.#stores) store.drainChanges(write);
  }

  /** Deletes some of what has expired. */
  sweep(): void {
    for (const { store } of this.#stores) store.sweep();
  }

  #find(stage: string, name: string): KeyedStore<unknown> | undefined {
    return this.#stores.find(({ placed }) => placed.definition.name === name && placed.stages.includes(stage))?.store;
  }
}

/** Of a shared store it is to be known which stage wrote what cannot be stored. */
const writingAs = <S>(stage: string, store: KeyedStore<S>): Store<S> => {
  const own = (): KeyedStore<S> => {
    store.writeAs(stage);
    return store;
  };
  return {
    get: (key, asOf) => own().get(key, asOf),
    put: (key, state) => own().put(key, state),
    delete: (key) => own().delete(key),
    range: (prefix, bounds, asOf) => own().range(prefix, bounds, asOf),
    forEach: (visit) => own().forEach(visit),
  };
};

const NOTHING: StoreDefinition<unknown> = {
  name: FIRST_STORE,
  version: 1,
  keyParts: 2,
  encode: () => null,
  decode: () => undefined,
};

const unreadable = (stage: string | undefined, what: string, cause?: unknown): AppError =>
  new AppError(
    'STATE_ENTRY_UNREADABLE',
    `The kept state of stage "${stage}" ${what}. Stop the pipeline, which clears the state, and start it again.`,
    { domain: 'user', cause },
  );

const unreadableKey = (key: string): AppError =>
  new AppError(
    'STATE_ENTRY_UNREADABLE',
    `The state topic holds an entry that this version of Penstock does not know (${key.slice(0, 200)}). Start the pipeline with the version that wrote it, or stop it, which clears the state.`,
    { domain: 'user' },
  );
