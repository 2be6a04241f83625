import { parse } from 'csv-parse/sync';
import { type AssetPatch, EMPTY_PATCH } from '../shapes/patch.ts';
import { type Placed, Problems, placed, type TellPlace, within } from '../shapes/problems.ts';
import { type CsvColumn, type CsvKind, csvColumns } from './csv-columns.ts';
import { checkAsset, checkModel, checkModelPoint, checkTreeNode, readEntries } from './read-entries.ts';

/** Characters of one row. */
const MAX_ROW = 256 * 1024;

interface Row {
  readonly cells: readonly string[];
  /** Of its end, counted from 1; the header is line 1. */
  readonly line: number;
}

/**
 * Reads a CSV file with a header: rows of one kind. Problems have the line and the title of the column as their path
 * (`/17/tag:site`). Separated by comma, semicolon or tab, whichever the header has most of. An empty cell says nothing.
 */
export const readCsvAssets = (text: string, kind: CsvKind, problems: Problems): AssetPatch => {
  const rows = rowsOf(text, problems);
  const [header, ...rest] = rows;
  if (header === undefined) {
    if (problems.total === 0) problems.add('CSV_INVALID', '/1', 'The file is empty: it needs a line of column titles.');
    return EMPTY_PATCH;
  }
  const columns = csvColumns(kind, header.cells, problems);
  // Without the right columns every row would be wrong for the same reason.
  if (problems.total > 0) return EMPTY_PATCH;
  const titles = new Map(columns.map(({ field, title }) => [within('', ...field), title]));
  const tell: TellPlace = (path, message) => inLines(path, message, titles);
  const found = new Problems(tell);
  const patch = patchOf(kind, entriesOf(rest, columns, found), found);
  problems.take(found);
  return { ...patch, tell };
};

const patchOf = (kind: CsvKind, entries: readonly Placed<unknown>[], problems: Problems): AssetPatch => {
  switch (kind) {
    case 'assets':
      return { ...EMPTY_PATCH, assets: readEntries(entries, checkAsset, ({ assetId }) => assetId, problems) };
    case 'models':
      return { ...EMPTY_PATCH, models: readEntries(entries, checkModel, ({ modelId }) => modelId, problems) };
    case 'points':
      return {
        ...EMPTY_PATCH,
        points: readEntries(entries, checkModelPoint, ({ modelId, pointId }) => `${modelId}::${pointId}`, problems),
      };
    case 'nodes':
      return {
        ...EMPTY_PATCH,
        nodes: readEntries(entries, checkTreeNode, ({ treeId, assetId }) => `${treeId}, ${assetId}`, problems),
      };
  }
};

const entriesOf = (rows: readonly Row[], columns: readonly CsvColumn[], problems: Problems): Placed<unknown>[] =>
  rows.flatMap(({ cells, line }) => {
    const at = within('', line);
    if (cells.length !== columns.length) {
      problems.add('CSV_INVALID', at, `The row has ${cells.length} cells, the header ${columns.length}.`);
      return [];
    }
    return [placed(at, entryOf(cells, columns, at, problems))];
  });

const entryOf = (
  cells: readonly string[],
  columns: readonly CsvColumn[],
  at: string,
  problems: Problems,
): Readonly<Record<string, unknown>> => {
  const entry: Record<string, unknown> = {};
  columns.forEach(({ field: [name = '', key], read }, index) => {
    const cell = cells[index] ?? '';
    if (cell === '') return;
    const result = read(cell);
    if ('problem' in result)
      problems.add('FIELD_INVALID', within(at, name, ...(key === undefined ? [] : [key])), result.problem);
    else if (key === undefined) entry[name] = result.value;
    else entry[name] = Object.fromEntries([...Object.entries(entry[name] ?? {}), [key, result.value]]);
  });
  return entry;
};

/** A place in an entry as line and column, for people as well. */
const inLines = (
  path: string,
  message: string,
  titles: ReadonlyMap<string, string>,
): readonly [path: string, message: string] => {
  const [, line = '', field = ''] = /^\/(\d+)(.*)$/su.exec(path) ?? [];
  const title = titles.get(field);
  const place = title === undefined ? `Line ${line}` : `Line ${line}, column "${title}"`;
  return [title === undefined ? path : within('', line, title), `${place}: ${message}`];
};

const rowsOf = (text: string, problems: Problems): Row[] => {
  try {
    // Rows of the wrong length are ours to tell, with all others.
    const rows: unknown = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: MAX_ROW,
    });
    return (rows as readonly { readonly record: string[]; readonly info: { readonly lines: number } }[]).map(
      ({ record, info }) => ({ cells: record, line: info.lines }),
    );
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const line = 'lines' in error && typeof error.lines === 'number' ? error.lines : 1;
    problems.add('CSV_INVALID', within('', line), `Line ${line}: the file is no CSV from here on: ${error.message}`);
    return [];
  }
};

const delimiterOf = (text: string): string => {
  const header = text.slice(0, text.search(/[\r\n]|$/));
  const counts = [',', ';', '\t'].map((mark) => [mark, header.split(mark).length] as const);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
};
