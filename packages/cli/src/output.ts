/** Where a command writes; replaced in tests. */
export interface Output {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'right';
  /** Wraps a padded cell, for colours: it must not change the visible width. */
  readonly paint?: (cell: string, row: Row) => string;
}

/** Lines of a table: titles, then one line per row; columns as wide as their widest cell. */
export const tableLines = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] => {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.value(row))));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const pad = (text: string, index: number): string => {
    const width = widths[index] ?? 0;
    return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
  };
  const body = cells.map((line, rowIndex) =>
    line
      .map((cell, index) => {
        const paint = columns[index]?.paint;
        const row = rows[rowIndex];
        return paint === undefined || row === undefined ? pad(cell, index) : paint(pad(cell, index), row);
      })
      .join('  ')
      .trimEnd(),
  );
  return [
    columns
      .map((column, index) => pad(column.title, index))
      .join('  ')
      .trimEnd(),
    ...body,
  ];
};

/** What comes from documents and brokers must not move the cursor of a terminal or break a line. */
export const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');

const MAX_CELL = 60;

/** The beginning of a text that would make a column too wide. */
export const clip = (text: string): string => (text.length <= MAX_CELL ? text : `${text.slice(0, MAX_CELL - 1)}…`);

export const printTable = <Row>(
  output: Output,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  whenEmpty: string,
): void => {
  output.write(rows.length === 0 ? `${whenEmpty}\n` : `${tableLines(columns, rows).join('\n')}\n`);
};

/** A moment (Unix ms) as people and scripts read it; a dash where there is none. */
export const timeText = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString());

export const printJson = (output: Output, value: unknown): void => output.write(`${JSON.stringify(value, null, 2)}\n`);

/** `Name: value` lines, aligned. Undefined values are left out. */
export const printFacts = (output: Output, facts: Readonly<Record<string, string | number | undefined>>): void => {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  for (const [name, value] of known) output.write(`${`${name}:`.padEnd(width + 2)}${oneLine(String(value))}\n`);
};
