import {
  type AnyStore,
  type KeyTerms,
  type Plan,
  partOfCut,
  type StageNeeds,
  type StateManifest,
  type StoreEntry,
  type StorePlace,
} from '@penstock/engine';
import { AppError, type KeptCut } from '@penstock/model';
import { fieldsOfKey, storeName } from './plan-stores.ts';

/** Stages of the kept state by the names they have in the new document. */
export type Renames = ReadonlyMap<string, string>;

const WAYS_OUT =
  'Release the version before again to go on with it, or delete what the pipeline keeps (reset its state, or stop it).';

/**
 * Stages that only got another name: the one that is gone and the one that is new have the same operator, key and
 * configuration. Errors: `STAGE_RENAME_AMBIGUOUS` where more than one could be meant.
 */
export const renamesOf = (kept: readonly StoreEntry[], stores: readonly StoreEntry[]): Renames => {
  const names = (entries: readonly StoreEntry[]): Set<string> => new Set(entries.map(({ stage }) => stage));
  const gone = firstOfStages(kept).filter(({ stage }) => !names(stores).has(stage));
  const fresh = firstOfStages(stores).filter(({ stage }) => !names(kept).has(stage));
  const renames = new Map<string, string>();
  for (const old of gone) {
    const candidates = fresh.filter((store) => isAlike(store, old));
    const rivals = gone.filter((other) => isAlike(other, old));
    const [candidate] = candidates;
    if (candidate === undefined) continue;
    if (candidates.length > 1 || rivals.length > 1)
      throw new AppError(
        'STAGE_RENAME_AMBIGUOUS',
        `${quoted(rivals)} ${rivals.length === 1 ? 'is' : 'are'} gone from the document, and ${quoted(candidates)} could be what they are called now: it is not known whose state is whose. Give them the names they had. ${WAYS_OUT}`,
        {
          domain: 'user',
          params: { gone: rivals.map(({ stage }) => stage), fresh: candidates.map(({ stage }) => stage) },
        },
      );
    renames.set(old.stage, candidate.stage);
  }
  return renames;
};

/** One entry per stage tells which it is; a group goes by its own name. */
const firstOfStages = (entries: readonly StoreEntry[]): StoreEntry[] => {
  const own = entries.filter(({ group }) => group === undefined);
  return own.filter(({ stage }, index) => own.findIndex((entry) => entry.stage === stage) === index);
};

const isAlike = (a: StoreEntry, b: StoreEntry): boolean =>
  a.operator === b.operator && a.config === b.config && sameKey(a, b);

const sameKey = (a: StoreEntry, b: StoreEntry): boolean => JSON.stringify(a.key) === JSON.stringify(b.key);

const quoted = (stores: readonly StoreEntry[]): string => stores.map(({ stage }) => `"${stage}"`).join(', ');

/**
 * Cuts that stay although the new document might do without them: state lies by how they distribute records, and there
 * may be records in their topics. `needs`: of the new plan's stages.
 */
export const keptCutsOf = (kept: StateManifest, needs: ReadonlyMap<string, StageNeeds>, renames: Renames): KeptCut[] =>
  kept.cuts.flatMap(({ before, partitionedBy, topic }) => {
    const stage = renames.get(before) ?? before;
    const wanted = needs.get(stage);
    return wanted !== undefined && serves(partitionedBy, wanted) ? [{ before: stage, partitionedBy, topic }] : [];
  });

/** Whether a cut is one the stage could have. */
const serves = (partitionedBy: KeyTerms, { key, redistributes }: StageNeeds): boolean =>
  key !== undefined &&
  (redistributes
    ? JSON.stringify(partitionedBy) === JSON.stringify(key)
    : partitionedBy.every((term) => key.includes(term)));

/**
 * Stages whose source no longer distributes records as it did when state was kept by that: more partitions, other
 * fields. Then its partitioning counts as unknown, and a cut takes its place.
 */
export const movedStages = (kept: StateManifest, stores: readonly StoreEntry[], renames: Renames): string[] =>
  pairsOf(kept, stores, renames).flatMap(([old, now]) =>
    old.place.cut === null &&
    now.place.cut === null &&
    old.place.partitioner === 'source' &&
    fieldsOfKey(old.key) !== undefined &&
    !isSamePlace(old.place, now.place)
      ? [now.stage]
      : [],
  );

/** What has to be done with kept state before tasks may restore it. */
export interface StateChanges {
  /** Stores whose entries go. */
  readonly cleared: readonly StoreEntry[];
  /** New names of stages, by old ones. */
  readonly renames: Renames;
  /** Stores whose entries may belong to other partitions now, by `storeName` of what they are now. */
  readonly moved: ReadonlyMap<string, Move>;
  /** Stores whose entries are brought to the version that their operator keeps now, likewise. */
  readonly migrated: ReadonlyMap<string, AnyStore>;
  /** Stores, by `storeName` of what they were, whose entries nobody can use: why. Of no matter where there are none. */
  readonly unusable: ReadonlyMap<string, AppError>;
}

export interface Move {
  readonly from: StoreEntry;
  readonly to: StoreEntry;
  /** Its entries name nothing of a record's key: see `StoreDefinition.ofTask`. */
  readonly isOfTask?: boolean;
}

/** Nothing to do: what is kept lies as the new plan wants it. */
export const isUnchanged = ({ cleared, renames, moved, migrated, unusable }: StateChanges): boolean =>
  cleared.length + renames.size + moved.size + migrated.size + unusable.size === 0;

/**
 * What the new plan's stages make of kept state. `definitions`: of its stores, by `storeName`. What they cannot use is to
 * be decided by somebody: `STATE_KEY_CHANGED`, `STATE_VERSION_UNKNOWN`.
 */
export const compareStores = (
  kept: StateManifest,
  stores: readonly StoreEntry[],
  renames: Renames,
  definitions: ReadonlyMap<string, AnyStore>,
): StateChanges => {
  const pairs = pairsOf(kept, stores, renames);
  const moved = new Map<string, Move>();
  const migrated = new Map<string, AnyStore>();
  const unusable = new Map<string, AppError>();
  for (const [from, to] of pairs) {
    const definition = definitions.get(storeName(to));
    if (!sameKey(from, to)) unusable.set(storeName(from), keyChanged(from, to));
    else if (from.version !== to.version && !isMigratable(from, to, definition))
      unusable.set(storeName(from), versionUnknown(from, to));
    else {
      if (from.version !== to.version && definition !== undefined) migrated.set(storeName(to), definition);
      if (!isSamePlace(from.place, to.place))
        moved.set(storeName(to), { from, to, isOfTask: definition?.ofTask === true });
    }
  }
  const going = new Set(pairs.map(([old]) => storeName(old)));
  return { cleared: kept.stores.filter((old) => !going.has(storeName(old))), renames, moved, migrated, unusable };
};

const isMigratable = (from: StoreEntry, to: StoreEntry, definition: AnyStore | undefined): boolean =>
  definition?.migrate !== undefined && from.version < to.version && from.keyParts === to.keyParts;

/**
 * Kept stores with the one that goes on with each; those whose name another operator has now are gone. A group may have
 * other operators than before: what they keep has the same name.
 */
const pairsOf = (
  kept: StateManifest,
  stores: readonly StoreEntry[],
  renames: Renames,
): (readonly [StoreEntry, StoreEntry])[] =>
  kept.stores.flatMap((old) => {
    const name = renames.get(old.stage) ?? old.stage;
    const now = stores.find(
      ({ stage, group, store, operator }) =>
        store === old.store &&
        group === old.group &&
        (group !== undefined || (stage === name && operator === old.operator)),
    );
    return now === undefined ? [] : [[old, now] as const];
  });

const isSamePlace = (a: StorePlace, b: StorePlace): boolean =>
  a.partitioner === b.partitioner &&
  a.partitions === b.partitions &&
  JSON.stringify(a.partitionedBy) === JSON.stringify(b.partitionedBy);

const keyChanged = (old: StoreEntry, now: StoreEntry): AppError =>
  new AppError(
    'STATE_KEY_CHANGED',
    `Stage "${now.stage}" keeps its state by ${keyText(old)}; the released document wants it by ${keyText(now)}, and what was kept cannot be told apart that way. Give the stage another name to begin with empty state there, or set the key back. ${WAYS_OUT}`,
    { domain: 'user', params: { stage: now.stage, kept: old.key, wanted: now.key } },
  );

const versionUnknown = (old: StoreEntry, now: StoreEntry): AppError =>
  new AppError(
    'STATE_VERSION_UNKNOWN',
    `The state of stage "${now.stage}" was kept in version ${old.version} of its operator's encoding, which this installation (version ${now.version}) does not read. ${WAYS_OUT}`,
    { domain: 'user', params: { stage: now.stage, kept: old.version, known: now.version } },
  );

export const placeChanged = (old: StoreEntry, now: StoreEntry): AppError =>
  new AppError(
    'STATE_PLACE_CHANGED',
    `The state of stage "${now.stage}" belongs to the ${old.place.partitions} partitions its records came by (${placeText(old)}); the released document distributes them differently (${placeText(now)}), and the state of a partition cannot be shared out. ${WAYS_OUT}`,
    { domain: 'user', params: { stage: now.stage } },
  );

const keyText = ({ key }: StoreEntry): string =>
  fieldsOfKey(key)
    ?.map((field) => `"${field}"`)
    .join(' and ') ?? 'task';

const placeText = ({ place }: StoreEntry): string =>
  place.partitioner === 'source'
    ? 'as the source has them'
    : `by ${place.partitionedBy?.join(', ') ?? 'nothing known'}, ${place.partitions} partitions`;

/**
 * How many partitions a new cut has whose stages say so. One where all records come to one task: what the clock makes is
 * shared out over all tasks of a part, and would be made where no record ever comes. Where kept state is to lie behind
 * it, as many as there were where it lies now, for then most of it need not move, and what cannot be shared out stays
 * whole. Undefined otherwise.
 */
export const cutPartitionsOf = (
  plan: Plan,
  cut: number,
  kept: StateManifest | undefined,
  renames: Renames,
): number | undefined => {
  if (plan.cuts[cut]?.partitionedBy.length === 0) return 1;
  const stages = new Set(plan.parts[partOfCut(plan, cut)]?.stages.map(({ instanceName }) => instanceName));
  const places = (kept?.stores ?? []).filter(({ stage }) => stages.has(renames.get(stage) ?? stage));
  const most = Math.max(0, ...places.map(({ place }) => place.partitions));
  // One partition held all there is: whatever has a key is shared out.
  return most > 1 ? most : undefined;
};
