import assert from 'node:assert/strict';
import {
  batchOfMessages,
  compilePlan,
  inputTopicOf,
  type LookUps,
  type MemoryMessage,
  type OperatorRegistry,
  type Plan,
  type PlanPart,
  References,
  type SourceBatch,
  Task,
  type TaskLog,
  type TopicAppender,
} from '@penstock/engine';
import type { JsonValue, PipelineFacts, TaskTopics } from '@penstock/model';
import { type GivenReferences, putReferences } from './answered-http.ts';
import { testPipeline } from './operator-harness.ts';

/** A partition of a topic: what has been committed to it. */
type Partition = MemoryMessage[];

const bufferOf = (value: string | Uint8Array | null): Buffer | null => (value === null ? null : Buffer.from(value));

const hash = (text: string): number => {
  let sum = 7;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1_000_003;
  return sum;
};

/** Everything a task writes until it commits; then all of it, with the position, is there for others. */
class MemoryTransaction implements TaskLog {
  readonly #world: MemoryPipeline;
  readonly #place: string;
  #pending: MemoryMessage[] = [];

  constructor(world: MemoryPipeline, place: string) {
    this.#world = world;
    this.#place = place;
  }

  appender(topic: string): TopicAppender {
    const partitions = this.#world.partitionsOf(topic).length;
    const keep = (
      partition: number,
      key: string | Uint8Array | null,
      value: Buffer | null,
      timestamp: number,
      headers: MemoryMessage['headers'],
    ): void => {
      const text = key === null ? null : Buffer.from(key).toString('utf8');
      this.#pending.push({ topic, partition, key: text, value, timestamp, headers });
    };
    return {
      topic,
      partitions,
      maxRecordBytes: Number.MAX_SAFE_INTEGER,
      partitionFor: (key) => hash(key) % partitions,
      append: (partition, key, value, timestamp, headers = []) =>
        keep(partition, key, bufferOf(value), timestamp, headers),
      appendBytes: (partition, key, source, start, end, timestamp) =>
        keep(partition, key, Buffer.from(source.subarray(start, end)), timestamp, []),
    };
  }

  get isOpen(): boolean {
    return this.#pending.length > 0;
  }
  get pendingBytes(): number {
    return 0;
  }
  get pendingRecords(): number {
    return this.#pending.length;
  }
  async flush(): Promise<void> {}
  async commit(position: { readonly offset: number } | undefined): Promise<void> {
    for (const message of this.#pending) this.#world.partitionsOf(message.topic)[message.partition]?.push(message);
    this.#pending = [];
    if (position !== undefined) this.#world.positions.set(this.#place, position.offset);
  }
  async close(): Promise<void> {}
}

interface RunningTask {
  readonly task: Task;
  readonly log: MemoryTransaction;
  /** Next message to be worked off; ahead of the committed position. */
  next: number;
}

export interface MemoryPipelineOptions {
  readonly document: JsonValue;
  readonly registry: OperatorRegistry;
  /** Values by partition of the source topic; more may be added later. Of a clock: an empty list for each task. */
  readonly input: readonly (readonly string[])[];
  /** The same of the sources behind the first, in their order. */
  readonly otherInputs?: readonly (readonly (readonly string[])[])[];
  /** Partitions of the topics of cuts; those that bring all records together have one. */
  readonly cutPartitions: number;
  /** Unix ms at the beginning. */
  readonly now: number;
  /** What services answer; without it every look-up fails. */
  readonly lookUps?: LookUps;
  /** Reference data by its name, where stages go by it. */
  readonly references?: GivenReferences;
  readonly facts?: PipelineFacts;
}

/**
 * A whole pipeline on topics in memory, with the tasks that production runs: every task is stepped, committed and
 * crashed by the test, which also owns the clock. What a task wrote since its last commit dies with it.
 */
export class MemoryPipeline {
  readonly plan: Plan;
  readonly positions = new Map<string, number>();
  now: number;
  readonly #topics = new Map<string, Partition[]>();
  readonly #names: TaskTopics;
  readonly #tasks = new Map<string, RunningTask>();
  readonly #partitions: readonly number[];
  readonly #lookUps: LookUps | undefined;
  readonly #references: References;

  constructor(options: MemoryPipelineOptions) {
    const others = options.otherInputs ?? [];
    const inputs = [options.input, ...others];
    const { plan, issues } = compilePlan(options.document, {
      registry: options.registry,
      facts: options.facts ?? testPipeline,
      sourcePartitions: options.input.length,
      otherSources: others.map(({ length }) => ({ sourcePartitions: length })),
    });
    assert.ok(plan !== undefined, JSON.stringify(issues));
    assert.ok(plan.sources.every(({ spec }) => spec.kind !== 'inline'));
    this.plan = plan;
    this.now = options.now;
    this.#lookUps = options.lookUps;
    this.#references = References.of(plan);
    putReferences(this.#references, options.references ?? {}, 1);
    this.#names = {
      deadLetters: 'dead-letters',
      state: 'state',
      cuts: plan.cuts.map(({ index }) => `cut-${index}`),
    };
    const cutPartitions = plan.cuts.map(({ partitionedBy }) =>
      partitionedBy.length === 0 ? 1 : options.cutPartitions,
    );
    this.#partitions = [...inputs.map(({ length }) => length), ...cutPartitions];
    const widest = Math.max(...this.#partitions);
    for (const [source, { length }] of inputs.entries()) this.#create(this.#topicOf(source), length);
    this.#create('state', widest);
    for (const [cut, topic] of this.#names.cuts.entries()) this.#create(topic, cutPartitions[cut] ?? 1);
    for (const [source, partitions] of inputs.entries())
      for (const [partition, values] of partitions.entries())
        for (const value of values) this.write(partition, value, source);
  }

  /** Partitions of a topic; other topics than those of the pipeline have one. */
  partitionsOf(topic: string): Partition[] {
    return this.#topics.get(topic) ?? this.#create(topic, 1);
  }

  /** Adds a message to a partition of a source. */
  write(partition: number, value: string, source = 0): void {
    const topic = this.#topicOf(source);
    this.partitionsOf(topic)[partition]?.push({
      topic,
      partition,
      key: null,
      value: Buffer.from(value),
      timestamp: this.now,
      headers: [],
    });
  }

  /** All tasks, by part and partition. */
  get places(): { readonly part: number; readonly partition: number }[] {
    return this.plan.parts.flatMap(({ index }) =>
      Array.from({ length: this.#partitions[index] ?? 0 }, (_, partition) => ({ part: index, partition })),
    );
  }

  /** What has been committed to a topic, as JSON. */
  output(topic: string): JsonValue[] {
    return this.partitionsOf(topic).flatMap((messages) =>
      messages.map(({ value }) => JSON.parse(value?.toString('utf8') ?? 'null') as JsonValue),
    );
  }

  /** Works off up to `count` messages; a task that has reached the end learns that it has. True where there were any. */
  async step(part: number, partition: number, count: number): Promise<boolean> {
    const running = await this.#open(part, partition);
    const messages = this.#inputOf(part, partition);
    const batch = messages.slice(running.next, running.next + count);
    if (batch.length > 0)
      await running.task.process(this.#batchOf(part, partition, running.next, batch), 0, batch.length);
    running.next += batch.length;
    if (running.next === messages.length) running.task.noteCaughtUp(this.now);
    do await running.task.tick(this.now);
    while (running.task.isBehind);
    return batch.length > 0;
  }

  async commit(part: number, partition: number): Promise<void> {
    const running = await this.#open(part, partition);
    await running.task.commit({ topic: '', partition, offset: running.next });
  }

  /** What was not committed is gone; the next step makes the task anew. */
  async crash(part: number, partition: number): Promise<void> {
    const running = this.#tasks.get(`${part}/${partition}`);
    this.#tasks.delete(`${part}/${partition}`);
    await running?.task.close();
  }

  /** Steps and commits every task until none has anything to do. */
  async settle(): Promise<void> {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const { part, partition } of this.places) {
        isBusy = (await this.step(part, partition, 1000)) || isBusy;
        await this.commit(part, partition);
      }
    }
  }

  /** Lets time pass with nothing to read, as long as `ms`, second by second. */
  async idle(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 1000) {
      this.now += 1000;
      await this.settle();
    }
  }

  #create(topic: string, partitions: number): Partition[] {
    const created = Array.from({ length: partitions }, (): Partition => []);
    this.#topics.set(topic, created);
    return created;
  }

  /** What a part reads. */
  #topicOf(part: number): string {
    return inputTopicOf(this.plan, this.plan.parts[part] as PlanPart, this.#names.cuts) ?? '';
  }

  #inputOf(part: number, partition: number): Partition {
    return this.partitionsOf(this.#topicOf(part))[partition] ?? [];
  }

  #batchOf(part: number, partition: number, first: number, messages: Partition): SourceBatch {
    const batch = batchOfMessages(this.#topicOf(part), messages);
    return {
      ...batch,
      partition,
      offsets: Float64Array.from(messages, (_, index) => first + index),
      nextOffset: first + messages.length,
    };
  }

  async #open(part: number, partition: number): Promise<RunningTask> {
    const place = `${part}/${partition}`;
    const known = this.#tasks.get(place);
    if (known !== undefined) return known;
    const log = new MemoryTransaction(this, place);
    const messages = (): Partition => this.#inputOf(part, partition);
    const task = await Task.open({
      plan: this.plan,
      part: this.plan.parts[part] as PlanPart,
      partition,
      inputPartitions: this.#partitions[part] as number,
      owners: { tasks: this.#partitions[part] as number, partitionFor: (key, count) => hash(key) % count },
      runId: 'run',
      topics: this.#names,
      log,
      clock: { now: () => this.now },
      references: this.#references,
      ...(this.#lookUps === undefined ? {} : { lookUps: this.#lookUps }),
      headersOf: (batch, index) => messages()[batch.offsets[index] as number]?.headers ?? [],
    });
    for (const { key, value } of this.partitionsOf('state')[partition] ?? [])
      task.restore({ key: key ?? '', value: value?.toString('utf8') ?? null });
    await task.opened(this.now);
    const running = { task, log, next: this.positions.get(place) ?? 0 };
    this.#tasks.set(place, running);
    return running;
  }
}
