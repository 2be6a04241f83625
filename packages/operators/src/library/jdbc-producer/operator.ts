import { type ColumnMapping, defineTarget, sqlTarget } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import Type from 'typebox';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';

const identifier = (title: string, description: string, more: { default?: string; group?: string } = {}) =>
  textField({ title, description, minLength: 1, maxLength: 63, group: 'Table', ...more });

const config = Type.Object({
  connection: textField({
    title: 'Connection',
    description: 'Name of a PostgreSQL connection of the organisation.',
    minLength: 1,
    maxLength: 64,
    control: 'connection',
    group: 'Table',
  }),
  schema: identifier('Schema', 'Schema of the table.', { default: 'public' }),
  table: identifier('Table', 'Table that is written. It has to be there.'),
  columns: tableField(
    {
      column: textField({ title: 'Column', description: 'Name of the column.', minLength: 1, maxLength: 63 }),
      field: textField({
        title: 'Field',
        description: 'Field whose value it gets: `value`, or a path such as `/attr/tag`. `/` is the whole record.',
        minLength: 1,
        maxLength: 500,
      }),
      key: choiceField(
        { NO: 'No', YES: 'Yes' },
        {
          title: 'Key',
          description:
            'Whether it is one of the columns by which rows are updated. The table needs a unique index of these.',
          default: 'NO',
        },
      ),
    },
    {
      title: 'Columns',
      description: 'Which column gets which field. Columns without one get their default.',
      group: 'Table',
    },
  ),
  operation: choiceField(
    { INSERT: 'Insert', UPSERT: 'Insert or update' },
    {
      title: 'Operation',
      description: 'Insert: every record is a row. Insert or update: a row with the same key is updated.',
      default: 'INSERT',
      group: 'Table',
    },
  ),
});

/** `value`, `/attr/tag`, `/`: names from the top of the record downwards. */
const pathOf = (field: string): readonly string[] => {
  if (!field.startsWith('/')) return [field];
  if (field === '/') return [];
  return field
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
};

/** Twice the same column is no table that could be written. */
const duplicates = (columns: readonly { readonly column: string }[]): Issue[] =>
  columns.flatMap(({ column }, at) =>
    columns.findIndex((other) => other.column === column) === at
      ? []
      : [optionIssue(`/columns/${at}/column`, `Column "${column}" is there twice.`)],
  );

export const jdbcProducer = defineTarget<typeof config>({
  ...operatorNames('destination', 'JDBC Producer'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'target',
  keywords: ['jdbc', 'sql', 'postgresql', 'database', 'table', 'write', 'destination'],
  summary: 'Writes records to a table of a PostgreSQL database.',
  description: `Writes each record as a row: every column of the mapping gets the value of its field, read by the database as what the column is. Numbers keep their digits; a number in a column of times is Unix milliseconds; objects and lists go into \`json\` and \`jsonb\` columns, and as text into others. A field that is null or absent is NULL.

How far the records go is written in the same transaction as their rows, into the table \`penstock_positions\` of the same schema, which is made where it is missing. So a record is there once, whatever crashes: [0024](../../decisions/0024-a-database-target-keeps-its-position.md) says how, and what that asks of the pipeline. Records that the clock makes (schedules, results at a fixed frequency) may be there twice after a crash; with Insert or update that changes nothing.

A row that the database refuses (a value that is none of the column's type, a constraint, a trigger) is an error of its record; the others of its batch are written. While the database is away the pipeline waits and goes on where it was. Rights that are missing, a table or column that is not there, end the run with the reason.`,
  config,
  connections: { connection: 'postgresql' },
  errors: [
    { code: 'ROW_REFUSED', when: 'The database refuses the row; the message has its reason.' },
    {
      code: 'ROW_NOT_WRITABLE',
      when: 'A value is none that a database could take: half a character, a time beyond all times.',
    },
  ],
  check: ({ columns, operation }) => [
    ...duplicates(columns),
    ...(operation === 'UPSERT' && columns.every(({ key }) => key !== 'YES')
      ? [optionIssue('/columns', 'To update rows at least one column has to be a key.')]
      : []),
  ],
  target: ({ connection, schema, table, columns, operation }) =>
    sqlTarget({
      connection,
      schema,
      table,
      columns: columns.map(({ column, field }): ColumnMapping => ({ column, field: pathOf(field) })),
      keys: operation === 'UPSERT' ? columns.flatMap(({ column, key }) => (key === 'YES' ? [column] : [])) : [],
    }),
});
