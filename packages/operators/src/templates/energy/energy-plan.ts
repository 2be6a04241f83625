import { nameOfReference } from '@penstock/engine';
import type { JsonValue } from '@penstock/model';
import type { Method } from '../../library/energy-integrator/config.ts';
import { energyIntegrator } from '../../library/energy-integrator/operator.ts';
import { pointSelector } from '../../library/point-selector/operator.ts';
import { checkedPoint } from '../forms/policy-points.ts';
import { timeZoneOf } from '../forms/time-zone.ts';
import { SOURCE, type TemplateFacts, type TemplatePlan, type TemplatePoint } from '../template.ts';
import { type EnergyForm, type EnergyPolicy, outputsOf } from './energy-form.ts';

/** The stages of an energy template; `termsOf`: the options of a policy beside its points. */
export const energyPlan = <P extends EnergyPolicy>(
  method: Method,
  form: EnergyForm<P>,
  facts: TemplateFacts,
  termsOf: (policy: P) => Readonly<Record<string, JsonValue>>,
): TemplatePlan => {
  const rows = form.points.map((policy) => ({
    inputPoint: nameOfReference(checkedPoint(policy.inputPointId, policy, form)),
    outputPoint: nameOfReference(checkedPoint(policy.outputPointId, policy, form)),
    ...(form.piDetail
      ? {
          detailOutputPoint: nameOfReference(checkedPoint(policy.detailOutputPointId, policy, form)),
          detailInterval: policy.piDetailWindowSize,
        }
      : {}),
    ...termsOf(policy),
  }));
  const inputs = [...new Set(rows.map(({ inputPoint }) => inputPoint))];
  return {
    stages: [
      {
        name: 'PointSelector_01',
        operator: pointSelector,
        from: [SOURCE],
        config: { inputOutput: inputs.map((inputPoint) => ({ inputPoint })) },
      },
      {
        name: 'EnergyIntegrator_01',
        operator: energyIntegrator,
        from: ['PointSelector_01'],
        policies: rows.map((_, index) => index),
        config: { method, timeZone: timeZoneOf(form, facts), inputOutput: rows },
      },
    ],
    outputs: ['EnergyIntegrator_01'],
  };
};

/** Inputs are numeric, outputs of PI type. */
export const energyPoints = (form: EnergyForm): TemplatePoint[] =>
  form.points.flatMap((policy, index) => [
    {
      path: `/points/${index}/inputPointId`,
      point: checkedPoint(policy.inputPointId, policy, form),
      wanted: 'numeric' as const,
    },
    ...outputsOf(form).map((field) => ({
      path: `/points/${index}/${field}`,
      point: checkedPoint(policy[field], policy, form),
      wanted: 'PI' as const,
    })),
  ]);
