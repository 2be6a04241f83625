import { compileMerging, nameOfReference } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { attributesOf, checkCalculatedRow } from '../../../library/multi-point-calculator/calculated-row.ts';
import { multiPointCalculator } from '../../../library/multi-point-calculator/operator.ts';
import { choiceField, tableField, textField } from '../../../shared/config/fields.ts';
import { frequencyField } from '../../../shared/generate/frequency.ts';
import { formIssue } from '../../forms/form-issue.ts';
import {
  checkedPoint,
  checkPolicyPoints,
  formModelField,
  pointField,
  pointOf,
  policyModelField,
} from '../../forms/policy-points.ts';
import { defineTemplate, SOURCE, type TemplatePlan, type TemplatePoint } from '../../template.ts';

const form = Type.Object({
  triggerMode: choiceField(
    { POINT: 'By Point', FREQUENCY: 'By Fixed Frequency' },
    {
      title: 'Trigger Mode',
      description:
        'By point: a record of the triggering point has its policy calculated. By fixed frequency: the clock has all policies calculated for every asset.',
      default: 'POINT',
      group: 'Strategy',
    },
  ),
  triggerFrequency: frequencyField({ group: 'Strategy', dependsOn: { field: 'triggerMode', values: ['FREQUENCY'] } }),
  timingInterpolation: choiceField(
    { LAST_VALUE: 'LastValue' },
    {
      title: 'Timing Interpolation',
      description: 'Points without a value at the moment of the trigger count with the one before.',
      default: 'LAST_VALUE',
      group: 'Strategy',
    },
  ),
  modelId: formModelField,
  points: tableField(
    {
      modelId: policyModelField,
      outputPointId: pointField('Output Point', 'Under which the result goes on.'),
      triggerPointId: pointField('Triggering Point', 'By point: whose records trigger the policy.', true),
      outputLogic: textField({
        title: 'Output Logic',
        description:
          'What the output is: an expression over points and attributes of the model, such as `if(${turbine::wind_speed} > 50) { ${turbine::power}+10 } else { ${turbine::power}-10 }`.',
        minLength: 1,
        maxLength: 16_000,
        control: 'code',
      }),
      attributes: textField({
        title: 'Attributes',
        description: 'Which names in the expression are attributes, separated by commas; all others are points.',
        default: '',
        maxLength: 4000,
      }),
      outputType: choiceField(
        { AUTO: 'As it comes', int: 'int', float: 'float', double: 'double', string: 'string', bool: 'bool' },
        {
          title: 'Output Type',
          description: 'Of the output point; any other type of point is a string.',
          default: 'AUTO',
        },
      ),
    },
    { title: 'Data Processing', description: 'The policies: what is calculated to which point.' },
  ),
});
type Form = Static<typeof form>;
type Policy = Form['points'][number];

/** The options of the operator under which the findings of a row stand, as fields of the form. */
const FIELDS: Readonly<Record<string, string>> = {
  outputPoint: 'outputPointId',
  triggerPoint: 'triggerPointId',
};

const nameIn = (text: string, policy: Policy, values: Form): string => {
  const point = pointOf(text, policy, values);
  return point === undefined ? '' : nameOfReference(point);
};

const rowOf = (values: Form, policy: Policy) => ({
  outputPoint: nameIn(policy.outputPointId, policy, values),
  triggerPoint: values.triggerMode === 'POINT' ? nameIn(policy.triggerPointId, policy, values) : '',
  outputLogic: policy.outputLogic,
  attributes: policy.attributes,
  outputType: policy.outputType,
});

const checkPolicy = (values: Form, policy: Policy, index: number): Issue[] =>
  checkCalculatedRow(rowOf(values, policy), index, values.triggerMode).map(({ path, message, at }) => {
    const field = path.split('/').at(-1) ?? '';
    const code = field === 'outputLogic' && at !== undefined ? 'TEMPLATE_EXPRESSION_NOT_VALID' : undefined;
    const issue = formIssue(`/points/${index}/${FIELDS[field] ?? field}`, message, code);
    return at === undefined ? issue : { ...issue, at };
  });

/** The points that an expression reads, with where they stand. */
const readPoints = (policy: Policy, index: number) => {
  const compiled = compileMerging(policy.outputLogic);
  const attributes = attributesOf(policy);
  return (compiled.ok ? compiled.variables : [])
    .filter(({ id }) => !attributes.has(id))
    .map(({ modelId, id }) => ({ path: `/points/${index}/outputLogic`, text: `${modelId}::${id}` }));
};

export const multiPointMerging = defineTemplate({
  id: 'multi-point-merging',
  templateType: 2,
  label: 'Multi-Point Merging',
  summary: 'Calculates a point of a device from several others by an expression.',
  form,
  zh: {
    label: '多测点合并',
    summary: '按表达式由设备的多个测点计算一个测点。',
    keywords: ['合并', '表达式'],
    texts: {
      'Trigger Mode': '触发模式',
      'By Point': '按测点',
      'By Fixed Frequency': '按固定频率',
      'Trigger Frequency': '触发频率',
      'Timing Interpolation': '时间插值',
      'Output Point': '输出测点',
      'Triggering Point': '触发测点',
      'Output Logic': '输出逻辑',
      Attributes: '属性列表',
      'Output Type': '输出类型',
      'As it comes': '按结果原样',
    },
  },
  check: (values) => {
    const issues = values.points.flatMap((policy, index) => checkPolicy(values, policy, index));
    if (issues.length > 0) return issues;
    return checkPolicyPoints(
      values.points.map((policy, index) => ({
        policy,
        inputs: readPoints(policy, index),
        outputs: [{ path: `/points/${index}/outputPointId`, text: policy.outputPointId }],
      })),
      values,
    );
  },
  points: (values): TemplatePoint[] =>
    values.points.map((policy, index) => ({
      path: `/points/${index}/outputPointId`,
      point: checkedPoint(policy.outputPointId, policy, values),
      wanted: 'any',
    })),
  compile: (values): TemplatePlan => ({
    stages: [
      {
        name: 'MultiPointCalculator_01',
        operator: multiPointCalculator,
        from: [SOURCE],
        policies: values.points.map((_, index) => index),
        config: {
          triggerMode: values.triggerMode,
          ...(values.triggerMode === 'FREQUENCY' ? { triggerFrequency: values.triggerFrequency } : {}),
          inputOutput: values.points.map((policy) => rowOf(values, policy)),
        },
      },
    ],
    outputs: ['MultiPointCalculator_01'],
  }),
});
