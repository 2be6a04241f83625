import type { StateKey } from '../operator/store.ts';

/** Whose store it is: of a stage, by its instance name, or of a group of stages. */
export type StoreOwner = { readonly stage: string } | { readonly group: string };

/** What the key of a changelog entry says; what is in it depends on the store's version alone. */
export interface StoreKey {
  readonly owner: StoreOwner;
  readonly store: string;
  readonly version: number;
  readonly key: StateKey;
}

/**
 * The one kind of store that the first edition had: one of a stage, with keys of two parts. Entries of such stores go on
 * under the keys they have always had, `[stage, first, second]`.
 */
export const FIRST_STORE = 'state';
const FIRST_VERSION = 1;

/** Of keys that say more: `[2, stage or [group], store, version, [parts]]`. */
const FORMAT = 2;

/** Whether the first edition could have written it. */
export const isFirstKind = (owner: StoreOwner, store: string, version: number, keyParts: number): boolean =>
  'stage' in owner && store === FIRST_STORE && version === FIRST_VERSION && keyParts === 2;

export const writeStoreKey = ({ owner, store, version, key }: StoreKey): string =>
  'stage' in owner && isFirstKind(owner, store, version, key.length)
    ? JSON.stringify([owner.stage, ...key])
    : JSON.stringify([FORMAT, 'stage' in owner ? owner.stage : [owner.group], store, version, key]);

/** Undefined where the text is no key of ours: of another program, or of a later format. */
export const parseStoreKey = (text: string): StoreKey | undefined => {
  let parts: unknown;
  try {
    parts = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts)) return undefined;
  return parts[0] === FORMAT ? parseKey(parts) : parseFirstKind(parts);
};

const parseKey = (parts: readonly unknown[]): StoreKey | undefined => {
  const [, named, store, version, key] = parts;
  const owner = ownerOf(named);
  if (parts.length !== 5 || owner === undefined || typeof store !== 'string' || !isStateKey(key)) return undefined;
  return Number.isInteger(version) ? { owner, store, version: Number(version), key } : undefined;
};

const parseFirstKind = (parts: readonly unknown[]): StoreKey | undefined => {
  const [stage, first, second] = parts;
  if (parts.length !== 3 || typeof stage !== 'string' || typeof first !== 'string' || typeof second !== 'string')
    return undefined;
  return { owner: { stage }, store: FIRST_STORE, version: FIRST_VERSION, key: [first, second] };
};

const ownerOf = (named: unknown): StoreOwner | undefined => {
  if (typeof named === 'string') return { stage: named };
  const group = Array.isArray(named) && named.length === 1 ? (named[0] as unknown) : undefined;
  return typeof group === 'string' ? { group } : undefined;
};

const isStateKey = (value: unknown): value is StateKey =>
  Array.isArray(value) && value.length >= 1 && value.length <= 4 && value.every((part) => typeof part === 'string');

/** One text per owner, to compare and to look up by. */
export const ownerText = (owner: StoreOwner): string => JSON.stringify('stage' in owner ? owner.stage : [owner.group]);
