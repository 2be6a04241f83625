import Type from 'typebox';
import type { Method } from '../../library/energy-integrator/config.ts';
import { tableField } from '../../shared/config/fields.ts';
import { checkThreshold, exceptionPolicyField, thresholdFields, thresholdText } from '../forms/limits.ts';
import { defineTemplate, type TemplateDefinition } from '../template.ts';
import { checkEnergyForm, energyFormFields, inputFields, outputFields } from './energy-form.ts';
import { energyPlan, energyPoints } from './energy-plan.ts';

const form = Type.Object({
  ...energyFormFields,
  points: tableField(
    {
      ...inputFields('The power; numeric.'),
      ...thresholdFields,
      exceptionPolicy: exceptionPolicyField,
      ...outputFields,
    },
    { title: 'Data Processing', description: 'The policies: which power is integrated to which energy.' },
  ),
});

/** The two templates that integrate power differ in what they are called and in one word of the operator. */
export const definePowerTemplate = (
  method: Exclude<Method, 'METER_READING'>,
  about: Pick<TemplateDefinition<typeof form>, 'id' | 'templateType' | 'label' | 'summary' | 'zh'>,
): TemplateDefinition<typeof form> =>
  defineTemplate({
    ...about,
    form,
    check: (values) => checkEnergyForm(values, checkThreshold),
    points: energyPoints,
    compile: (values, facts) =>
      energyPlan(method, values, facts, (policy) => ({
        threshold: thresholdText(policy),
        interpolation: policy.exceptionPolicy === '2' ? 'LAST_VALUE' : 'IGNORE',
      })),
  });
