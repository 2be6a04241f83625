import type { SourceBatch } from '@penstock/engine';
import { headersOf } from '@penstock/kafka';
import { deadLetterTopicOf, isJsonObject, type JsonValue, stateTopicOf } from '@penstock/model';
import { canonical } from '@penstock/testkit';
import type { TopicAccess } from '@penstock/testkit/kafka';
import { readTopic } from '@penstock/testkit/kafka';
import type { GoldenPipeline, GoldenTopics } from './golden-pipeline.ts';

/**
 * Everything a run left in Kafka, as texts that are equal exactly for equal bytes. Streams are what has an order: a
 * partition of an output or the records of one key of it; times of writing are not part of it.
 */
export interface GoldenOutput {
  readonly streams: ReadonlyMap<string, readonly string[]>;
  /** Sorted. */
  readonly deadLetters: readonly string[];
  readonly deadLetterCodes: readonly string[];
  /** The last value of each state entry; the order of its fields is that of arrival and has no meaning. */
  readonly state: ReadonlyMap<string, string>;
}

export const readGoldenOutput = async (
  access: TopicAccess,
  pipeline: GoldenPipeline,
  pipelineId: string,
  orgId: string,
  topics: GoldenTopics,
): Promise<GoldenOutput> => {
  const streams = new Map<string, string[]>();
  for (const [name, topic] of Object.entries(topics.outputs)) {
    await readAll(access, topic, (batch, partition, i) => {
      const key = bytesOf(batch, 'key', i);
      const stream = pipeline.ordered === 'partition' ? `${name}/${partition}` : `${name} ${key}`;
      const text = `${partition} ${key} ${bytesOf(batch, 'value', i)}`;
      const found = streams.get(stream);
      if (found === undefined) streams.set(stream, [text]);
      else found.push(text);
    });
  }
  if (pipeline.ordered === 'none') for (const stream of streams.values()) stream.sort();
  const letters: string[] = [];
  const codes = new Set<string>();
  await readAll(access, deadLetterTopicOf(orgId), (batch, _partition, i) => {
    const headers = new Map(headersOf(batch, i).map(({ key, value }) => [key.toString(), value?.toString('latin1')]));
    if (headers.get('penstock.pipelineId') !== pipelineId) return;
    codes.add(headers.get('penstock.code') ?? '');
    // Where a record failed behind a cut or a script, what led to it is told as well; all of it has to be the same.
    const about = ['code', 'stage', 'message', 'topic', 'partition', 'offset', 'place', 'timestamp', 'record'].map(
      (name) => withoutTopics(headers.get(`penstock.${name}`), topics),
    );
    letters.push(JSON.stringify([...about, bytesOf(batch, 'key', i), bytesOf(batch, 'value', i)]));
  });
  return {
    streams,
    deadLetters: letters.sort(),
    deadLetterCodes: [...codes].sort(),
    state: await readState(access, stateTopicOf(pipelineId)),
  };
};

/** The outputs of the pipeline that anything was written to, by name. */
export const writtenOutputs = ({ outputs }: GoldenPipeline, { streams }: GoldenOutput): string[] =>
  Object.keys(outputs).filter((name) => [...streams.keys()].some((stream) => stream.startsWith(name)));

/** Each run has output topics of its own, and messages name them. */
const withoutTopics = (text: string | undefined, { outputs }: GoldenTopics): string | undefined =>
  Object.entries(outputs).reduce((told, [name, topic]) => told?.replaceAll(topic, name), text);

const readState = async (access: TopicAccess, topic: string): Promise<ReadonlyMap<string, string>> => {
  const state = new Map<string, string>();
  if ((await access.admin.partitionCount(topic)) === undefined) return state;
  await readAll(access, topic, (batch, partition, i) => {
    state.set(`${partition} ${bytesOf(batch, 'key', i)}`, canonical(withoutClock(valueOfEntry(batch, i))));
  });
  return state;
};

/** Watermarks of keys that come by several flows hold when that was by the clock, which is another in each run. */
const withoutClock = (value: JsonValue): JsonValue => {
  if (!isJsonObject(value)) return value;
  const { n, f, c } = value;
  if (Array.isArray(f) && Array.isArray(c))
    return { n: n ?? null, f: f.map((flow) => (Array.isArray(flow) ? flow.slice(0, 2) : flow)).sort() };
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutClock(inner)]));
};

const readAll = async (
  access: TopicAccess,
  topic: string,
  onMessage: (batch: SourceBatch, partition: number, index: number) => void,
): Promise<void> => {
  await readTopic(access.client, topic, (batch, partition) => {
    for (let i = 0; i < batch.count; i++) onMessage(batch, partition, i);
  });
};

/** Bytes as a text of as many characters; `-` where there are none at all. */
const bytesOf = (batch: SourceBatch, what: 'key' | 'value', index: number): string => {
  const start = batch[`${what}Start`][index] ?? -1;
  return start < 0 ? '-' : `"${batch.bytes.latin1Slice(start, batch[`${what}End`][index])}"`;
};

const valueOfEntry = (batch: SourceBatch, index: number): JsonValue => {
  const start = batch.valueStart[index] ?? -1;
  return start < 0 ? null : (JSON.parse(batch.bytes.utf8Slice(start, batch.valueEnd[index])) as JsonValue);
};

const MAX_DIFFERENCES = 5;
const MAX_TEXT = 600;

/** The first differences between two outputs, for people; none where they are equal. */
export const differencesOf = (expected: GoldenOutput, actual: GoldenOutput): string[] => {
  const found: string[] = [];
  const compare = (what: string, one: readonly string[], other: readonly string[]): void => {
    const at = one.findIndex((text, i) => text !== other[i]);
    if (at < 0 && one.length === other.length) return;
    const place = at < 0 ? one.length : at;
    found.push(
      `${what}, record ${place} (of ${one.length} and ${other.length}): ${cut(one[place])} became ${cut(other[place])}`,
    );
  };
  const names = new Set([...expected.streams.keys(), ...actual.streams.keys()]);
  for (const name of names) compare(name, expected.streams.get(name) ?? [], actual.streams.get(name) ?? []);
  compare('dead letters', expected.deadLetters, actual.deadLetters);
  const texts = (state: ReadonlyMap<string, string>): string[] => [...state].map(([key, value]) => key + value).sort();
  compare('state', texts(expected.state), texts(actual.state));
  return found.slice(0, MAX_DIFFERENCES);
};

const cut = (text: string | undefined): string => (text === undefined ? 'nothing' : text.slice(0, MAX_TEXT));
