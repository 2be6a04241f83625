import assert from 'node:assert/strict';
import type { HttpRequest, ProcessorDefinition } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import fc from 'fast-check';
import { OperatorHarness, type OperatorRun } from '../operator/operator-harness.ts';

/** An operator and its variant for records that are known by their `measurementId`. */
export interface VariantPair {
  readonly classic: ProcessorDefinition;
  readonly variant: ProcessorDefinition;
}

const POINT_COLUMNS = ['inputPoint', 'outputPoint', 'restorePoint', 'lookupPoint'];

/** The configuration of an operator as its variant has it: points are measurements of the same name. */
export const configByMeasurement = (config: JsonObject): JsonObject => {
  const { inputOutput } = config;
  if (!Array.isArray(inputOutput)) return config;
  const named = (name: string, value: JsonValue): JsonValue =>
    POINT_COLUMNS.includes(name) && typeof value === 'string' ? (value.split('::').at(-1) ?? value) : value;
  return {
    ...config,
    inputOutput: inputOutput.map((row) =>
      isJsonObject(row)
        ? Object.fromEntries(Object.entries(row).map(([name, value]) => [name, named(name, value)]))
        : row,
    ),
  };
};

/** A record, and all records in it, in the format of 0.4.0: without model, and a measurement in place of the point. */
export const byMeasurement = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map(byMeasurement);
  if (!isJsonObject(value)) return value;
  const isRecord = Object.hasOwn(value, 'pointId') || Object.hasOwn(value, 'assetId');
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !(isRecord && (name === 'modelId' || name === 'modelIdPath')))
      .map(([name, inner]) => [name === 'pointId' ? 'measurementId' : name, byMeasurement(inner)]),
  );
};

const ROWS = ['a', 'b', 'c'];
const rows = (extra: (point: string, index: number) => JsonObject = () => ({})): JsonValue =>
  ROWS.map((point, index) => ({ inputPoint: `m::${point}`, outputPoint: `m::${point}_out`, ...extra(point, index) }));
const inputs: JsonValue = ROWS.map((point) => ({ inputPoint: `m::${point}` }));

/** What each operator is tried with, by its id: nothing else of it is known here. */
const CONFIGS: Readonly<Record<string, JsonObject>> = {
  'asset-lookup': { inputOutput: rows(), tag: 'ALL' },
  'batch-merger': { inputOutput: rows(() => ({ outputPoint: 'm::all' })) },
  'child-asset-lookup': { inputOutput: rows(), treeTag: 'kind::site' },
  'cumulant-decomposer': {
    inputOutput: rows((_point, index) => ({
      minMaxSlope: '[0,1e9]',
      ...(index === 1 ? { scaleType: '0', scale: 'm::ratio' } : {}),
    })),
  },
  'fixed-time-window-aggregator': {
    inputOutput: rows((_point, index) => ({
      windowSize: index + 1,
      aggregator: ['avg', 'last', 'count'][index] ?? 'sum',
    })),
    earlyTrigger: true,
    earlyTriggerType: 'INPUT_POINT',
    latency: 1,
  },
  'internal-http-client': {
    inputOutput: rows(),
    url: 'https://example.org/{asset}',
    parameters: [{ position: 'URL Path', key: 'asset', urlParamType: 'ByField', value: '/assetId' }],
  },
  javascript: {
    inputOutput: rows(),
    script: `
for (var i = 0; i < records.length; i++) {
  var value = records[i].value, name = 'pointId' in value ? 'pointId' : 'measurementId';
  state.n = (state.n || 0) + 1;
  value.n = state.n;
  value.found = enosFunc.input(records[i], value[name]);
  if (value.value !== 3) value[name] += '_out';
  if (value.value !== 2) output.write(records[i]);
}`,
  },
  'last-changed-record-appender': { inputOutput: rows() },
  'last-record-appender': {
    inputOutput: rows((_point, index) => (index === 0 ? { conditions: "${record:value('/quality') == 0}" } : {})),
  },
  'late-point-tagger': { inputOutput: rows() },
  'latest-record-merger': { inputOutput: rows((_point, index) => ({ isTrigger: index > 0 })), cacheExpireTime: 5 },
  'off-limit-tagger': { inputOutput: rows(() => ({ minMax: '1,3' })) },
  'parent-asset-lookup': { inputOutput: rows(), treeTag: 'kind::site', tag: 'ALL' },
  'point-lookup': { inputOutput: rows((_point, index) => (index === 1 ? { lookupPoint: 'm::a' } : {})), tag: 'ALL' },
  'point-selector': { inputOutput: inputs },
  'python-evaluator': {
    inputOutput: rows(),
    script: `
for record in records:
    name = 'pointId' if 'pointId' in record.value else 'measurementId'
    state['n'] = state.get('n', 0) + 1
    record.value['n'] = state['n']
    if record.value['value'] != 3: record.value[name] += '_out'
    if record.value['value'] != 2: output.write(record)
`,
  },
  'record-capturer': { inputOutput: inputs },
  'record-restorer': { inputOutput: rows(() => ({ restorePoint: 'm::a' })) },
  'simplified-time-window-aggregator': { inputOutput: rows(() => ({ aggregateWindow: '2m' })) },
  'sliding-time-window-aggregator': {
    inputOutput: rows(() => ({ fixedWindowSize: 1, slidingWindowSize: 3, aggregator: 'max' })),
  },
};

const ASSETS = {
  t1: { modelIdPath: '/m', tags: { site: 'north' }, attributes: { ratio: 2.5 } },
  t2: { modelIdPath: '/m' },
  hall: { modelIdPath: '/m', name: 'Hall' },
};
const services = {
  assets: ASSETS,
  trees: { site: { tags: { kind: 'site' }, nodes: { hall: null, t1: 'hall', t2: 't1' } } },
  models: {
    m: { points: { a: { measurementId: 'a', unit: 'kW', tags: { k: 'v' } }, c: { measurementId: 'c', unit: 's' } } },
  },
};

const MINUTE = 60_000;

/** A record of the classic format, with what makes operators stumble. */
const record = fc
  .record({
    assetId: fc.constantFrom<JsonValue>('t1', 't1', 't2', 'hall', 7),
    pointId: fc.constantFrom('a', 'b', 'c', 'other'),
    time: fc.oneof({ weight: 9, arbitrary: fc.nat(20).map((at) => (at * MINUTE) / 2) }, fc.constant('soon')),
    value: fc.constantFrom<JsonValue>(0, 1, 2, 3, 4.5, null, 'text'),
    quality: fc.nat(1),
    last: fc.option(fc.nat(3), { nil: undefined }),
  })
  .map(
    ({ last, ...fields }): JsonObject => ({
      ...{ orgId: 'o1', modelId: 'm', modelIdPath: '/m' },
      ...fields,
      attr: last === undefined ? {} : { lastRecordAppender: { lastRecord: { value: last, time: -1000 } } },
    }),
  );

interface Seen {
  readonly output: JsonValue;
  readonly dropped: JsonValue;
  readonly errors: JsonValue;
  readonly asked: readonly HttpRequest[];
}

const seenOf = ({ output, dropped, errors }: OperatorRun, asked: readonly HttpRequest[]): Seen => ({
  output,
  dropped: dropped.map(({ record: fields, reason }) => [fields, reason]),
  errors: errors.map(({ record: fields, code }) => [fields, code]),
  asked,
});

/** What a stage does to batches of records; between them it is restarted from what is stored of it. */
const doneBy = async (
  definition: ProcessorDefinition,
  config: JsonObject,
  batches: readonly (readonly JsonObject[])[],
  beside: { readonly definition: ProcessorDefinition; readonly config: JsonObject }[],
): Promise<Seen[]> => {
  const seen: Seen[] = [];
  let stored: ReadonlyMap<string, JsonValue> = new Map();
  for (const batch of batches) {
    const harness = await OperatorHarness.create(definition, config, { ...services, stored, beside });
    try {
      await harness.send(batch);
      stored = await harness.storedState();
      seen.push(seenOf(harness.run, harness.asked));
    } finally {
      await harness.close();
    }
  }
  return seen;
};

/** A Point Lookup goes by the model of the asset where the record says none, as the classic one need not. */
const NEEDS_ASSET = ['point-lookup'];

/** `beside`: a pair whose stages get the same records first, for those that share a store. */
export const compareByMeasurement = async (
  { classic, variant }: VariantPair,
  { beside, numRuns = 40 }: { readonly beside?: VariantPair | undefined; readonly numRuns?: number } = {},
): Promise<void> => {
  const config = CONFIGS[classic.id];
  assert.ok(config, `${classic.id} has no configuration here`);
  const shared = beside === undefined ? undefined : CONFIGS[beside.classic.id];
  const given = NEEDS_ASSET.includes(classic.id) ? record.filter(({ assetId }) => typeof assetId === 'string') : record;
  let outputs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(given, { maxLength: 25 }), { minLength: 1, maxLength: 3 }), async (batches) => {
      const before = (definition: ProcessorDefinition | undefined, settings: JsonObject | undefined) =>
        definition === undefined || settings === undefined ? [] : [{ definition, config: settings }];
      const wanted = await doneBy(classic, config, batches, before(beside?.classic, shared));
      const done = await doneBy(
        variant,
        configByMeasurement(config),
        batches.map((batch) => batch.map((one) => byMeasurement(one) as JsonObject)),
        before(beside?.variant, shared === undefined ? undefined : configByMeasurement(shared)),
      );
      assert.deepEqual(
        done,
        wanted.map(({ output, dropped, errors, asked }) => ({
          output: byMeasurement(output),
          dropped: byMeasurement(dropped),
          errors: byMeasurement(errors),
          asked,
        })),
      );
      outputs += wanted.reduce((sum, one) => sum + (one.output as JsonValue[]).length, 0);
    }),
    { numRuns },
  );
  // A Record Capturer never puts anything out.
  if (classic.id !== 'record-capturer') assert.ok(outputs > 0, `${classic.id} has never put anything out`);
};
