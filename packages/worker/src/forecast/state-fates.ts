import type { StoreEntry } from '@penstock/engine';
import type { ReleaseForecast, StateFate } from '@penstock/model';
import type { StateChanges } from '../prepare/compare-manifest.ts';
import { storeName } from '../prepare/plan-stores.ts';

type FateOfStage = ReleaseForecast['states'][number];

/** Of the stores of one stage the one that matters most to whoever releases it speaks for it. */
const WEIGHT: readonly StateFate[] = ['refused', 'cleared', 'moved', 'migrated', 'kept', 'empty'];

/**
 * What becomes of what stages remember, by stage: first of those that are in the new document, in its order, then of
 * those that are gone. A stage that another operator has taken the name of is in it twice.
 */
export const stateFatesOf = (
  kept: readonly StoreEntry[],
  stores: readonly StoreEntry[],
  changes: StateChanges,
): FateOfStage[] => {
  const cleared = new Set(changes.cleared.map(storeName));
  const going = new Map<string, FateOfStage>();
  const gone = new Map<string, FateOfStage>();
  for (const entry of kept) {
    const name = storeName(entry);
    if (cleared.has(name)) {
      gone.set(entry.stage, { stage: entry.stage, fate: 'cleared' });
      continue;
    }
    const stage = entry.group === undefined ? (changes.renames.get(entry.stage) ?? entry.stage) : entry.stage;
    const now = stores.find(
      (store) =>
        store.store === entry.store &&
        store.group === entry.group &&
        (entry.group !== undefined || store.stage === stage),
    );
    const fate = fateOf(name, now, changes);
    const shown = now?.stage ?? stage;
    keep(going, {
      stage: shown,
      fate,
      ...(shown === entry.stage || entry.group !== undefined ? {} : { was: entry.stage }),
    });
  }
  for (const { stage } of stores) if (!going.has(stage)) going.set(stage, { stage, fate: 'empty' });
  const order = stores.map(({ stage }) => stage);
  return [...[...going.values()].sort((a, b) => order.indexOf(a.stage) - order.indexOf(b.stage)), ...gone.values()];
};

const fateOf = (name: string, now: StoreEntry | undefined, { unusable, moved, migrated }: StateChanges): StateFate => {
  if (unusable.has(name)) return 'refused';
  if (now === undefined) return 'kept';
  if (moved.has(storeName(now))) return 'moved';
  return migrated.has(storeName(now)) ? 'migrated' : 'kept';
};

const keep = (fates: Map<string, FateOfStage>, one: FateOfStage): void => {
  const known = fates.get(one.stage);
  if (known === undefined || WEIGHT.indexOf(one.fate) < WEIGHT.indexOf(known.fate)) fates.set(one.stage, one);
};
