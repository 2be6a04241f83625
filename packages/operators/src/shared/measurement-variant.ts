import type { ProcessorDefinition } from '@penstock/engine';
import type { TObject } from 'typebox';
import type { Addressing } from './points/addressing.ts';
import { MEASUREMENTS } from './points/measurement-addressing.ts';

/** The library that has the data format by measurement. */
const LIBRARY_OF_MEASUREMENTS = '0.4.0';

/** An operator that is defined for any of the data formats. */
export type DefinedBy<C extends TObject, S> = (of: Addressing) => Omit<ProcessorDefinition<C, S>, 'kind'>;

/**
 * The variant of an operator for the data format of library 0.4.0 (contract E.5): the same definition by another
 * addressing, with the same options and tabs. Its names end as those of the vendor's pages do (`…_new`), its label in the
 * asterisk that its icon has; texts speak of measurements where those of the operator speak of points.
 */
export const defineVariant = <C extends TObject, S>(definedBy: DefinedBy<C, S>): ProcessorDefinition<C, S> => {
  const {
    stageNameAliases: _stageNames,
    labelAliases: _labels,
    instancePrefixAliases: _prefixes,
    ...definition
  } = definedBy(MEASUREMENTS);
  const { id, label, stageName, instancePrefix, keywords, errors = [], drops = [] } = definition;
  return {
    ...definition,
    kind: 'processor',
    id: `${id}-new`,
    label: `${label}*`,
    stageName: `${stageName}New`,
    instancePrefix: `${instancePrefix}New`,
    libraries: [LIBRARY_OF_MEASUREMENTS],
    keywords: [...keywords, 'measurement', 'measurementId'],
    summary: ofMeasurements(definition.summary),
    description: `The [${label}](${id}.md) for records of the data format of library 0.4.0, which are known by their \`measurementId\` instead of model and point. Rows name that id, models play no part, and a record without \`measurementId\` is one that no row applies to; as a record without \`pointId\` is for the operator of the classic format. A record's \`modelId\` and \`modelIdPath\`, where it has them, stay as they are. The options have the names that they have there. All else is the same. That EnOS does not publish the layout of these records is why their other fields are those of the classic format, a decision of Penstock.

${ofMeasurements(definition.description)}`,
    config: inWords(definition.config),
    errors: errors.map((one) => ({ ...one, when: ofMeasurements(one.when) })),
    drops: drops.map((one) => ({ ...one, when: ofMeasurements(one.when) })),
  };
};

/** What is said in another way than word by word. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'By Input Point': 'By Input Measurement',
  'Point to take, `modelId::pointId`. It also applies to models that inherit from this one.':
    'Measurement to take, its `measurementId`.',
  'Point under which the result goes on, `modelId::pointId`. It need not exist in the model unless it is to be stored.':
    '`measurementId` under which the result goes on.',
};

/** Names of operators, which have no small letter there, stay. */
export const ofMeasurements = (text: string): string =>
  OTHERWISE[text] ??
  text
    .replaceAll('`modelId::pointId`', 'its `measurementId`')
    .replaceAll('pointId', 'measurementId')
    .replaceAll(/\bpoint(s?)\b/g, 'measurement$1')
    .replaceAll(/\b(Input|Output|Lookup|Restore) Point(s?)\b/g, '$1 Measurement ID$2')
    .replaceAll(/\bPoint(s?) (?=under|the|of|to|that)\b/g, 'Measurement$1 ');

/** A schema whose titles and descriptions speak of measurements; for which nothing else changes, but for the picker of points. */
const inWords = <C extends object>(schema: C): C => {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(schema)).map(
    ([name, { value, ...how }]) => [name, { ...how, value: member(name, value) }] as const,
  );
  return Object.create(Object.getPrototypeOf(schema), Object.fromEntries(descriptors));
};

const member = (name: string, value: unknown): unknown => {
  if ((name === 'title' || name === 'description') && typeof value === 'string') return ofMeasurements(value);
  if (name === 'ui' && isObject(value)) {
    const { control, options, ...ui } = value;
    return {
      ...(control === undefined || control === 'point' ? {} : { control }),
      ...ui,
      ...(isObject(options) ? { options: inWordsOfAll(options) } : {}),
    };
  }
  if (name === 'default' || name === 'enum') return value;
  return isObject(value) ? inWords(value) : value;
};

const inWordsOfAll = (options: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, title]) => [name, typeof title === 'string' ? ofMeasurements(title) : title]),
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
