import { nameOfReference } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { parseAttribute, parseScale, parseSlopes } from '../../../library/cumulant-decomposer/limits.ts';
import { choiceField, tableField, textField } from '../../../shared/config/fields.ts';
import {
  checkEnergyForm,
  type EnergyForm,
  energyFormFields,
  inputFields,
  outputFields,
} from '../../energy/energy-form.ts';
import { energyPlan, energyPoints } from '../../energy/energy-plan.ts';
import { formIssue } from '../../forms/form-issue.ts';
import { type Modelled, pointOf } from '../../forms/policy-points.ts';
import { defineTemplate } from '../../template.ts';

const HOW = { '1': 'Fixed', '0': 'Model attribute' } as const;
/** Where the greatest slope is left empty: the greatest number there is. */
const NO_LIMIT = String(Number.MAX_VALUE);

const form = Type.Object({
  ...energyFormFields,
  points: tableField(
    {
      ...inputFields('The meter reading; numeric.'),
      slopeType: choiceField(HOW, {
        title: 'Slope Threshold Type',
        description: 'Whether the limits of the slope are numbers (1) or an attribute of the asset (0).',
        default: '1',
      }),
      minValue: textField({
        title: 'Least Slope',
        description: 'Least growth in an hour that counts, in the unit of the reading; 0 or more.',
        default: '0',
        maxLength: 60,
        unit: 'per hour',
        dependsOn: { field: 'slopeType', values: ['1'] },
      }),
      maxValue: textField({
        title: 'Greatest Slope',
        description: 'Greatest growth in an hour that counts; empty: no limit.',
        default: '',
        maxLength: 60,
        unit: 'per hour',
        dependsOn: { field: 'slopeType', values: ['1'] },
      }),
      slopeAttribute: textField({
        title: 'Attribute of the Greatest Slope',
        description: 'An attribute id, or `modelId::attributeId`. The least slope is 0 then.',
        default: '',
        maxLength: 400,
        dependsOn: { field: 'slopeType', values: ['0'] },
      }),
      scaleType: choiceField(HOW, {
        title: 'Scale Type',
        description: 'Whether the scale is a number (1) or an attribute of the asset (0).',
        default: '1',
      }),
      scale: textField({
        title: 'Scale',
        description: 'What the sum is multiplied by: a number greater than 0.',
        default: '1',
        maxLength: 60,
        dependsOn: { field: 'scaleType', values: ['1'] },
      }),
      scaleAttribute: textField({
        title: 'Attribute of the Scale',
        description: 'An attribute id, or `modelId::attributeId`.',
        default: '',
        maxLength: 400,
        dependsOn: { field: 'scaleType', values: ['0'] },
      }),
      ...outputFields,
    },
    { title: 'Data Processing', description: 'The policies: which reading is added up to which energy.' },
  ),
});
type Form = Static<typeof form>;
type Policy = Form['points'][number];

const slopesOf = ({ minValue, maxValue }: Policy): string =>
  `[${minValue.trim() || '0'},${maxValue.trim() || NO_LIMIT}]`;

/** `modelId::attributeId`; an attribute without a model is one of the model of the points. */
const attributeOf = (text: string, policy: Modelled, values: Modelled): string => {
  const attribute = pointOf(text, policy, values);
  return attribute === undefined ? text : nameOfReference(attribute);
};

const checkPolicy = (values: EnergyForm<Policy>, policy: Policy, path: string): Issue[] => {
  const terms = [
    policy.slopeType === '0'
      ? (['slopeAttribute', parseAttribute(attributeOf(policy.slopeAttribute, policy, values))] as const)
      : (['maxValue', slopeProblem(policy)] as const),
    policy.scaleType === '0'
      ? (['scaleAttribute', parseAttribute(attributeOf(policy.scaleAttribute, policy, values))] as const)
      : (['scale', parseScale(policy.scale)] as const),
  ];
  const issues = terms.flatMap(([field, parsed]) =>
    typeof parsed === 'string' ? [formIssue(`${path}/${field}`, parsed)] : [],
  );
  for (const field of ['slope', 'scale'] as const) {
    const attribute = policy[`${field}Type`] === '0' ? pointOf(policy[`${field}Attribute`], policy, values) : undefined;
    const input = pointOf(policy.inputPointId, policy, values);
    if (attribute !== undefined && input !== undefined && attribute.modelId !== input.modelId)
      issues.push(
        formIssue(
          `${path}/${field}Attribute`,
          `"${nameOfReference(attribute)}" is of another model than "${nameOfReference(input)}". Points and attributes of a policy belong to one model.`,
          'TEMPLATE_MODELS_DIFFER',
        ),
      );
  }
  return issues;
};

/** In the words of the form, which has two fields where the operator has one. */
const slopeProblem = (policy: Policy): string | undefined => {
  const parsed = parseSlopes(slopesOf(policy));
  return typeof parsed === 'string' ? parsed.replace(NO_LIMIT, '') : undefined;
};

export const meterReadingEnergy = defineTemplate({
  id: 'meter-reading-energy',
  templateType: 3,
  label: 'Electric Energy Cal by Metering Reading',
  summary: 'Adds up what a meter has counted to the energy of the day.',
  form,
  zh: {
    label: '按电表读数计算电量',
    summary: '由电表读数的差值累计每天的电量。',
    keywords: ['电量', '电表', '读数'],
    texts: {
      'Slope Threshold Type': '斜率阈值类型',
      'Least Slope': '最小斜率',
      'Greatest Slope': '最大斜率',
      'per hour': '每小时',
      'Attribute of the Greatest Slope': '最大斜率属性',
      'Scale Type': '系数类型',
      Scale: '系数',
      'Attribute of the Scale': '系数属性',
      Fixed: '固定值',
      'Model attribute': '模型属性',
    },
  },
  check: (values) => checkEnergyForm(values, (policy, path) => checkPolicy(values, policy, path)),
  points: energyPoints,
  compile: (values, facts) =>
    energyPlan('METER_READING', values, facts, (policy) => ({
      slopeType: policy.slopeType,
      minMaxSlope: policy.slopeType === '0' ? attributeOf(policy.slopeAttribute, policy, values) : slopesOf(policy),
      scaleType: policy.scaleType,
      scale: policy.scaleType === '0' ? attributeOf(policy.scaleAttribute, policy, values) : policy.scale,
    })),
});
