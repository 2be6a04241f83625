import {
  DirectTime,
  type Emitter,
  KeyedStateStore,
  type OperatorDefinition,
  type PipelineFacts,
  type Processor,
  type ProcessorDefinition,
  type StageContext,
  StreamRecord,
  validateStageConfig,
} from '@penstock/engine';
import type { Issue, JsonObject, JsonValue } from '@penstock/model';

/** The pipeline that operators under test are part of. */
export const testPipeline: PipelineFacts = { pipelineId: 'p1', orgId: 'o1', messageChannel: 0 };

/** Later than the times of all records of tests. */
const TEST_NOW = Date.UTC(2100, 0, 1);

export const TEST_INSTANCE = 'Stage_01';

/** What an operator did with its input. */
export interface OperatorRun {
  readonly output: JsonObject[];
  readonly dropped: { readonly record: JsonObject; readonly reason: string }[];
  readonly errors: { readonly record: JsonObject; readonly code: string; readonly message: string }[];
}

/** Validates a configuration object as if it stood in a document, one row per name. */
export const validateConfig = (
  definition: OperatorDefinition,
  config: JsonObject,
  pipeline: PipelineFacts = testPipeline,
): { readonly config: JsonObject; readonly issues: readonly Issue[] } => {
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

/** A processor under test with its state, fed through the same door as in the engine. */
export class OperatorHarness {
  readonly run: OperatorRun = { output: [], dropped: [], errors: [] };
  readonly logs: string[] = [];
  readonly #processor: Processor;
  readonly #state: KeyedStateStore<unknown>;
  readonly #out: Emitter;

  private constructor(
    processor: Processor,
    state: KeyedStateStore<unknown>,
    logs: string[],
    onOutput: (record: StreamRecord) => void,
  ) {
    this.#processor = processor;
    this.#state = state;
    this.logs = logs;
    const { output, dropped, errors } = this.run;
    this.#out = {
      emit: (record) => {
        onOutput(record);
        output.push(fieldsOf(record));
      },
      drop: (record, reason) => dropped.push({ record: fieldsOf(record), reason }),
      error: (record, code, message) => errors.push({ record: fieldsOf(record), code, message }),
    };
  }

  /** Throws where the configuration is not valid. `stored` is what `storedState` gave. */
  static async create(
    definition: ProcessorDefinition,
    config: JsonObject,
    options: {
      readonly stored?: ReadonlyMap<string, JsonValue>;
      readonly isPreview?: boolean;
      /** Sees each output as the next stage would get it. */
      readonly onOutput?: (record: StreamRecord) => void;
    } = {},
  ): Promise<OperatorHarness> {
    const validated = validateConfig(definition, config);
    const [issue] = validated.issues;
    if (issue !== undefined) throw new Error(`${issue.path}: ${issue.message}`);
    const codec = definition.state ?? { encode: () => null, decode: () => undefined };
    const state = new KeyedStateStore<unknown>(TEST_INSTANCE, codec);
    for (const [key, value] of options.stored ?? []) {
      const [, assetId, pointId] = JSON.parse(key) as [string, string, string];
      state.restore(assetId, pointId, value);
    }
    const logs: string[] = [];
    const clock = { now: () => TEST_NOW };
    const context: StageContext<unknown> = {
      instanceName: TEST_INSTANCE,
      state,
      clock,
      eventTime: new DirectTime(clock, { maxFutureMs: 86_400_000 }),
      isPreview: options.isPreview ?? false,
      lanes: [],
      pipeline: testPipeline,
      log: (level, message) => logs.push(`${level}: ${message}`),
    };
    const processor = await definition.create(validated.config as never, context);
    return new OperatorHarness(processor, state, logs, options.onOutput ?? (() => {}));
  }

  /** Sends records, as one batch. What the operator throws becomes an error of the record, as in the engine. */
  async send(records: readonly JsonObject[]): Promise<void> {
    await this.sendRecords(records.map((fields) => StreamRecord.from(structuredClone(fields))));
  }

  async sendRecords(records: readonly StreamRecord[]): Promise<void> {
    const { process, processBatch } = this.#processor;
    if (processBatch !== undefined) await processBatch.call(this.#processor, records, this.#out);
    else
      for (const record of records) {
        try {
          process?.call(this.#processor, record, this.#out);
        } catch (error) {
          const { code = 'STAGE_FAILED', message } = error as { code?: string; message: string };
          this.#out.error(record, code, message);
        }
      }
  }

  tick(nowMs: number): void {
    this.#processor.tick?.(nowMs, this.#out);
  }

  /** The whole state as a changelog would hold it: through JSON text. */
  storedState(): Map<string, JsonValue> {
    const stored = new Map<string, JsonValue>();
    this.#state.forEach((value, assetId, pointId) => {
      this.#state.put(assetId, pointId, value);
    });
    this.#state.drainChanges((key, value) => {
      if (value !== null) stored.set(key, JSON.parse(value) as JsonValue);
    });
    return stored;
  }

  /** Keys of the entries changed since the last call. */
  changedKeys(): string[] {
    const keys: string[] = [];
    this.#state.drainChanges((key) => keys.push(key));
    return keys;
  }

  async close(): Promise<void> {
    await this.#processor.close?.();
  }
}

/** What a record would be written as: through its JSON text, so that nothing is shared with the operator. */
const fieldsOf = (record: StreamRecord): JsonObject => JSON.parse(record.toJson()) as JsonObject;

/** Runs records through an operator and closes it. */
export const runOperator = async (
  definition: ProcessorDefinition,
  config: JsonObject,
  input: readonly JsonObject[],
): Promise<OperatorRun> => {
  const harness = await OperatorHarness.create(definition, config);
  try {
    await harness.send(input);
  } finally {
    await harness.close();
  }
  return harness.run;
};
