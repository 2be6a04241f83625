import type { Problems } from '../shapes/problems.ts';
import { within } from '../shapes/problems.ts';

/** What the rows of a CSV file are. */
export const CSV_KINDS = ['assets', 'models', 'points', 'nodes'] as const;
export type CsvKind = (typeof CSV_KINDS)[number];

/** A column: the field of an entry that its cells are, and how they are read. */
export interface CsvColumn {
  readonly title: string;
  /** Names from the entry down to the field. */
  readonly field: readonly string[];
  /** The value of a cell that is not empty, or what is wrong with it. */
  readonly read: (cell: string) => { readonly value: unknown } | { readonly problem: string };
}

type Read = CsvColumn['read'];
const asText: Read = (cell) => ({ value: cell });
const READERS: Readonly<Record<string, Read>> = {
  text: asText,
  number: (cell) => {
    const value = Number(cell);
    return cell.trim() === '' || !Number.isFinite(value) ? { problem: `"${cell}" is no number.` } : { value };
  },
  boolean: (cell) => {
    const word = cell.trim().toLowerCase();
    return word === 'true' || word === 'false'
      ? { value: word === 'true' }
      : { problem: `"${cell}" is not true or false.` };
  },
  json: (cell) => {
    try {
      return { value: JSON.parse(cell) as unknown };
    } catch {
      return { problem: `"${cell}" is no JSON.` };
    }
  },
};

const NAMED = ['name', 'description'];
const FIELDS: Readonly<Record<CsvKind, readonly string[]>> = {
  assets: ['assetId', 'modelId', ...NAMED, 'label', 'timezone'],
  models: ['modelId', 'parentId', ...NAMED],
  points: [
    ...['modelId', 'pointId', ...NAMED, 'dataType', 'signalType', 'unit', 'measurementId', 'hasQuality'],
    ...['accessMode', 'priority', 'createTime'],
  ],
  nodes: ['treeId', 'assetId', 'parentId'],
};
const IDS: Readonly<Record<CsvKind, readonly string[]>> = {
  assets: ['assetId', 'modelId'],
  models: ['modelId'],
  points: ['modelId', 'pointId'],
  nodes: ['treeId', 'assetId'],
};
/** What stands before the colon of a title, and the field it leads into. */
const MAPS: Readonly<Record<CsvKind, Readonly<Record<string, string>>>> = {
  assets: { attribute: 'attributes', tag: 'tags', extra: 'extraInfo' },
  models: { tag: 'tags' },
  points: { attribute: 'attributes', tag: 'tags' },
  nodes: {},
};

/** The columns of a header line, which is line 1. What is no column is a problem. */
export const csvColumns = (kind: CsvKind, titles: readonly string[], problems: Problems): CsvColumn[] => {
  const columns = titles.map((title) => columnOf(kind, title.trim()));
  const known: CsvColumn[] = [];
  const seen = new Set<string>();
  columns.forEach((column, index) => {
    const title = titles[index] ?? '';
    if (column === undefined) {
      problems.add(
        'CSV_COLUMN_UNKNOWN',
        within('/1', title),
        `There is no column "${title}" for ${kind}: ${expected(kind)}.`,
      );
      return;
    }
    const field = column.field.join(' ');
    if (seen.has(field))
      problems.add('CSV_COLUMN_UNKNOWN', within('/1', title), `The column "${title}" is there twice.`);
    seen.add(field);
    known.push(column);
  });
  for (const id of IDS[kind])
    if (!seen.has(id)) problems.add('CSV_COLUMN_UNKNOWN', '/1', `The column "${id}" is missing: ${expected(kind)}.`);
  return known;
};

const expected = (kind: CsvKind): string =>
  [
    `the columns are ${FIELDS[kind].join(', ')}`,
    ...Object.keys(MAPS[kind]).map((prefix) => `${prefix}:<name>${prefix === 'tag' ? '' : '[:number|boolean|json]'}`),
  ].join(', ');

const columnOf = (kind: CsvKind, title: string): CsvColumn | undefined => {
  if (FIELDS[kind].includes(title))
    return { title, field: [title], read: title === 'hasQuality' ? (READERS.boolean ?? asText) : asText };
  const [, prefix = '', name = ''] = /^(\w+):(.+)$/su.exec(title) ?? [];
  const field = Object.hasOwn(MAPS[kind], prefix) ? MAPS[kind][prefix] : undefined;
  if (field === undefined) return undefined;
  if (prefix === 'tag') return { title, field: [field, name], read: asText };
  const [, plain = name, type = 'text'] = /^(.+):(text|number|boolean|json)$/su.exec(name) ?? [];
  return { title, field: [field, plain], read: READERS[type] ?? asText };
};
