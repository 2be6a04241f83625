import { type RecordHeader, ReplayHeader, type TaskLog } from '@penstock/engine';
import {
  createTopicAdmin,
  isKafkaError,
  type KafkaClient,
  openFeeds,
  openTaskLog,
  readChangelog,
  type TopicAdmin,
} from '@penstock/kafka';
import { AppError, DEAD_LETTER_RETENTION_MS, DeliveryGuarantee, deadLetterTopicOf } from '@penstock/model';
import { assembleDeadLetter } from './assemble-dead-letter.ts';
import { type DeadLetter, idOf, parseId } from './dead-letter.ts';
import { readRange } from './read-range.ts';

/** Which dead letters were replayed: compacted, written in the same transaction as the replayed records. */
export const replayMarksTopicOf = (orgId: string): string => `PENSTOCK_DEAD_LETTER_REPLAYS_${orgId}`;

/** A transaction is sent in pieces of this size. */
const FLUSH_BYTES = 1024 * 1024;

/** Brokers look for what is too old every few minutes. */
const SLACK_MS = 24 * 3600_000;

/** `original-gone`: a part of the letter, or the message it refers to, was deleted by retention. */
export type SkipReason = 'already-replayed' | 'not-found' | 'no-source' | 'source-gone' | 'original-gone' | 'too-large';

/** `stage`: the record goes on at the stage that refused it. `source`: it is a new message to everybody. */
export type ReplayFrom = 'stage' | 'source';

export interface ReplayResult {
  readonly replayed: number;
  readonly skipped: readonly { readonly id: string; readonly reason: SkipReason }[];
}

/** Finds dead letters by id. Those that are gone, or never were, are absent. */
export const findDeadLetters = async (
  client: KafkaClient,
  orgId: string,
  ids: readonly string[],
): Promise<DeadLetter[]> => {
  const topic = deadLetterTopicOf(orgId);
  const admin = createTopicAdmin(client);
  const partitions = (await admin.partitionCount(topic)) ?? 0;
  const wanted = ids.flatMap((id) => parseId(id) ?? []).filter(({ partition }) => partition < partitions);
  if (wanted.length === 0) return [];
  const [earliest, latest] = await Promise.all([
    admin.earliestOffsets(topic),
    admin.latestOffsets(topic, 'read-committed'),
  ]);
  const feeds = openFeeds(client, { isolation: 'read-committed' });
  try {
    const found: DeadLetter[] = [];
    for (const { partition, offset } of wanted) {
      if (offset < (earliest.get(partition) ?? 0) || offset >= (latest.get(partition) ?? 0)) continue;
      found.push(...(await readRange(feeds, topic, { partition, from: offset, until: offset + 1 })));
    }
    return found;
  } finally {
    await feeds.close();
  }
};

export interface ReplayOptions {
  readonly again: boolean;
  /** Default: `stage`. */
  readonly from?: ReplayFrom;
  /** What goes on in place of what the stage saw, or of the value where that is what it saw; by the ids of letters. */
  readonly edits?: ReadonlyMap<string, string>;
  readonly now: () => number;
}

/**
 * Writes dead letters back to where they came from, with their original key, value and headers, in the order they had
 * there; headers of ours say at which stage of which pipeline each goes on. Each is replayed once unless `again`: records and marks are one Kafka transaction, and a second replay at the
 * same time fences the first. Errors: `REPLAY_TAKEN_OVER`, and those of Kafka; then nothing was written.
 */
export const replayDeadLetters = async (
  client: KafkaClient,
  orgId: string,
  letters: readonly DeadLetter[],
  options: ReplayOptions,
): Promise<ReplayResult> => {
  const marksTopic = replayMarksTopicOf(orgId);
  const admin = createTopicAdmin(client);
  await ensureMarksTopic(admin, orgId);
  const sourcePartitions = new Map<string, number | undefined>();
  for (const topic of new Set(letters.map(({ source }) => source.topic))) {
    sourcePartitions.set(topic, topic === '' ? undefined : await admin.partitionCount(topic));
  }
  // Opening fences whoever else replays for this organisation, so what is read below stays true until the commit.
  const log = await openTaskLog(client, {
    transactionalId: `penstock-replay-${orgId}`,
    groupId: `penstock-replay-${orgId}`,
    guarantee: DeliveryGuarantee.ExactlyOnce,
  });
  const feeds = openFeeds(client, { isolation: 'read-committed' });
  try {
    const marks = options.again ? new Set<string>() : await readMarks(client, marksTopic);
    const skipped: { id: string; reason: SkipReason }[] = [];
    let replayed = 0;
    for (const letter of [...letters].sort(bySource)) {
      const id = idOf(letter);
      const reason = reasonToSkip(letter, marks, sourcePartitions.get(letter.source.topic));
      if (reason !== undefined) {
        skipped.push({ id, reason });
        continue;
      }
      const whole = await assembleDeadLetter(feeds, deadLetterTopicOf(orgId), letter);
      const from = options.from ?? 'stage';
      const problem =
        whole === undefined ? 'original-gone' : append(log, edited(whole, options.edits?.get(id), from), from);
      if (problem !== undefined) {
        skipped.push({ id, reason: problem });
        continue;
      }
      log.appender(marksTopic).append(0, id, JSON.stringify({ at: options.now() }), letter.at);
      marks.add(id);
      replayed += 1;
      if (log.pendingBytes > FLUSH_BYTES) await log.flush();
    }
    if (replayed > 0) await log.commit(undefined);
    return { replayed, skipped };
  } catch (error) {
    if (!isKafkaError(error, 'KAFKA_FENCED')) throw error;
    throw new AppError(
      'REPLAY_TAKEN_OVER',
      'Another replay of this organisation began meanwhile. Nothing was written; try again.',
      {
        domain: 'user',
        retryable: true,
        cause: error,
      },
    );
  } finally {
    await feeds.close();
    await log.close();
  }
};

/** With another text: of the record where a stage goes on with that, else of the message. */
const edited = (letter: DeadLetter, text: string | undefined, from: ReplayFrom): DeadLetter => {
  if (text === undefined) return letter;
  return from === 'stage' && letter.record !== undefined
    ? { ...letter, record: text }
    : { ...letter, value: Buffer.from(text) };
};

/** Appends one letter to the topic it came from; says why where that cannot be. */
const append = (log: TaskLog, letter: DeadLetter, from: ReplayFrom): SkipReason | undefined => {
  // Brokers refuse times that are far from theirs; those of the dead letter have been accepted before.
  const timestamp = letter.source.timestamp >= 0 ? letter.source.timestamp : letter.at;
  const place = from === 'stage' ? { pipelineId: letter.pipelineId, stage: letter.stage } : {};
  const record = from === 'stage' ? letter.record : undefined;
  const write = (
    value: Buffer | null,
    facts: { readonly [K in keyof typeof ReplayHeader]?: string | undefined },
  ): void =>
    log
      .appender(letter.source.topic)
      .append(letter.source.partition, letter.key, value, timestamp, [...headersFrom(facts), ...letter.headers]);
  const id = idOf(letter);
  try {
    write(letter.value, { id, ...place, record });
    return undefined;
  } catch (error) {
    if (!isKafkaError(error, 'KAFKA_RECORD_TOO_LARGE')) throw error;
    if (record === undefined) return 'too-large';
  }
  // The original and the record together are more than the topic takes: the stage needs the record.
  try {
    write(Buffer.from(record), { id, ...place });
    return undefined;
  } catch (error) {
    if (!isKafkaError(error, 'KAFKA_RECORD_TOO_LARGE')) throw error;
    return 'too-large';
  }
};

const headersFrom = (facts: { readonly [K in keyof typeof ReplayHeader]?: string | undefined }): RecordHeader[] =>
  (['id', 'pipelineId', 'stage', 'record'] as const).flatMap((name) => {
    const value = facts[name];
    return value === undefined ? [] : [{ key: Buffer.from(ReplayHeader[name]), value: Buffer.from(value) }];
  });

/**
 * A mark is of no use any more when its letter is gone, and has to be there until then. Brokers delete whole segments,
 * once the newest record in one is too old: a letter may lie there for as long as a segment is written to beyond its own
 * time, and a mark may not go before it.
 */
const ensureMarksTopic = async (admin: TopicAdmin, orgId: string): Promise<void> => {
  const letters = await admin.topicConfig(deadLetterTopicOf(orgId));
  const kept = Number(letters?.['retention.ms'] ?? DEAD_LETTER_RETENTION_MS);
  const retention = kept < 0 ? '-1' : String(kept + Number(letters?.['segment.ms'] ?? 0) + SLACK_MS);
  const topic = replayMarksTopicOf(orgId);
  const config = { 'cleanup.policy': 'compact,delete', 'retention.ms': retention };
  const { created } = await admin.ensureTopic(topic, { partitions: 1, config });
  if (created || (await admin.topicConfig(topic))?.['retention.ms'] === retention) return;
  await admin.setTopicConfig(topic, { 'retention.ms': retention });
};

const readMarks = async (client: KafkaClient, topic: string): Promise<Set<string>> => {
  const marks = new Set<string>();
  await readChangelog(client, {
    topic,
    partition: 0,
    onEntry: ({ key, value }) => {
      if (value === null) marks.delete(key);
      else marks.add(key);
    },
  });
  return marks;
};

const reasonToSkip = (
  letter: DeadLetter,
  marks: ReadonlySet<string>,
  partitions: number | undefined,
): SkipReason | undefined => {
  if (letter.source.topic === '' || letter.source.partition < 0) return 'no-source';
  if (marks.has(idOf(letter))) return 'already-replayed';
  return partitions === undefined || letter.source.partition >= partitions ? 'source-gone' : undefined;
};

const bySource = (a: DeadLetter, b: DeadLetter): number =>
  a.source.topic.localeCompare(b.source.topic) ||
  a.source.partition - b.source.partition ||
  a.source.offset - b.source.offset ||
  (a.source.place?.number ?? 0) - (b.source.place?.number ?? 0);
