import { AppError, isJsonObject, type JsonValue } from '@penstock/model';
import { isFirstKind, type StoreOwner } from '../state/store-key.ts';

/**
 * Newest format of manifests; newer ones are refused, not guessed at. What the first can say is written in the first, so
 * that versions that know no other go on reading it.
 */
export const MANIFEST_FORMAT = 2;
/** Of manifests whose stores are all of the first kind: one per stage, by asset and point. */
const FIRST_FORMAT = 1;

/**
 * What a pipeline keeps in Kafka, described by itself: which topics it has a position in, by what its cuts distribute
 * records, and how and where each stage keeps its state. Compared at every start before anything of it is believed.
 */
export interface StateManifest {
  readonly format: 1 | 2;
  /** Topics the pipeline has a position in, in each of so many partitions (0: it is not known in how many). */
  readonly inputs: readonly InputEntry[];
  readonly cuts: readonly CutEntry[];
  readonly stores: readonly StoreEntry[];
  /** Kafka's id of the state topic; null where no stage keeps state. */
  readonly stateTopicId: string | null;
  /** How many sources the plan has, where that is more than one: so many parts are in front of those behind the cuts. */
  readonly sources?: number;
}

export interface InputEntry {
  readonly topic: string;
  /** Kafka's id of the topic: another one means that it was deleted and made anew. Empty where it is not known. */
  readonly topicId: string;
  readonly partitions: number;
}

/** A topic through which records of one key come to one task. */
export interface CutEntry {
  readonly topic: string;
  /** The stage it lies in front of. */
  readonly before: string;
  readonly partitionedBy: readonly string[];
}

/** State of one stage, or of a group of stages. */
export interface StoreEntry {
  /** The stage; the first of a group. */
  readonly stage: string;
  /** Absent: the stage's own. Since format 2. */
  readonly group?: string;
  /** Parts of the store's keys; absent: two. Since format 2. */
  readonly keyParts?: number;
  /** Which of the stage's stores; its version is that of what is encoded in it. */
  readonly store: string;
  readonly version: number;
  /** Id of the operator's definition. */
  readonly operator: string;
  /** What a record's entry is found by. */
  readonly key: JsonValue;
  /** Fingerprint of the stage's configuration: tells a stage that got another name from another stage. */
  readonly config: string;
  readonly place: StorePlace;
}

/** What decides in which partition of the state topic an entry lies: that which its records come by. */
export interface StorePlace {
  /** The topic of the cut in front of it; null where it is the source's own partitioning. */
  readonly cut: string | null;
  /** Fields whose values choose the partition; null where that is not known. Empty: there is only one. */
  readonly partitionedBy: readonly string[] | null;
  /** `murmur2` as our cuts, `source` as whoever writes the source topic. */
  readonly partitioner: 'murmur2' | 'source';
  readonly partitions: number;
}

/** The least format that can say all of it. */
export const manifestFormatOf = (stores: readonly StoreEntry[]): StateManifest['format'] =>
  stores.every((entry) => isFirstKind(ownerOfEntry(entry), entry.store, entry.version, entry.keyParts ?? 2))
    ? FIRST_FORMAT
    : MANIFEST_FORMAT;

export const ownerOfEntry = ({ stage, group }: Pick<StoreEntry, 'stage' | 'group'>): StoreOwner =>
  group === undefined ? { stage } : { group };

/**
 * The manifest in a text. Errors: `MANIFEST_TOO_NEW` where a newer version of Penstock wrote it, `MANIFEST_UNREADABLE`
 * where nothing of Penstock did.
 */
export const parseManifest = (text: string): StateManifest => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined; // told below, as what it is
  }
  const found = isJsonObject(json as JsonValue) ? (json as Record<string, unknown>) : {};
  const { format } = found;
  if (typeof format === 'number' && format > MANIFEST_FORMAT)
    throw new AppError(
      'MANIFEST_TOO_NEW',
      `What the pipeline keeps in Kafka was written by a newer version of Penstock (format ${format}; this one knows ${MANIFEST_FORMAT}). Start it with that version, or stop it, which clears its state.`,
      { domain: 'user', params: { format } },
    );
  if ((format !== FIRST_FORMAT && format !== MANIFEST_FORMAT) || !isManifest(found))
    throw new AppError(
      'MANIFEST_UNREADABLE',
      'The manifest of what the pipeline keeps in Kafka cannot be read: something else must have written to its topic. Stop the pipeline, which clears its state, to begin anew.',
      { domain: 'user' },
    );
  return found;
};

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const hasShape =
  (shape: Shape) =>
  (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shape).every(([name, isValid]) => isValid((value as Record<string, unknown>)[name]));
const listOf = (shape: Shape) => (value: unknown) => Array.isArray(value) && value.every(hasShape(shape));

const PLACE: Shape = {
  cut: isTextOrNull,
  partitionedBy: (value) => value === null || isTexts(value),
  partitioner: (value) => value === 'murmur2' || value === 'source',
  partitions: isCount,
};
const MANIFEST: Shape = {
  inputs: listOf({ topic: isText, topicId: isText, partitions: isCount }),
  cuts: listOf({ topic: isText, before: isText, partitionedBy: isTexts }),
  stores: listOf({
    stage: isText,
    store: isText,
    version: isCount,
    operator: isText,
    key: (value) => value !== undefined,
    config: isText,
    group: (value) => value === undefined || isText(value),
    keyParts: (value) => value === undefined || isCount(value),
    place: hasShape(PLACE),
  }),
  stateTopicId: isTextOrNull,
  sources: (value) => value === undefined || isCount(value),
};

const isManifest = (found: Record<string, unknown>): found is Record<string, unknown> & StateManifest =>
  hasShape(MANIFEST)(found);
