/** Where in a topic is looked, and what of it is shown; it stands in the address. */
export interface TopicLook {
  /** Absent: all partitions. */
  readonly partition?: number;
  /** From this offset of the partition on. */
  readonly offset?: number;
  /** From this time on, Unix ms. Without `offset` and `since` the newest are shown. */
  readonly since?: number;
  /** What key, value or headers of a record have in them. */
  readonly text?: string;
  /** The record that is looked at: `partition-offset`. */
  readonly record?: string;
}

/** A record by its place: `partition-offset`. */
const RECORD_ID = /^(\d{1,9})-(\d{1,16})$/;

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** From an address; what is not one of them, or says nothing by itself, is left out. */
export const readTopicLook = (search: Readonly<Record<string, unknown>>): TopicLook => {
  const { partition, offset, since, text, record } = search;
  // Addresses are parsed as JSON, so a text of digits comes as a number.
  const looked = typeof text === 'string' || typeof text === 'number' ? String(text).slice(0, 200) : '';
  const isFromOffset = isPlace(partition) && isPlace(offset);
  return {
    ...(isPlace(partition) ? { partition } : {}),
    ...(isFromOffset ? { offset } : {}),
    ...(!isFromOffset && isPlace(since) ? { since } : {}),
    ...(looked === '' ? {} : { text: looked }),
    ...(typeof record === 'string' && RECORD_ID.test(record) ? { record } : {}),
  };
};

/** As the API takes it. */
export const queryOfTopicLook = ({ partition, offset, since }: TopicLook) => ({
  ...(partition === undefined ? {} : { partition }),
  ...(offset === undefined ? {} : { offset }),
  ...(since === undefined ? {} : { since }),
});

/** What is to be tried out in the designer: a dead letter, or a record of a topic. */
export interface Tried {
  readonly letter?: string;
  readonly topic?: string;
  readonly record?: string;
}

/** From an address. A record is one of a topic. */
export const readTriedRecord = ({ topic, record }: Readonly<Record<string, unknown>>): Tried =>
  typeof topic === 'string' && topic !== '' && typeof record === 'string' && RECORD_ID.test(record)
    ? { topic, record }
    : {};

/** Partition and offset of a record. */
export const placeOfRecord = (record: string): { readonly partition: number; readonly offset: number } => {
  const [, partition, offset] = RECORD_ID.exec(record) ?? [];
  return { partition: Number(partition), offset: Number(offset) };
};
