import { createTopicAdmin, type KafkaClient, readChangelog } from '@penstock/kafka';
import { replayMarksTopicOf } from './replay.ts';

/** Organisations whose marks are kept in memory; of others they are read again. */
const MAX_ORGS = 50;
/** Marks of letters that are gone are kept too: from so many on all are read anew. */
const MAX_MARKS = 200_000;

interface Known {
  /** Where reading goes on. */
  from: number;
  /** When each letter was replayed last (Unix ms), by its id. */
  readonly marks: Map<string, number>;
}

/** Which dead letters were replayed, and when: what was read once is not read again. */
export class ReplayMarks {
  readonly #known = new Map<string, Known>();

  /** As of now, by the ids of letters; what is being replayed at the moment is not among them. Errors: those of Kafka. */
  async of(client: KafkaClient, orgId: string): Promise<ReadonlyMap<string, number>> {
    const topic = replayMarksTopicOf(orgId);
    if ((await createTopicAdmin(client).partitionCount(topic)) === undefined) return new Map();
    const known = this.#take(orgId);
    const { end, settled } = await readChangelog(client, {
      topic,
      partition: 0,
      from: known.from,
      open: 'leave-out',
      onEntry: ({ key, value }) => {
        const at = value === null ? undefined : timeOf(value);
        if (at === undefined) known.marks.delete(key);
        else known.marks.set(key, at);
      },
    });
    // A topic that was deleted and made again begins anew.
    if (end < known.from) {
      this.#known.delete(orgId);
      return this.of(client, orgId);
    }
    known.from = Math.max(known.from, settled);
    return known.marks;
  }

  #take(orgId: string): Known {
    const before = this.#known.get(orgId);
    const known = before !== undefined && before.marks.size <= MAX_MARKS ? before : { from: 0, marks: new Map() };
    this.#known.delete(orgId);
    this.#known.set(orgId, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_ORGS && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }
}

/** When, from a mark. One that says nothing of it is one all the same. */
const timeOf = (value: string): number => {
  const mark: unknown = JSON.parse(value);
  return typeof mark === 'object' && mark !== null && 'at' in mark && typeof mark.at === 'number' ? mark.at : 0;
};
