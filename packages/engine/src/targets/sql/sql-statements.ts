/** A table that is written, and how. */
export interface SqlTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns by which a row that is there is updated; none: every record is a row of its own. */
  readonly keys: readonly string[];
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const qualified = ({ schema, table }: Pick<SqlTable, 'schema' | 'table'>): string =>
  `${quoted(schema)}.${quoted(table)}`;

/** The types of a table's columns, without lengths: a cast to those would cut texts off without a word. */
export const COLUMN_TYPES = `select attname as name, format_type(atttypid, null) as type from pg_attribute
where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`;

/** A lone `character` is one of them, and would be cut off to. */
const castOf = (type: string): string => (/^(character|bpchar)( varying)?$/.test(type) ? 'text' : type);

/**
 * One statement for any number of rows: an array of texts per column, which the database reads as what the column is.
 * `types`: as the database names them, by column.
 */
export const insertStatement = (table: SqlTable, types: ReadonlyMap<string, string>): string => {
  const { columns, keys } = table;
  const values = columns.map((column, at) => `v.c${at}::${castOf(types.get(column) ?? 'text')}`);
  const arrays = columns.map((_column, at) => `$${at + 1}::text[]`);
  const names = columns.map((_column, at) => `c${at}`);
  const into = `insert into ${qualified(table)} (${columns.map(quoted).join(', ')})`;
  const from = `from unnest(${arrays.join(', ')}) with ordinality as v(${[...names, 'n'].join(', ')}) order by v.n`;
  return `${into} select ${values.join(', ')} ${from}${onConflict(columns, keys)}`;
};

const onConflict = (columns: readonly string[], keys: readonly string[]): string => {
  if (keys.length === 0) return '';
  const others = columns.filter((column) => !keys.includes(column)).map(quoted);
  const update = others.map((column) => `${column} = excluded.${column}`).join(', ');
  const action = others.length === 0 ? 'nothing' : `update set ${update}`;
  return ` on conflict (${keys.map(quoted).join(', ')}) do ${action}`;
};

/** Columns of texts for the rows, as the statement wants them. */
export const columnArrays = (
  rows: readonly { readonly values: readonly (string | null)[] }[],
  columns: number,
): (string | null)[][] => Array.from({ length: columns }, (_, at) => rows.map(({ values }) => values[at] ?? null));
