import { nameOfReference } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { fixedTimeWindowAggregator } from '../../../library/fixed-time-window-aggregator/operator.ts';
import { thresholdSelector } from '../../../library/threshold-selector/operator.ts';
import { choiceField, tableField, textField } from '../../../shared/config/fields.ts';
import { parseWindowLength, UNIT_MS } from '../../../shared/windows/window-length.ts';
import { formIssue } from '../../forms/form-issue.ts';
import { checkThreshold, onlyIgnoreField, thresholdFields } from '../../forms/limits.ts';
import {
  checkedPoint,
  checkPolicyPoints,
  formModelField,
  pointField,
  policyModelField,
} from '../../forms/policy-points.ts';
import { defineTemplate, SOURCE, type TemplatePlan } from '../../template.ts';
import { parseLatency } from './latency.ts';
import { separated } from './separate-thresholds.ts';

const form = Type.Object({
  windowType: choiceField(
    { TUMBLING: 'Tumbling Window' },
    {
      title: 'Window Type',
      description: 'Windows follow each other without overlap.',
      default: 'TUMBLING',
      group: 'Strategy',
    },
  ),
  latency: textField({
    title: 'Latency Setting',
    description:
      'How long after its end a window still takes records: `0 second`, or whole minutes up to 60, such as `5 minutes`. With a latency an intermediate result goes out when the window ends, and the final one when the latency is over.',
    default: '0 second',
    maxLength: 20,
    group: 'Strategy',
  }),
  modelId: formModelField,
  points: tableField(
    {
      modelId: policyModelField,
      inputPointId: pointField('Input Point', 'What is aggregated; numeric.'),
      ...thresholdFields,
      exceptionPolicy: onlyIgnoreField,
      aggregator: choiceField(
        { max: 'max', min: 'min', avg: 'avg', sum: 'sum', cnt: 'cnt (count)' },
        { title: 'Aggregation', description: 'What is computed of the values in a window.', default: 'avg' },
      ),
      windowSize: textField({
        title: 'Window Size',
        description:
          'Length of a window: a whole number and `s`, `m`, `h` or `d`, such as `5m`; at most 366 days. Windows are aligned to 1970-01-01T00:00Z.',
        default: '5m',
        minLength: 2,
        maxLength: 20,
      }),
      outputPointId: pointField('Output Point', 'Under which the result goes on; of the type and model of the input.'),
    },
    { title: 'Data Processing', description: 'The policies: what is aggregated to which point.' },
  ),
});
type Form = Static<typeof form>;

const checkPolicy = (policy: Form['points'][number], index: number): Issue[] => {
  const size = parseWindowLength(policy.windowSize);
  return [
    ...checkThreshold(policy, `/points/${index}`),
    ...(typeof size === 'string' ? [formIssue(`/points/${index}/windowSize`, size)] : []),
  ];
};

/** Of windows over windows: intermediate results of the first would be counted in more than one of the second. */
const checkChains = ({ points, latency, ...rest }: Form): Issue[] => {
  if (parseLatency(latency) === 0) return [];
  const sizes = new Map<string, number | string>();
  for (const policy of points)
    sizes.set(nameOfReference(checkedPoint(policy.outputPointId, policy, rest)), parseWindowLength(policy.windowSize));
  return points.flatMap((policy, index) => {
    const before = sizes.get(nameOfReference(checkedPoint(policy.inputPointId, policy, rest)));
    return before === undefined || before === parseWindowLength(policy.windowSize)
      ? []
      : [
          formIssue(
            `/points/${index}/windowSize`,
            'The input point is the output of another policy with windows of another size. With a latency its intermediate results are aggregated too: use the same window size.',
            'TEMPLATE_WINDOWS_DIFFER',
            'warning',
          ),
        ];
  });
};

export const timeWindowAggregation = defineTemplate({
  id: 'time-window-aggregation',
  templateType: 0,
  label: 'Time Window Aggregation',
  summary: 'Aggregates a numeric point of a device over windows of fixed length into another point.',
  form,
  zh: {
    label: '时间窗口聚合',
    summary: '将设备的一个数值测点按固定长度的窗口聚合到另一个测点。',
    keywords: ['窗口', '聚合'],
    texts: {
      'Window Type': '窗口类型',
      'Tumbling Window': '滚动窗口',
      'Latency Setting': '延迟设置',
      Aggregation: '聚合方式',
      'cnt (count)': 'cnt（计数）',
      'Window Size': '窗口长度',
      'Output Point': '输出测点',
    },
  },
  check: (values) => {
    const latency = parseLatency(values.latency);
    const issues = [
      ...(typeof latency === 'string' ? [formIssue('/latency', latency)] : []),
      ...values.points.flatMap(checkPolicy),
      ...checkPolicyPoints(
        values.points.map((policy, index) => ({
          policy,
          inputs: [{ path: `/points/${index}/inputPointId`, text: policy.inputPointId }],
          outputs: [{ path: `/points/${index}/outputPointId`, text: policy.outputPointId }],
        })),
        values,
      ),
    ];
    return issues.some(({ severity }) => severity === 'error') ? issues : [...issues, ...checkChains(values)];
  },
  points: (values) =>
    values.points.flatMap((policy, index) => [
      {
        path: `/points/${index}/inputPointId`,
        point: checkedPoint(policy.inputPointId, policy, values),
        wanted: 'numeric' as const,
      },
      {
        path: `/points/${index}/outputPointId`,
        point: checkedPoint(policy.outputPointId, policy, values),
        wanted: 'numeric' as const,
      },
    ]),
  compile: (values): TemplatePlan => {
    const latency = parseLatency(values.latency);
    if (typeof latency === 'string') throw new Error(`The latency should not have passed validation: ${latency}`);
    const branches = separated(
      values.points.map((policy) => ({ ...policy, input: checkedPoint(policy.inputPointId, policy, values) })),
    );
    const stages = branches.flatMap(({ thresholds, policies }, branch) => {
      const number = String(branch + 1).padStart(2, '0');
      return [
        {
          name: `ThresholdSelector_${number}`,
          operator: thresholdSelector,
          from: [SOURCE],
          config: { inputOutput: thresholds, rawDataOnly: true },
        },
        {
          name: `FixedTimeWindowAggregator_${number}`,
          operator: fixedTimeWindowAggregator,
          from: [`ThresholdSelector_${number}`],
          policies,
          config: {
            latency: latency / UNIT_MS.MINUTE,
            onTimeTrigger: latency > 0,
            inputOutput: policies.map((index) => {
              const policy = values.points[index] as Form['points'][number];
              return {
                inputPoint: nameOfReference(checkedPoint(policy.inputPointId, policy, values)),
                outputPoint: nameOfReference(checkedPoint(policy.outputPointId, policy, values)),
                aggregator: policy.aggregator,
                ...windowTerms(policy.windowSize),
              };
            }),
          },
        },
      ];
    });
    return { stages, outputs: stages.map(({ name }) => name).filter((name) => name.startsWith('Fixed')) };
  },
});

/** In the largest unit that it is a whole number of. */
const windowTerms = (text: string): { windowSize: number; windowUnit: string } => {
  const size = parseWindowLength(text);
  if (typeof size === 'string') throw new Error(`The window should not have passed validation: ${size}`);
  const [unit, ms] = (['DAY', 'HOUR', 'MINUTE', 'SECOND'] as const)
    .map((name) => [name, UNIT_MS[name]] as const)
    .find(([, unitMs]) => size % unitMs === 0) ?? ['SECOND', UNIT_MS.SECOND];
  return { windowSize: size / ms, windowUnit: unit };
};
