import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePlan, runPreview } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import { testPipeline } from '@penstock/testkit/operator';
import { operators } from './generated/operators.ts';
import { createRegistry } from './registry.ts';

/** Documents as they come, through the compiler and the very tasks that production runs. */

interface Sketch {
  readonly name: string;
  readonly stageName?: string;
  readonly label?: string;
  readonly after?: string;
  readonly config?: Readonly<Record<string, JsonValue>>;
}

const stage = (
  { name, stageName = '', label = '', after, config = {} }: Sketch,
  all: readonly Sketch[],
): JsonObject => ({
  instanceName: name,
  library: 'some-library',
  stageName,
  stageVersion: '5',
  configuration: Object.entries(config).map(([key, value]): JsonObject => ({ name: key, value })),
  uiInfo: { label },
  inputLanes: after === undefined ? [] : [`${after}Lane`],
  outputLanes: all.some((other) => other.after === name) ? [`${name}Lane`] : [],
});

const compile = (sketches: readonly Sketch[]) =>
  compilePlan(
    { pipelineConfig: { title: 'T', configuration: [], stages: sketches.map((one) => stage(one, sketches)) } },
    { registry: createRegistry(operators), facts: testPipeline },
  );

const points = (inputPoint: string, outputPoint: string, extra: object = {}) => ({
  inputOutput: [{ inputPoint, outputPoint, ...extra }],
});

const wind = (time: number, value: JsonValue, pointId = 'wind'): JsonObject => ({
  orgId: 'o1',
  modelId: 'turbine',
  modelIdPath: '/root/turbine',
  assetId: 'a1',
  pointId,
  time,
  value,
  quality: 0,
  attr: {},
});

const pipeline: readonly Sketch[] = [
  {
    name: 'EDHKafkaConsumerUser_01',
    stageName: 'com_streamsets_pipeline_stage_origin_kafka_cluster_KafkaDSourceUser',
    label: 'Data Souce',
    config: { 'kafkaConfigBean.topic': 'MEASURE_POINT_INTERNAL', 'kafkaConfigBean.maxBatchSize': 20 },
  },
  {
    name: 'PointSelector_01',
    after: 'EDHKafkaConsumerUser_01',
    config: { inputOutput: [{ inputPoint: 'root::wind' }] },
  },
  {
    name: 'x1',
    label: 'Off Limit Tagger',
    after: 'PointSelector_01',
    config: points('turbine::wind', 'turbine::wind', { minMax: '0,50' }),
  },
  { name: 'LatePointTagger_01', after: 'x1', config: points('turbine::wind', 'turbine::wind') },
  {
    name: 'LastRecordAppender_01',
    after: 'LatePointTagger_01',
    config: {
      ...points('turbine::wind', 'turbine::wind_last', { conditions: "${record:value('/dq') == 0}" }),
      qualityFilter: 'NOT_TAGGED',
    },
  },
  {
    name: 'JavaScript_01',
    after: 'LastRecordAppender_01',
    config: {
      script: `for (var i = 0; i < records.length; i++) {
        var value = records[i].value, last = value.attr.lastRecordAppender.lastRecord;
        value.change = last === undefined ? null : value.value - last.value;
        output.write(records[i]);
      }`,
    },
  },
  { name: 'EDHKafkaProducer_01', after: 'JavaScript_01' },
  {
    name: 'FixedTimeWindowAggregator_01',
    after: 'LatePointTagger_01',
    config: points('turbine::wind', 'turbine::wind_1m', { aggregator: 'max' }),
  },
  {
    name: 'Discard_01',
    stageName: 'com_streamsets_pipeline_stage_destination_devnull_NullDTarget',
    after: 'FixedTimeWindowAggregator_01',
  },
];

test('an EnOS-like document with every processor compiles and runs', async () => {
  const { plan, issues } = compile(pipeline);
  // Its library is not known here, so what each stage means is guessed, and said.
  const guessed = pipeline.filter((sketch) => !('stageName' in sketch)).length;
  assert.deepEqual(
    issues.map(({ code, severity }) => `${severity} ${code}`),
    new Array(guessed).fill('warning STAGE_OPERATOR_GUESSED'),
  );
  assert.ok(plan);
  const input = [
    wind(1000, 10),
    wind(2000, 60),
    wind(500, 20),
    wind(3000, 1, 'power'),
    wind(3000, 13),
    wind(60_000, 0),
  ];
  const previews = await runPreview({
    plan,
    values: input.map((record) => ({ value: Buffer.from(JSON.stringify(record)), timestamp: 0 })),
    clock: { now: () => 0 },
  });
  const of = (name: string) => {
    const preview = previews.find(({ instanceName }) => instanceName === name);
    assert.ok(preview, name);
    return preview;
  };
  const seen = (records: readonly JsonValue[], ...fields: string[]) =>
    records.map((record) => fields.map((field) => (record as JsonObject)[field]));
  assert.deepEqual(
    of('PointSelector_01').dropped.map(({ reason }) => reason),
    ['not-selected'],
  );
  assert.deepEqual(seen(of('LatePointTagger_01').output, 'time', 'dq'), [
    [1000, 0],
    [2000, 9],
    [500, 5],
    [3000, 0],
    [60_000, 0],
  ]);
  assert.deepEqual(
    of('LastRecordAppender_01').dropped.map(({ reason }) => reason),
    ['quality-filter', 'quality-filter'],
  );
  assert.deepEqual(seen(of('EDHKafkaProducer_01').input, 'pointId', 'value', 'change'), [
    ['wind_last', 10, null],
    ['wind_last', 13, 3],
    ['wind_last', 0, -13],
  ]);
  assert.deepEqual(seen(of('Discard_01').input, 'pointId', 'time', 'value'), [['wind_1m', 0, 60]]);
});

test('every problem of every stage is reported at once, with pointers into the document', () => {
  const broken = pipeline.map((sketch) =>
    sketch.name === 'x1'
      ? { ...sketch, config: points('turbine', 'turbine::wind', { minMax: '50,0' }) }
      : sketch.name === 'EDHKafkaConsumerUser_01'
        ? { ...sketch, config: { 'kafkaConfigBean.topic': 'MEASURE_POINT_INTERNAL_o2' } }
        : sketch.name === 'JavaScript_01'
          ? { ...sketch, config: {} }
          : sketch,
  );
  const { plan, issues } = compile(broken);
  assert.equal(plan, undefined);
  assert.deepEqual(
    issues.filter(({ severity }) => severity === 'error').map(({ path }) => path),
    [
      '/pipelineConfig/stages/0/configuration/0/value',
      '/pipelineConfig/stages/2/configuration/0/value/0/inputPoint',
      '/pipelineConfig/stages/2/configuration/0/value/0/minMax',
      '/pipelineConfig/stages/5/configuration',
    ],
  );
});
