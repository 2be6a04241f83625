import type { JsonValue } from '@penstock/model';
import Type from 'typebox';
import {
  defineProcessor,
  defineSource,
  defineTarget,
  fieldPointer,
  type OperatorDefinition,
  type PointReference,
} from '../operator/index.ts';
import type { OperatorRegistry } from '../plan/registry.ts';
import { topicTarget } from '../targets/topic-target.ts';

/** Small operators for tests of the engine; documents name them by `stageName`. */

const about = (id: string) => ({
  id,
  stageName: id,
  library: 'test',
  version: 1,
  label: id,
  instancePrefix: id,
  libraries: [],
  category: 'state' as const,
  keywords: [],
  summary: id,
  description: id,
});

const source = defineSource({
  ...about('source'),
  cluster: true,
  config: Type.Object({
    partitionedBy: Type.Optional(Type.Array(Type.String())),
    isBelieved: Type.Boolean({ default: false }),
    maxRecordBytes: Type.Integer({ default: 1000 }),
    batchSize: Type.Integer({ default: 1000 }),
  }),
  source: ({ partitionedBy, isBelieved, maxRecordBytes, batchSize }) => ({
    kind: 'topic',
    topic: 'input',
    offsetReset: 'earliest',
    partitionedBy,
    isPartitioningBelieved: isBelieved,
    maxRecordBytes,
    batch: { size: batchSize, waitMs: 1000 },
    clientSettings: {},
  }),
});

const target = defineTarget({
  ...about('target'),
  config: Type.Object({ topic: Type.String({ default: 'output' }) }),
  target: ({ topic }) =>
    topicTarget({
      topic,
      key: (record) => `${record.assetId ?? ''}${record.pointId ?? ''}`,
      partitionKey: (record) => record.assetId ?? '',
      clientSettings: {},
    }),
});

/** Counts the records of each key and writes the count into the value; `by` is the key. */
const counter = defineProcessor<ReturnType<typeof counterConfig>, number>({
  ...about('count'),
  config: counterConfig(),
  requires: ({ by }) => ({ kind: 'parts', parts: by.map(fieldPointer) }),
  state: { encode: (count) => count, decode: (stored) => stored as number },
  changes: () => ['value'],
  create: (_config, { state }) => ({
    process(record, out) {
      const assetId = record.assetId;
      const pointId = record.pointId;
      if (assetId === undefined || pointId === undefined) return out.error(record, 'KEY_MISSING', 'no key');
      const seen = (state.get(assetId, pointId) ?? 0) + 1;
      state.put(assetId, pointId, seen);
      record.set('value', seen);
      out.emit(record);
    },
  }),
});

function counterConfig() {
  return Type.Object({ by: Type.Array(Type.String(), { default: ['assetId', 'pointId'] }) });
}

const setField = defineProcessor({
  ...about('set'),
  config: Type.Object({ field: Type.String(), to: Type.Unknown(), changes: Type.Optional(Type.Array(Type.String())) }),
  changes: ({ field, changes }) => changes ?? [field],
  create: ({ field, to }) => ({
    process(record, out) {
      record.set(field, structuredClone(to) as JsonValue);
      out.emit(record);
    },
  }),
});

/** Brings records together by `by` (no parts: all of them) and keeps nothing; writes their key into `key`. */
const together = defineProcessor({
  ...about('together'),
  config: Type.Object({ by: Type.Array(Type.String()) }),
  requires: ({ by }) => (by.length === 0 ? { kind: 'single' } : { kind: 'parts', parts: by }),
  changes: () => ['key'],
  create: (_config, { keyOf }) => ({
    process(record, out) {
      const key = keyOf(record, out);
      if (key === undefined) return;
      record.set('key', [...key]);
      out.emit(record);
    },
  }),
});

/** The same, there to distribute records. */
const partition = defineProcessor({ ...together, ...about('partition'), redistributes: true });

/** Fails on records whose value is a string: throws it, reports it, or drops it. */
const strict = defineProcessor({
  ...about('strict'),
  config: Type.Object({ how: Type.String({ default: 'error' }) }),
  changes: () => [],
  create: ({ how }) => ({
    process(record, out) {
      const value = record.get('value');
      if (typeof value !== 'string') return out.emit(record);
      if (how === 'throw') throw new Error(`thrown ${value}`);
      if (how === 'drop') return out.drop(record, 'not-a-number');
      out.error(record, 'VALUE_NOT_NUMERIC', `"${value}" is not a number`);
    },
  }),
});

const later = defineProcessor({
  ...about('later'),
  config: Type.Object({}),
  changes: () => [],
  create: () => ({
    async processBatch(records, out) {
      await Promise.resolve();
      for (const record of records) out.emit(record);
    },
  }),
});

const select = defineProcessor({
  ...about('select'),
  config: Type.Object({ points: Type.Array(Type.String()) }),
  changes: () => [],
  selects: ({ points }) => points.map((pointId): PointReference => ({ modelId: 'm', pointId })),
  create: ({ points }) => ({
    process(record, out) {
      if (record.pointId !== undefined && points.includes(record.pointId)) out.emit(record);
      else out.drop(record, 'not-selected');
    },
  }),
});

const definitions = [
  source,
  target,
  counter,
  setField,
  together,
  partition,
  strict,
  later,
  select,
] as unknown as OperatorDefinition[];
export const testRegistry: OperatorRegistry = {
  definitions,
  resolve: ({ stageName }) => definitions.find((definition) => definition.stageName === stageName),
};

interface TestStage {
  readonly name: string;
  readonly operator: string;
  readonly config?: Readonly<Record<string, JsonValue>>;
  readonly from?: readonly string[];
}

/** A document from stages and who feeds whom; every stage but targets has one output lane named after it. */
export const documentOf = (...stages: readonly TestStage[]): JsonValue => ({
  title: 'test',
  configuration: [],
  stages: stages.map(({ name, operator, config, from }) => ({
    instanceName: name,
    library: 'test',
    stageName: operator,
    stageVersion: '1',
    configuration: Object.entries(config ?? {}).map(([key, value]) => ({ name: key, value })),
    uiInfo: { label: name },
    inputLanes: (from ?? []).map((lane) => `${lane}_out`),
    outputLanes: operator === 'target' || !stages.some((other) => other.from?.includes(name)) ? [] : [`${name}_out`],
  })),
});

export const facts = { pipelineId: 'p1', orgId: 'o1', messageChannel: 0 } as const;
