import { nameOfReference, onCircles, type PointReference } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import { textField } from '../../shared/config/fields.ts';
import { ANY_MODEL, parsePointReference } from '../../shared/points/point-reference.ts';
import { formIssue } from './form-issue.ts';

/** Points of policies, in the names of the vendor's sample (contract A.7): ids without a model, or `modelId::pointId`. */

/** Of the form, and of each policy where it is of another model. */
export const modelField = (description: string) =>
  textField({ title: 'Model', description, default: '', maxLength: 200 });

export const policyModelField = modelField(
  'Model of the points of this policy. Empty: that of the form; where that is empty too, the points are those of any model.',
);

export const formModelField = modelField('Model of the points, where policies do not say otherwise.');

export const pointField = (title: string, description: string, isOptional = false) =>
  textField({
    title,
    description: `${description} A point id, or \`modelId::pointId\`.`,
    maxLength: 400,
    control: 'point',
    ...(isOptional ? { default: '' } : { minLength: 1 }),
  });

export interface Modelled {
  readonly modelId: string;
}

/** The point that a text means in a policy; undefined where it is none. */
export const pointOf = (text: string, policy: Modelled, form: Modelled): PointReference | undefined => {
  const name = text.trim();
  if (name === '') return undefined;
  if (name.includes('::')) return parsePointReference(name);
  const modelId = policy.modelId.trim() || form.modelId.trim() || ANY_MODEL;
  return modelId.includes('/') ? undefined : { modelId, pointId: name };
};

/** The same of a form that has been checked. */
export const checkedPoint = (text: string, policy: Modelled, form: Modelled): PointReference => {
  const point = pointOf(text, policy, form);
  if (point === undefined) throw new Error(`The point "${text}" should not have passed validation`);
  return point;
};

/** A point of a policy with where it stands. */
export interface NamedPoint {
  readonly path: string;
  readonly text: string;
}

/** What a policy reads and puts out. */
export interface PolicyPoints {
  readonly policy: Modelled;
  readonly inputs: readonly NamedPoint[];
  readonly outputs: readonly NamedPoint[];
}

/**
 * What is wrong with the points of policies: each must be one, those of a policy different and of one model, and none
 * may be made of itself by way of others. Points that several policies put out are told.
 */
export const checkPolicyPoints = (policies: readonly PolicyPoints[], form: Modelled): Issue[] => {
  const issues: Issue[] = [];
  const madeOf = new Map<string, Set<string>>();
  const putOutBy = new Map<string, NamedPoint[]>();
  for (const { policy, inputs, outputs } of policies) {
    const known = [...inputs, ...outputs].flatMap((named) => {
      const point = pointOf(named.text, policy, form);
      if (point === undefined) issues.push(formIssue(named.path, noPoint(named.text)));
      return point === undefined ? [] : [{ ...named, point }];
    });
    issues.push(...differing(known));
    for (const { path, point } of known.filter((named) => outputs.some((output) => output.path === named.path))) {
      const name = nameOfReference(point);
      putOutBy.set(name, [...(putOutBy.get(name) ?? []), { path, text: name }]);
      const sources = madeOf.get(name) ?? new Set<string>();
      madeOf.set(name, sources);
      for (const source of known)
        if (!outputs.some((output) => output.path === source.path)) sources.add(nameOfReference(source.point));
    }
  }
  if (issues.length > 0) return issues;
  const circling = onCircles(madeOf);
  for (const [name, places] of putOutBy)
    for (const [index, { path }] of places.entries()) {
      if (circling.has(name))
        issues.push(
          formIssue(
            path,
            `"${name}" is made of itself, by way of the other policies. Put out another point.`,
            'TEMPLATE_POINTS_IN_CIRCLE',
          ),
        );
      else if (index > 0)
        issues.push(
          formIssue(
            path,
            `Another policy puts out "${name}" as well: the records of both will be mixed.`,
            'TEMPLATE_OUTPUT_TWICE',
            'warning',
          ),
        );
    }
  return issues;
};

const noPoint = (text: string): string =>
  `"${text}" is no point. Write a point's id, or the model's id, two colons and the point's id: turbine::power.`;

const differing = (points: readonly (NamedPoint & { readonly point: PointReference })[]): Issue[] => {
  const [first, ...others] = points;
  if (first === undefined) return [];
  const seen = new Set([first.point.pointId]);
  return others.flatMap(({ path, point }) => {
    if (point.modelId !== first.point.modelId)
      return [
        formIssue(
          path,
          `"${nameOfReference(point)}" is of another model than "${nameOfReference(first.point)}". The points of a policy belong to one model.`,
          'TEMPLATE_MODELS_DIFFER',
        ),
      ];
    const isTaken = seen.has(point.pointId);
    seen.add(point.pointId);
    return isTaken
      ? [
          formIssue(
            path,
            `"${nameOfReference(point)}" stands in this policy twice. Its points must all be different ones.`,
            'TEMPLATE_POINTS_EQUAL',
          ),
        ]
      : [];
  });
};
