import { keyPartProblem, stageSettingsSchema } from '@penstock/engine';
import { type Issue, isJsonObject, type JsonValue, pointer } from '@penstock/model';
import type { OwnColumn, OwnOperator, OwnOption } from './package-types.ts';

type Tell = (path: string, message: string) => void;

/** Names that mean something in every object, or for every stage. */
const isReserved = (name: string): boolean => name in {} || Object.hasOwn(stageSettingsSchema.properties, name);

/** What a schema cannot say of the options of an own operator; paths are relative to the operator. */
export const checkOptions = (operator: OwnOperator): readonly Issue[] => {
  const issues: Issue[] = [];
  const tell: Tell = (path, message) =>
    void issues.push({ code: 'LIBRARY_NOT_VALID', severity: 'error', path, message });
  for (const [name, option] of Object.entries(operator.options)) {
    const at = pointer('options', name);
    if (isReserved(name)) tell(at, `"${name}" cannot be the name of an option: every stage or object has it already.`);
    checkValue(option, at, tell);
    checkDependence(option, operator.options, at, tell);
    checkItems(option, at, tell);
  }
  checkKey(operator, tell);
  checkLineage(operator, tell);
  return issues;
};

const checkValue = (option: OwnColumn, at: string, tell: Tell): void => {
  const { type, enum: values, ui } = option;
  const only = (keyword: keyof OwnColumn, types: readonly string[]): void => {
    if (option[keyword] !== undefined && !types.includes(type))
      tell(`${at}/${keyword}`, `"${keyword}" says nothing of a ${type}.`);
  };
  for (const keyword of ['enum', 'minLength', 'maxLength'] as const) only(keyword, ['string']);
  for (const keyword of ['minimum', 'maximum'] as const) only(keyword, ['integer', 'number']);
  for (const keyword of ['minItems', 'maxItems'] as const) only(keyword, ['array']);
  const bounds = [
    ['minLength', 'maxLength'],
    ['minimum', 'maximum'],
    ['minItems', 'maxItems'],
  ] as const;
  for (const [least, most] of bounds)
    if ((option[least] ?? Number.NEGATIVE_INFINITY) > (option[most] ?? Number.POSITIVE_INFINITY))
      tell(`${at}/${least}`, `"${least}" is more than "${most}".`);
  if (values !== undefined) {
    if (new Set(values).size < values.length) tell(`${at}/enum`, 'A value is given twice.');
    for (const value of values)
      if (!Object.hasOwn(ui?.options ?? {}, value)) tell(`${at}/ui`, `"options" has no title of the value "${value}".`);
  }
  if (option.default !== undefined && !fits(option, option.default))
    tell(`${at}/default`, 'The default is none of the values that the option takes.');
};

/** Whether a value is one that the option takes, as far as its own keywords say. */
const fits = (option: OwnColumn, value: JsonValue): boolean => {
  switch (option.type) {
    case 'string':
      return (
        typeof value === 'string' &&
        (option.enum === undefined || option.enum.includes(value)) &&
        value.length >= (option.minLength ?? 0) &&
        value.length <= (option.maxLength ?? 1000)
      );
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        (option.type === 'number' || Number.isInteger(value)) &&
        value >= (option.minimum ?? Number.NEGATIVE_INFINITY) &&
        value <= (option.maximum ?? Number.POSITIVE_INFINITY)
      );
  }
};

const checkDependence = (
  { ui }: Pick<OwnOption, 'ui'>,
  siblings: Readonly<Record<string, unknown>>,
  at: string,
  tell: Tell,
): void => {
  const field = ui?.dependsOn?.field;
  if (field !== undefined && !Object.hasOwn(siblings, field))
    tell(`${at}/ui/dependsOn/field`, `There is no "${field}" beside it.`);
};

const checkItems = ({ type, items }: OwnOption, at: string, tell: Tell): void => {
  if ((type === 'array') !== (items !== undefined)) {
    tell(at, type === 'array' ? 'A list says by "items" what is in it.' : '"items" are of lists alone.');
    return;
  }
  if (items === undefined) return;
  const { properties } = items;
  if ((items.type === 'object') !== (properties !== undefined))
    tell(`${at}/items`, 'A list of objects has "properties", and one of texts has none.');
  for (const [name, column] of Object.entries(properties ?? {})) {
    const place = `${at}/items${pointer('properties', name)}`;
    if (name in {}) tell(place, `"${name}" cannot be the name of a column: every object has it already.`);
    if (column.type === 'array') tell(`${place}/type`, 'A column of a table holds single values.');
    checkValue(column, place, tell);
    checkDependence(column, properties ?? {}, place, tell);
  }
};

const checkKey = ({ requires = [], stores = [], options }: OwnOperator, tell: Tell): void => {
  for (const [index, part] of requires.entries()) {
    const at = `/requires/${index}`;
    if (typeof part === 'string') {
      const problem = keyPartProblem(part);
      if (problem !== undefined) tell(at, problem);
    } else if (options[part.option]?.type !== 'string')
      tell(`${at}/option`, `"${part.option}" is no option that is a text.`);
  }
  const names = new Set<string>();
  for (const [index, { name, subKeys = 0 }] of stores.entries()) {
    const at = `/stores/${index}`;
    if (names.has(name)) tell(`${at}/name`, `There is a store "${name}" already.`);
    names.add(name);
    if (name in {} || name === 'schedules') tell(`${at}/name`, `A store cannot be called "${name}".`);
    if (requires.length === 0)
      tell(at, 'What is kept is kept by a key: say by "requires" what brings the records together.');
    if (requires.length + subKeys > 4)
      tell(`${at}/subKeys`, 'A key has 4 parts at most, those of "requires" among them.');
  }
  for (const [index, { ranges, subKeys = 0 }] of stores.entries())
    if (ranges === true && subKeys === 0)
      tell(`/stores/${index}/ranges`, 'A range is over the last of the "subKeys", and the store has none.');
};

const checkLineage = ({ lineage, options }: OwnOperator, tell: Tell): void => {
  if (lineage === undefined) return;
  for (const side of ['inputs', 'outputs'] as const) {
    const path = lineage[side];
    if (path === undefined) continue;
    const [, option = '', star, column = ''] = path.split('/');
    const found = Object.hasOwn(options, option) ? options[option] : undefined;
    const properties = found?.items?.properties ?? {};
    const text = star === undefined ? found : Object.hasOwn(properties, column) ? properties[column] : undefined;
    if (text?.type !== 'string') tell(`/lineage/${side}`, `"${path}" leads to no text of the options.`);
  }
  const tableOf = (path: string): string => path.split('/').slice(0, -1).join('/');
  if (lineage.outputs !== undefined && tableOf(lineage.outputs) !== tableOf(lineage.inputs))
    tell('/lineage/outputs', 'Inputs and outputs belong together row by row: both are columns of one table.');
};

/** What is wrong with JSON that a package may not hold at all, whatever its schema says; undefined where nothing is. */
export const forbiddenIn = (value: unknown): Issue | undefined => {
  let nodes = 0;
  const visit = (node: unknown, path: string, depth: number): string | undefined => {
    if (++nodes > MAX_NODES) return tooMuch(path);
    if (depth > MAX_DEPTH) return tooDeep(path);
    if (Array.isArray(node)) {
      for (const [index, inner] of node.entries()) {
        const problem = visit(inner, `${path}/${index}`, depth + 1);
        if (problem !== undefined) return problem;
      }
      return undefined;
    }
    if (!isJsonObject(node as JsonValue)) return undefined;
    for (const [name, inner] of Object.entries(node as object)) {
      const at = path + pointer(name);
      if (name === '__proto__') return told(at, '"__proto__" is the name of nothing in a package.');
      const problem = visit(inner, at, depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  let place = '';
  const told = (at: string, message: string): string => {
    place = at;
    return message;
  };
  const tooMuch = (at: string): string => told(at, `A package has ${MAX_NODES} values at most.`);
  const tooDeep = (at: string): string => told(at, `A package is nested ${MAX_DEPTH} levels deep at most.`);
  const message = visit(value, '', 0);
  return message === undefined ? undefined : { code: 'LIBRARY_NOT_VALID', severity: 'error', path: place, message };
};

const MAX_NODES = 200_000;
const MAX_DEPTH = 32;
