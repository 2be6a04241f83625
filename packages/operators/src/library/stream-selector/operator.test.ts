import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePlan, runPreview } from '@penstock/engine';
import type { JsonObject, JsonValue } from '@penstock/model';
import { operators } from '../../generated/operators.ts';
import { createRegistry } from '../../registry.ts';

const registry = createRegistry(operators);
const facts = { pipelineId: 'p', orgId: 'o1', messageChannel: 0 } as const;

type Streams = readonly (readonly [lane: string, predicate: string])[];

/** A plain StreamSets document: a selector whose every lane ends in a Trash named after it. */
const documentOf = (streams: Streams, lanes = streams.map(([lane]) => lane)): JsonObject => ({
  stages: [
    {
      instanceName: 'DevRawDataSource_01',
      library: 'streamsets-datacollector-dev-lib',
      stageName: 'com_streamsets_pipeline_stage_devtest_rawdata_RawDataDSource',
      configuration: [{ name: 'rawData', value: '{"value":1}' }],
      inputLanes: [],
      outputLanes: ['in'],
    },
    {
      instanceName: 'StreamSelector_01',
      library: 'streamsets-datacollector-basic-lib',
      stageName: 'com_streamsets_pipeline_stage_processor_selector_SelectorDProcessor',
      configuration: [
        {
          name: 'lanePredicates',
          value: streams.map(([outputLane, predicate]): JsonObject => ({ outputLane, predicate })),
        },
      ],
      inputLanes: ['in'],
      outputLanes: lanes,
    },
    ...lanes.map((lane) => ({
      instanceName: `Trash_${lane}`,
      library: 'streamsets-datacollector-basic-lib',
      stageName: 'com_streamsets_pipeline_stage_destination_devnull_NullDTarget',
      inputLanes: [lane],
      outputLanes: [],
    })),
  ],
});

const issuesOf = (document: JsonObject): string[] =>
  compilePlan(document, { registry, facts }).issues.map(({ path, message }) => `${path}: ${message}`);

test('an issue of a condition says where in it', () => {
  const condition = "${record:value('/value') >> 1}";
  const document = documentOf([
    ['high', condition],
    ['low', 'default'],
  ]);
  const [issue] = compilePlan(document, { registry, facts }).issues;
  assert.equal(issue?.path, '/stages/1/configuration/0/value/0/predicate');
  const { offset = -1, length = 0 } = issue?.at ?? {};
  assert.equal(condition.slice(offset, offset + length), '>');
});

/** What each Trash got, and the errors of the selector. */
const routed = async (streams: Streams, records: readonly JsonObject[]): Promise<Record<string, JsonValue[]>> => {
  const { plan, issues } = compilePlan(documentOf(streams), { registry, facts });
  assert.ok(plan, JSON.stringify(issues));
  const stages = await runPreview({
    plan,
    values: records.map((record) => ({ value: Buffer.from(JSON.stringify(record)), timestamp: 0 })),
    clock: { now: () => 0 },
  });
  const result: Record<string, JsonValue[]> = {};
  for (const { instanceName, input, errors } of stages) {
    if (instanceName.startsWith('Trash_'))
      result[instanceName.slice(6)] = input.map((record) => (record as JsonObject).value ?? null);
    if (errors.length > 0) result.errors = errors.map(({ code }) => code);
  }
  return result;
};

const value = (condition: string): string => `\${record:value('/value') ${condition}}`;

test('a record goes to every stream whose condition holds, and to the default only if none does', async () => {
  const streams: Streams = [
    ['positive', value('> 0')],
    ['large', value('> 10')],
    ['rest', 'default'],
  ];
  assert.deepEqual(await routed(streams, [{ value: 1 }, { value: 11 }, { value: -1 }, { value: 0 }]), {
    positive: [1, 11],
    large: [11],
    rest: [-1, 0],
  });
});

test('a condition that cannot be evaluated makes an error of the record, which then goes nowhere', async () => {
  const streams: Streams = [
    ['positive', value('> 0')],
    ['even', value('% 2 == 0')],
    ['rest', 'default'],
  ];
  assert.deepEqual(await routed(streams, [{ value: 2 }, { value: 'x' }]), {
    positive: [2],
    even: [2],
    rest: [],
    errors: ['EXPRESSION_FAILED'],
  });
});

test('conditions and lanes that do not fit are named', () => {
  assert.deepEqual(
    issuesOf(
      documentOf([
        ['a', 'default'],
        ['b', value('> 0')],
      ]),
    ),
    [
      '/stages/1/configuration/0/value/0/predicate: "default" can only be the condition of the last row.',
      '/stages/1/configuration/0/value/1/predicate: The condition of the last row must be "default".',
    ],
  );
  assert.deepEqual(
    issuesOf(
      documentOf(
        [
          ['a', value('> 0')],
          ['b', 'default'],
        ],
        ['a', 'c'],
      ),
    ),
    [
      '/stages/1/configuration/0/value/1/outputLane: The stage has no output lane "b".',
      '/stages/1/configuration/0/value: No row says which records go to the output lane "c".',
    ],
  );
});
