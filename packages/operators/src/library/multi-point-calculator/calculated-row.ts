import { compileMerging, ExpressionError, nameOfReference, type PointReference } from '@penstock/engine';
import type { Issue, JsonValue } from '@penstock/model';
import { expressionIssues, optionIssue } from '../../shared/config/option-issue.ts';
import { parsePointReference, pointReferenceOf } from '../../shared/points/point-reference.ts';
import type { Config, ConfigRow } from './config.ts';

/** What an expression gets for one of its variables. */
export type RowVariable =
  | { readonly kind: 'point'; readonly name: string }
  | { readonly kind: 'attribute'; readonly id: string };

/** A row of the table, compiled. */
export interface CalculatedRow {
  readonly modelId: string;
  /** Id of the output point; it is of the same model. */
  readonly outputId: string;
  /** `modelId::pointId`; undefined where the clock triggers. */
  readonly trigger: string | undefined;
  readonly variables: readonly RowVariable[];
  /** Undefined: there is no result. Throws `ExpressionError`. */
  readonly evaluate: (values: readonly (JsonValue | undefined)[]) => JsonValue | undefined;
}

const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** Ids of the attributes of a row: also written `modelId::attributeId`. */
export const attributesOf = ({ attributes }: Pick<ConfigRow, 'attributes'>): ReadonlySet<string> =>
  new Set(namesIn(attributes).map((name) => parsePointReference(name)?.pointId ?? name));

/** The points that a row reads, its triggering point included; empty for an expression that cannot be read. */
export const pointsRead = (row: ConfigRow, mode: Config['triggerMode']): PointReference[] => {
  const compiled = compileMerging(row.outputLogic);
  const attributes = attributesOf(row);
  const variables = compiled.ok ? compiled.variables : [];
  const read = variables.flatMap(({ modelId, id }) => (attributes.has(id) ? [] : [{ modelId, pointId: id }]));
  const trigger = mode === 'POINT' ? parsePointReference(row.triggerPoint) : undefined;
  const all = trigger === undefined ? read : [trigger, ...read];
  return all.filter(
    (point, index) => all.findIndex((other) => nameOfReference(other) === nameOfReference(point)) === index,
  );
};

/** What is wrong with a row beside the spelling of its points. */
export const checkCalculatedRow = (row: ConfigRow, index: number, mode: Config['triggerMode']): Issue[] => {
  const path = `/inputOutput/${index}`;
  const compiled = compileMerging(row.outputLogic);
  if (!compiled.ok) return [...expressionIssues(`${path}/outputLogic`, compiled.issues)];
  const issues: Issue[] = [];
  const output = parsePointReference(row.outputPoint);
  const trigger = parsePointReference(row.triggerPoint);
  if (mode === 'POINT' && trigger === undefined)
    issues.push(optionIssue(`${path}/triggerPoint`, 'A triggering point is needed: turbine::wind_speed.'));
  if (
    mode === 'POINT' &&
    trigger !== undefined &&
    output !== undefined &&
    nameOfReference(trigger) === nameOfReference(output)
  )
    issues.push(optionIssue(`${path}/triggerPoint`, 'The triggering point must be another one than the output point.'));
  const attributes = attributesOf(row);
  const known = new Set(compiled.variables.map(({ id }) => id));
  const unused = [...attributes].find((id) => !known.has(id));
  if (unused !== undefined)
    issues.push(optionIssue(`${path}/attributes`, `The expression has no attribute "${unused}".`));
  const models = [
    ...(output === undefined ? [] : [output.modelId]),
    ...(mode === 'POINT' && trigger !== undefined ? [trigger.modelId] : []),
    ...compiled.variables.map(({ modelId }) => modelId),
  ];
  const other = models.find((modelId) => modelId !== models[0]);
  if (other !== undefined)
    issues.push(
      optionIssue(
        `${path}/outputLogic`,
        `Points of the models "${models[0]}" and "${other}" are in one row. All of a row belong to one model.`,
      ),
    );
  if (compiled.variables.some(({ id }) => !attributes.has(id) && id === output?.pointId))
    issues.push(
      optionIssue(
        `${path}/outputPoint`,
        'The output point is read by its own expression: what comes out would go in again.',
      ),
    );
  const hasPoint = compiled.variables.some(({ id }) => !attributes.has(id));
  if (mode === 'FREQUENCY' && !hasPoint)
    issues.push(
      optionIssue(
        `${path}/outputLogic`,
        'By fixed frequency the expression must read a point: assets are known by their records.',
      ),
    );
  return issues;
};

export const compileCalculatedRow = (row: ConfigRow, mode: Config['triggerMode']): CalculatedRow => {
  const compiled = compileMerging(row.outputLogic);
  if (!compiled.ok) throw new Error(`The expression should not have passed validation: ${row.outputLogic}`);
  const output = pointReferenceOf(row.outputPoint);
  const attributes = attributesOf(row);
  const { evaluate } = compiled;
  return {
    modelId: output.modelId,
    outputId: output.pointId,
    trigger: mode === 'POINT' ? nameOfReference(pointReferenceOf(row.triggerPoint)) : undefined,
    variables: compiled.variables.map(
      ({ modelId, id }): RowVariable =>
        attributes.has(id)
          ? { kind: 'attribute', id }
          : { kind: 'point', name: nameOfReference({ modelId, pointId: id }) },
    ),
    evaluate: (values) => {
      const value = evaluate(values);
      return value === undefined ? undefined : typed(row.outputType, typeof value === 'bigint' ? Number(value) : value);
    },
  };
};

/** A result in the type of its point. Throws `ExpressionError` where it is not of that type. */
const typed = (type: ConfigRow['outputType'], value: JsonValue): JsonValue => {
  switch (type) {
    case 'AUTO':
      return value;
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'bool':
      if (typeof value !== 'boolean') throw new ExpressionError(`${JSON.stringify(value)} is neither true nor false.`);
      return value;
    default:
      if (typeof value !== 'number') throw new ExpressionError(`${JSON.stringify(value)} is not a number.`);
      return type === 'int' ? Math.trunc(value) : value;
  }
};
