import {
  batchOfMessages,
  compilePlan,
  type HttpRequest,
  type KeyedState,
  MemoryLog,
  type OperatorDefinition,
  type PipelineFacts,
  type PlanPart,
  type ProcessorDefinition,
  References,
  type StreamRecord,
  Task,
  type ValidatedConfig,
  validateStageConfig,
} from '@penstock/engine';
import { hasErrors, type JsonObject, type JsonValue, type StageCounters } from '@penstock/model';
import { assetReferences } from '../given-assets.ts';
import { answeredLookUps, type GivenReferences, type GivenServices, putReferences } from './answered-http.ts';
import { singleStageDocument, singleStageRegistry, type TestedBeside } from './single-stage.ts';

/** The pipeline that operators under test are part of. */
export const testPipeline: PipelineFacts = { pipelineId: 'p1', orgId: 'o1', messageChannel: 0 };

/** Later than the times of all records of tests. */
const TEST_NOW = Date.UTC(2100, 0, 1);

export const TEST_INSTANCE = 'Stage_01';

const TOPICS = { deadLetters: 'dead-letters', state: 'state', cuts: [] };

/** What a stage did with its input. */
export interface OperatorRun {
  readonly output: JsonObject[];
  readonly dropped: { readonly record: JsonObject; readonly reason: string }[];
  readonly errors: { readonly record: JsonObject; readonly code: string; readonly message: string }[];
}

export interface HarnessOptions extends GivenServices {
  /** What `storedState` gave. */
  readonly stored?: ReadonlyMap<string, JsonValue>;
  /** When the stage is opened, for its schedules; Unix ms, 0 by default. */
  readonly openedAt?: number;
  readonly isPreview?: boolean;
  /** Output lanes of the stage, each with a Trash behind it; one by default. */
  readonly lanes?: readonly string[] | undefined;
  /** Stages beside it that get the same records first: for operators that share a store. */
  readonly beside?: readonly TestedBeside[] | undefined;
  /** Sees each output as the next stage would get it. */
  readonly onOutput?: (record: StreamRecord) => void;
}

/** Validates a configuration object as if it stood in a document, one row per name. */
export const validateConfig = (
  definition: OperatorDefinition,
  config: JsonObject,
  pipeline: PipelineFacts = testPipeline,
): ValidatedConfig => {
  const names = Object.keys(config);
  return validateStageConfig(
    definition,
    {
      instanceName: TEST_INSTANCE,
      pointer: '/stages/0',
      configuration: new Map(Object.entries(config)),
      configurationRows: new Map(names.map((name, index) => [name, index])),
    },
    pipeline,
  );
};

/**
 * A processor under test as the one stage of a pipeline: the document is compiled and its task run as in production, so
 * gates, counters, what becomes of errors, state and its changelog are the engine's own. Only topics are in memory.
 */
export class OperatorHarness {
  readonly run: OperatorRun = { output: [], dropped: [], errors: [] };
  /** What the stage said, `level: message`; also what the engine had to say of it. */
  readonly logs: string[] = [];
  /** What its look-ups asked, in order. */
  readonly asked: HttpRequest[];
  readonly #task: Task;
  readonly #references: References;
  #revision = 1;
  readonly #log: MemoryLog;
  readonly #state: KeyedState<unknown>;
  /** The changelog, compacted. */
  readonly #stored: Map<string, JsonValue>;
  #seenMessages = 0;

  private constructor(
    task: Task,
    log: MemoryLog,
    state: KeyedState<unknown>,
    stored: Map<string, JsonValue>,
    asked: HttpRequest[],
    references: References,
  ) {
    this.asked = asked;
    this.#references = references;
    this.#task = task;
    this.#log = log;
    this.#state = state;
    this.#stored = stored;
  }

  /** Throws where the configuration is not valid. */
  static async create(
    definition: ProcessorDefinition,
    config: JsonObject,
    options: HarnessOptions = {},
  ): Promise<OperatorHarness> {
    const facts = { ...testPipeline };
    const { lanes, beside } = options;
    const { registry, stateOf } = singleStageRegistry(definition, beside);
    const { plan, issues } = compilePlan(singleStageDocument(TEST_INSTANCE, config, { lanes, beside }), {
      registry,
      facts,
      sourcePartitions: 1,
    });
    if (plan === undefined || hasErrors(issues)) throw new Error(issues.map((one) => `${one.path}: ${one.message}`)[0]);
    const log = new MemoryLog();
    let harness: OperatorHarness | undefined;
    const logs: string[] = [];
    const asked: HttpRequest[] = [];
    const references = References.of(plan);
    putReferences(references, { ...assetReferences(options), ...options.references }, 1);
    const task = await Task.open({
      plan,
      part: plan.parts[0] as PlanPart,
      partition: 0,
      runId: 'test',
      topics: TOPICS,
      log,
      clock: { now: () => TEST_NOW },
      headersOf: () => [],
      isPreview: options.isPreview ?? false,
      lookUps: answeredLookUps(options, { isPreview: options.isPreview ?? false }, asked),
      references,
      onLog: (level, _stage, message) => (harness?.logs ?? logs).push(`${level}: ${message}`),
      observer: {
        onMalformed: (_stage, text, { message }) => {
          throw new Error(`${text} is no record: ${message}`);
        },
        onOutput: (stage, record) => {
          if (stage !== TEST_INSTANCE) return;
          options.onOutput?.(record);
          harness?.run.output.push(fieldsOf(record));
        },
        onDrop: (stage, record, reason) => {
          if (stage === TEST_INSTANCE) harness?.run.dropped.push({ record: fieldsOf(record), reason });
        },
        onError: (stage, record, { code, message }) => {
          if (stage === TEST_INSTANCE) harness?.run.errors.push({ record: fieldsOf(record), code, message });
        },
      },
    });
    const stored = new Map(options.stored ?? []);
    harness = new OperatorHarness(task, log, stateOf(facts), stored, asked, references);
    harness.logs.push(...logs);
    for (const [key, value] of stored) task.restore({ key, value: JSON.stringify(value) });
    await task.opened(options.openedAt ?? 0);
    return harness;
  }

  /** Sends records, as one batch. */
  async send(records: readonly JsonObject[]): Promise<void> {
    await this.sendTexts(records.map((fields) => JSON.stringify(fields)));
  }

  /** Sends records as the texts a topic would hold, as one batch; it is called `T` and starts at offset 0. */
  async sendTexts(texts: readonly string[]): Promise<void> {
    const messages = texts.map((text) => ({ key: null, value: Buffer.from(text), timestamp: 0 }));
    await this.#task.process(batchOfMessages('T', messages), 0, messages.length);
  }

  /** Replaces reference data, for batches from now on. */
  change(references: GivenReferences): void {
    putReferences(this.#references, references, ++this.#revision);
  }

  /** Lets the clock come to `nowMs`: works off all slots of schedules that are due by then. */
  async tick(nowMs: number): Promise<void> {
    do await this.#task.tick(nowMs);
    while (this.#task.isBehind);
  }

  /** The stage's counters as a heartbeat shows them. */
  get counters(): StageCounters {
    const counters = this.#task.counters()[TEST_INSTANCE];
    if (counters === undefined) throw new Error('The task does not count its stage.');
    return counters;
  }

  /** The whole state as the changelog would hold it, each entry encoded anew. */
  async storedState(): Promise<Map<string, JsonValue>> {
    this.#state.forEach((value, assetId, pointId) => {
      this.#state.put(assetId, pointId, value);
    });
    await this.changedKeys();
    return new Map(this.#stored);
  }

  /** Commits, and gives the keys of the entries changed since the last commit. */
  async changedKeys(): Promise<string[]> {
    await this.#task.commit({ topic: 'T', partition: 0, offset: 0 });
    const changes = this.#log.messages.slice(this.#seenMessages).filter(({ topic }) => topic === TOPICS.state);
    this.#seenMessages = this.#log.messages.length;
    return changes.map(({ key, value }) => {
      if (key === null) throw new Error('An entry of the changelog has no key.');
      if (value === null) this.#stored.delete(key);
      else this.#stored.set(key, JSON.parse(value.toString('utf8')) as JsonValue);
      return key;
    });
  }

  async close(): Promise<void> {
    await this.#task.close();
  }
}

/** What a record would be written as: through its JSON text, so that nothing is shared with the operator. */
const fieldsOf = (record: StreamRecord): JsonObject => JSON.parse(record.toJson()) as JsonObject;

/** Runs records through an operator and closes it. */
export const runOperator = async (
  definition: ProcessorDefinition,
  config: JsonObject,
  input: readonly JsonObject[],
  options: HarnessOptions = {},
): Promise<OperatorRun> => {
  const harness = await OperatorHarness.create(definition, config, options);
  try {
    await harness.send(input);
  } finally {
    await harness.close();
  }
  return harness.run;
};
