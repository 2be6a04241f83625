import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compilePlan, lineageOf } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { testPipeline } from '@penstock/testkit/operator';
import { operators } from '../generated/operators.ts';
import { templates } from '../generated/templates.ts';
import { createRegistry } from '../registry.ts';
import { textsOfForm } from '../titles/in-language.ts';
import { compileTemplate } from './compile-template.ts';
import { describeTemplate } from './describe-template.ts';

const registry = createRegistry(operators);
const facts = testPipeline;

/** Issues of a form as `code path`. */
const issuesOf = (templateType: number, form: object): string[] =>
  compileTemplate(templates, templateType, form as JsonObject).issues.map(({ code, path }) => `${code} ${path}`);

/** The stages that a form stands for, with their options. */
const stagesOf = (templateType: number, form: object, timeZone?: string) => {
  const { document, issues } = compileTemplate(
    templates,
    templateType,
    form as JsonObject,
    timeZone === undefined ? {} : { timeZone },
  );
  assert.deepEqual(issues, []);
  assert.ok(document);
  const compiled = compilePlan(document, { registry, facts });
  assert.deepEqual(compiled.issues, []);
  assert.equal(compiled.plan?.parts.length, 1);
  const { stages } = document.pipelineConfig as {
    stages: { instanceName: string; configuration: { name: string; value: unknown }[] }[];
  };
  return {
    names: stages.map(({ instanceName }) => instanceName),
    options: (name: string) =>
      Object.fromEntries(
        (stages.find(({ instanceName }) => instanceName === name)?.configuration ?? []).map((row) => [
          row.name,
          row.value,
        ]),
      ),
    lineage: lineageOf(document, { registry, facts }),
  };
};

/** The vendor's own body (contract A.7), without what stands beside the form. */
const SAMPLE = {
  piDetail: false,
  points: [
    {
      inputPointId: 'test_raw',
      outputPointId: 'test_5min',
      detailOutputPointId: 'test_5min',
      minValue: '0',
      maxValue: '',
      maxValueInclude: false,
      minValueInclude: false,
      piDetailWindowSize: '5m',
      exceptionPolicy: '1',
    },
  ],
};

const merging = (fields: object) => ({
  outputPointId: 'm::out',
  triggerPointId: 'm::a',
  outputLogic: '${m::a} * 2',
  ...fields,
});
const policy = (fields: object = {}) => ({ inputPointId: 'm::in', outputPointId: 'm::out', ...fields });

test("the vendor's sample stands for stages that compile, on points of any model", () => {
  const { names, options, lineage } = stagesOf(5, SAMPLE);
  assert.deepEqual(names, ['EDHKafkaConsumer_01', 'PointSelector_01', 'EnergyIntegrator_01', 'EDHKafkaProducer_01']);
  assert.deepEqual(options('EnergyIntegrator_01'), {
    method: 'INSTANT_POWER',
    timeZone: 'UTC',
    inputOutput: [
      { inputPoint: '*::test_raw', outputPoint: '*::test_5min', threshold: '(0,)', interpolation: 'IGNORE' },
    ],
  });
  assert.deepEqual(lineage, { inputs: ['*::test_raw'], outputs: ['*::test_5min'] });
});

test('every energy template has its method, its limits and its detailed output', () => {
  const detail = { piDetail: true, modelId: 'turbine' };
  const points = {
    inputPointId: 'in',
    outputPointId: 'day',
    detailOutputPointId: 'quarter',
    piDetailWindowSize: '15m',
  };
  const named = {
    inputPoint: 'turbine::in',
    outputPoint: 'turbine::day',
    detailOutputPoint: 'turbine::quarter',
    detailInterval: '15m',
  };
  const power = { minValue: 0, maxValue: 12, maxValueInclude: 'true', exceptionPolicy: 2 };
  assert.deepEqual(stagesOf(4, { ...detail, points: [{ ...points, ...power }] }).options('EnergyIntegrator_01'), {
    method: 'AVERAGE_POWER',
    timeZone: 'UTC',
    inputOutput: [{ ...named, threshold: '(0,12]', interpolation: 'LAST_VALUE' }],
  });
  const fixed = { minValue: '0', maxValue: '100', scale: '0.5' };
  const attributes = { slopeType: '0', slopeAttribute: 'capacity', scaleType: 0, scaleAttribute: 'turbine::ratio' };
  assert.deepEqual(
    stagesOf(3, {
      points: [policy(fixed), { ...policy(attributes), modelId: 'turbine', inputPointId: 'a', outputPointId: 'b' }],
    }).options('EnergyIntegrator_01').inputOutput,
    [
      {
        inputPoint: 'm::in',
        outputPoint: 'm::out',
        slopeType: '1',
        minMaxSlope: '[0,100]',
        scaleType: '1',
        scale: '0.5',
      },
      {
        inputPoint: 'turbine::a',
        outputPoint: 'turbine::b',
        slopeType: '0',
        minMaxSlope: 'turbine::capacity',
        scaleType: '0',
        scale: 'turbine::ratio',
      },
    ],
  );
});

test("days are those of the form's time zone, else the organisation's, else UTC", () => {
  const zoneOf = (form: object, organisation?: string) =>
    stagesOf(3, { points: [policy()], ...form }, organisation).options('EnergyIntegrator_01').timeZone;
  assert.equal(zoneOf({}), 'UTC');
  assert.equal(zoneOf({}, 'Asia/Shanghai'), 'Asia/Shanghai');
  assert.equal(zoneOf({ timeZone: 'Europe/Berlin' }, 'Asia/Shanghai'), 'Europe/Berlin');
  assert.deepEqual(issuesOf(3, { timeZone: 'Mars/Olympus', points: [policy()] }), [
    'TEMPLATE_FIELD_NOT_VALID /timeZone',
  ]);
});

test('a window template selects by threshold, and has windows with their latency', () => {
  const { names, options } = stagesOf(0, {
    latency: '5 minutes',
    points: [
      policy({ minValue: '0', minValueInclude: true, maxValue: '10', aggregator: 'cnt', windowSize: '90s' }),
      policy({ inputPointId: 'm::other', outputPointId: 'm::other_1d', windowSize: '24h', aggregator: 'sum' }),
    ],
  });
  assert.deepEqual(names, [
    'EDHKafkaConsumer_01',
    'ThresholdSelector_01',
    'FixedTimeWindowAggregator_01',
    'EDHKafkaProducer_01',
  ]);
  assert.deepEqual(options('ThresholdSelector_01'), {
    inputOutput: [
      { inputPoint: 'm::in', threshold: '[0,10)' },
      { inputPoint: 'm::other', threshold: '(,)' },
    ],
    rawDataOnly: true,
  });
  assert.deepEqual(options('FixedTimeWindowAggregator_01'), {
    latency: 5,
    onTimeTrigger: true,
    inputOutput: [
      { inputPoint: 'm::in', outputPoint: 'm::out', aggregator: 'cnt', windowSize: 90, windowUnit: 'SECOND' },
      { inputPoint: 'm::other', outputPoint: 'm::other_1d', aggregator: 'sum', windowSize: 1, windowUnit: 'DAY' },
    ],
  });
  const plain = stagesOf(0, { points: [policy()] }).options('FixedTimeWindowAggregator_01');
  assert.deepEqual([plain.latency, plain.onTimeTrigger], [0, false]);
});

test('policies of one point with different thresholds have a branch each', () => {
  const { names, options } = stagesOf(0, {
    points: [
      policy({ outputPointId: 'm::a', maxValue: '10' }),
      policy({ outputPointId: 'm::b', maxValue: '20' }),
      policy({ outputPointId: 'm::c', maxValue: '10' }),
    ],
  });
  assert.deepEqual(names.slice(1, -1), [
    'ThresholdSelector_01',
    'FixedTimeWindowAggregator_01',
    'ThresholdSelector_02',
    'FixedTimeWindowAggregator_02',
  ]);
  const outputs = (name: string) =>
    (options(name).inputOutput as { outputPoint: string }[]).map((row) => row.outputPoint);
  assert.deepEqual(
    [outputs('FixedTimeWindowAggregator_01'), outputs('FixedTimeWindowAggregator_02')],
    [['m::a', 'm::c'], ['m::b']],
  );
});

test('a merging template has its policies calculated by a point or by the clock', () => {
  const logic = 'if(${m::a} > ${m::limit}) { ${m::b} } else { 0 }';
  const points = [merging({ triggerPointId: 'm::a', outputLogic: logic, attributes: 'limit' })];
  const byPoint = stagesOf(2, { points });
  assert.deepEqual(byPoint.options('MultiPointCalculator_01'), {
    triggerMode: 'POINT',
    inputOutput: [
      { outputPoint: 'm::out', triggerPoint: 'm::a', outputLogic: logic, attributes: 'limit', outputType: 'AUTO' },
    ],
  });
  assert.deepEqual(byPoint.lineage, { inputs: ['m::a', 'm::b'], outputs: ['m::out'] });
  const byClock = stagesOf(2, { triggerMode: 'FREQUENCY', triggerFrequency: '5m', points });
  assert.equal(byClock.options('MultiPointCalculator_01').triggerFrequency, '5m');
});

test('what is wrong with a form is told at its place', () => {
  const wrong: readonly (readonly [templateType: number, form: object, issues: readonly string[]])[] = [
    [3, {}, ['TEMPLATE_FIELD_NOT_VALID ']],
    [3, { points: [] }, ['TEMPLATE_FIELD_NOT_VALID /points']],
    [
      3,
      { points: [{ minValue: '0' }] },
      ['TEMPLATE_FIELD_NOT_VALID /points/0/inputPointId', 'TEMPLATE_FIELD_NOT_VALID /points/0/outputPointId'],
    ],
    [3, { points: [policy({ minValue: '-1' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/maxValue']],
    [3, { points: [policy({ minValue: '5', maxValue: '5' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/maxValue']],
    [3, { points: [policy({ scale: '0' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/scale']],
    [3, { points: [policy({ scaleType: '0' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/scaleAttribute']],
    [
      3,
      { points: [policy({ scaleType: '0', scaleAttribute: 'n::ratio' })] },
      ['TEMPLATE_MODELS_DIFFER /points/0/scaleAttribute'],
    ],
    [4, { points: [policy({ minValue: 'x' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/minValue']],
    [4, { points: [policy({ minValue: '5', maxValue: '1' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/maxValue']],
    [4, { points: [policy({ exceptionPolicy: '7' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/exceptionPolicy']],
    [5, { points: [policy({ outputPointId: 'n::out' })] }, ['TEMPLATE_MODELS_DIFFER /points/0/outputPointId']],
    [5, { points: [policy({ outputPointId: 'm::in' })] }, ['TEMPLATE_POINTS_EQUAL /points/0/outputPointId']],
    [5, { piDetail: true, points: [policy()] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/detailOutputPointId']],
    [
      5,
      { piDetail: true, points: [policy({ detailOutputPointId: 'm::out' })] },
      ['TEMPLATE_POINTS_EQUAL /points/0/detailOutputPointId'],
    ],
    [
      5,
      { piDetail: true, points: [policy({ detailOutputPointId: 'm::d', piDetailWindowSize: '2d' })] },
      ['TEMPLATE_FIELD_NOT_VALID /points/0/piDetailWindowSize'],
    ],
    [5, { points: [policy({ inputPointId: '::x' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/inputPointId']],
    [
      5,
      { points: [policy(), policy({ inputPointId: 'm::other' })] },
      ['TEMPLATE_OUTPUT_TWICE /points/1/outputPointId'],
    ],
    [
      5,
      { points: [policy(), policy({ inputPointId: 'm::out', outputPointId: 'm::in' })] },
      ['TEMPLATE_POINTS_IN_CIRCLE /points/0/outputPointId', 'TEMPLATE_POINTS_IN_CIRCLE /points/1/outputPointId'],
    ],
    [0, { latency: '90 seconds', points: [policy()] }, ['TEMPLATE_FIELD_NOT_VALID /latency']],
    [0, { latency: '2 hours', points: [policy()] }, ['TEMPLATE_FIELD_NOT_VALID /latency']],
    [0, { points: [policy({ windowSize: '1 week' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/windowSize']],
    [0, { points: [policy({ aggregator: 'delta' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/aggregator']],
    [0, { points: [policy({ exceptionPolicy: '2' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/exceptionPolicy']],
    [
      0,
      {
        latency: '1m',
        points: [policy(), policy({ inputPointId: 'm::out', outputPointId: 'm::c', windowSize: '1h' })],
      },
      ['TEMPLATE_WINDOWS_DIFFER /points/1/windowSize'],
    ],
    [0, { points: [policy()], latncy: '0 second' }, ['TEMPLATE_FIELD_UNKNOWN /latncy']],
    [2, { points: [merging({ outputLogic: '${m::a} +' })] }, ['TEMPLATE_EXPRESSION_NOT_VALID /points/0/outputLogic']],
    [2, { points: [merging({ outputLogic: '${n::a}' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/outputLogic']],
    [2, { points: [merging({ triggerPointId: '' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/triggerPointId']],
    [2, { points: [merging({ triggerPointId: 'm::out' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/triggerPointId']],
    [2, { points: [merging({ attributes: 'none' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/attributes']],
    [2, { points: [merging({ outputLogic: '${m::out}' })] }, ['TEMPLATE_FIELD_NOT_VALID /points/0/outputPointId']],
    [
      2,
      { triggerMode: 'FREQUENCY', points: [merging({ outputLogic: '1' })] },
      ['TEMPLATE_FIELD_NOT_VALID /points/0/outputLogic'],
    ],
    [9, {}, ['TEMPLATE_UNKNOWN ']],
  ];
  for (const [templateType, form, issues] of wrong)
    assert.deepEqual(issuesOf(templateType, form), issues, JSON.stringify([templateType, form]));
  for (const { message } of wrong.flatMap(
    ([type, form]) => compileTemplate(templates, type, form as JsonObject).issues,
  ))
    assert.match(message, /\S.*[.?]$/s);
});

test('no form is an exception, whatever it holds', () => {
  for (const value of [null, 7, 'text', true, [], {}, [7], [{}], [[]], [null], { a: 1 }, 'x'.repeat(5000)])
    for (const template of templates)
      for (const name of [...Object.keys(template.form.properties), 'unknown'])
        compileTemplate(templates, template.templateType, { points: [policy()], [name]: value } as JsonObject);
});

test('an issue of a stage is told at the policy that it comes from', () => {
  const { placed } = compileTemplate(templates, 3, { points: [policy(), policy({ outputPointId: 'm::b' })] } as never);
  const issue = { code: 'X', severity: 'error' as const, stage: 'EnergyIntegrator_01', message: 'Wrong.' };
  assert.deepEqual(placed({ ...issue, path: '/pipelineConfig/stages/2/configuration/2/value/1/scale' }), {
    code: 'X',
    severity: 'error',
    path: '/points/1',
    message: 'In the stage "EnergyIntegrator_01" of what the template stands for: Wrong.',
  });
  assert.equal(placed({ ...issue, path: '/pipelineConfig/stages/2/stageName' }).path, '');
});

test('forms are described in every language, and nothing in them is left unsaid', () => {
  for (const template of templates) {
    const [english, chinese] = (['en', 'zh'] as const).map((language) => describeTemplate(template, language));
    assert.ok(english && chinese);
    assert.notEqual(chinese.label, english.label);
    const said = textsOfForm(chinese.form);
    assert.deepEqual(
      [...textsOfForm(english.form)].filter((text) => said.has(text)),
      [],
      template.id,
    );
    const { points } = (english.form as { properties: { points: { items: { properties: object } } } }).properties;
    for (const [name, field] of [
      ...Object.entries(template.form.properties),
      ...Object.entries(points.items.properties),
    ])
      assert.match((field as { description?: string }).description ?? '', /\S.*\.$/s, `${template.id} ${name}`);
  }
});

test('template types and folders are unique', () => {
  assert.equal(new Set(templates.map(({ templateType }) => templateType)).size, templates.length);
  assert.equal(new Set(templates.map(({ id }) => id)).size, templates.length);
});
