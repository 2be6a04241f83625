import { isObject, type JsonObject, type JsonValue, listOf, objectsIn, textOf, textsOf } from './json.ts';

export type FieldKind =
  | 'text'
  | 'area'
  | 'expression'
  | 'code'
  | 'point'
  | 'topic'
  | 'connection'
  | 'asset'
  | 'model'
  | 'choice'
  | 'number'
  | 'switch'
  | 'table'
  | 'pairs'
  | 'texts'
  | 'lane'
  | 'json';

/** A field of a form, as the schema of an operator's configuration describes it. */
export interface Field {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly kind: FieldKind;
  readonly group: string;
  readonly isAdvanced: boolean;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  readonly unit: string;
  readonly language: string;
  readonly dependsOn: { readonly field: string; readonly values: readonly JsonValue[] } | undefined;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  /** What counts where nothing is set. */
  readonly fallback: JsonValue | undefined;
  /** Of a table. */
  readonly columns: readonly Field[];
  /** What the last row of a table always has; new rows go before it. */
  readonly lastRow: JsonValue | undefined;
}

const CONTROLS: Readonly<Record<string, FieldKind>> = {
  point: 'point',
  expression: 'expression',
  code: 'code',
  'text-area': 'area',
  table: 'table',
  'key-values': 'pairs',
  topic: 'topic',
  connection: 'connection',
  asset: 'asset',
  model: 'model',
  'field-names': 'texts',
  'field-paths': 'texts',
  expressions: 'texts',
  lane: 'lane',
};
const TYPES: Readonly<Record<string, FieldKind>> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'switch',
};

const kindOf = (schema: JsonObject, ui: JsonObject): FieldKind => {
  if (Array.isArray(schema.enum)) return 'choice';
  const control = CONTROLS[textOf(ui.control)];
  if (control !== undefined) return control;
  return TYPES[textOf(schema.type)] ?? 'json';
};

const numberOf = (value: JsonValue | undefined): number | undefined => (typeof value === 'number' ? value : undefined);

const fieldOf = (name: string, schema: JsonObject, isRequired: boolean): Field => {
  const ui = isObject(schema.ui) ? schema.ui : {};
  const titles = isObject(ui.options) ? ui.options : {};
  const on = isObject(ui.dependsOn) ? ui.dependsOn : undefined;
  const kind = kindOf(schema, ui);
  return {
    name,
    title: textOf(schema.title) || name,
    description: textOf(schema.description),
    kind,
    group: textOf(ui.group),
    isAdvanced: ui.advanced === true,
    isSecret: ui.secret === true,
    isRequired: isRequired && schema.default === undefined,
    unit: textOf(ui.unit),
    language: textOf(ui.language),
    dependsOn: on === undefined ? undefined : { field: textOf(on.field), values: listOf(on.values) },
    options: textsOf(schema.enum).map((value) => ({ value, text: textOf(titles[value]) || value })),
    minimum: numberOf(schema.minimum),
    maximum: numberOf(schema.maximum),
    fallback: schema.default,
    columns: kind === 'table' && isObject(schema.items) ? fieldsOf(schema.items) : [],
    lastRow: ui.lastRow,
  };
};

/** The fields of an object's schema, in its order. */
export const fieldsOf = (schema: unknown): readonly Field[] => {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = new Set(textsOf(schema.required));
  return Object.entries(schema.properties).flatMap(([name, field]) =>
    isObject(field) ? [fieldOf(name, field, required.has(name))] : [],
  );
};

/** Whether a field has a meaning with what is set: the one it depends on is shown too, and has one of the values. */
export const isShown = (
  field: Field,
  fields: readonly Field[],
  read: (name: string) => JsonValue | undefined,
): boolean => {
  const { dependsOn } = field;
  if (dependsOn === undefined) return true;
  const other = fields.find(({ name }) => name === dependsOn.field);
  const given = read(dependsOn.field) ?? other?.fallback;
  const value = other === undefined ? given : plainly(other, given);
  const holds = dependsOn.values.some((each) => each === value);
  return holds && (other === undefined || other === field || isShown(other, fields, read));
};

/** A value as its field plainly means it: documents of other programs say `"true"`, and 1 for the choice `"1"`. */
export const plainly = ({ kind }: Field, value: JsonValue | undefined): JsonValue | undefined => {
  if (kind === 'switch' && typeof value === 'string' && /^\s*(true|false)\s*$/i.test(value))
    return value.trim().toLowerCase() === 'true';
  const isLoose = typeof value === 'number' || typeof value === 'boolean';
  return kind === 'choice' && isLoose ? String(value) : value;
};

export interface FieldGroup {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** Fields by tab, in the order in which tabs come up first. */
export const groupsOf = (fields: readonly Field[]): readonly FieldGroup[] => {
  const names = [...new Set(fields.map(({ group }) => group))];
  return names.map((name) => ({ name, fields: fields.filter(({ group }) => group === name) }));
};

/** A new row of a table: what has a default has none yet. */
export const newRow = (columns: readonly Field[]): JsonObject =>
  Object.fromEntries(columns.map(({ name, kind, fallback }) => [name, fallback ?? (kind === 'number' ? 0 : '')]));

/** What was typed into a field of a kind, as the document has it. */
export const readTyped = ({ kind }: Field, typed: string): JsonValue => {
  if (kind === 'switch') return typed === 'true';
  if (kind !== 'number') return typed;
  const number = Number(typed.trim());
  return typed.trim() === '' || Number.isNaN(number) ? typed : number;
};

/** Cells of a spreadsheet as they come by the clipboard, from a cell on; rows that are missing are added. */
export const pasteCells = (
  rows: readonly JsonValue[],
  columns: readonly Field[],
  at: { readonly row: number; readonly column: number },
  text: string,
): readonly JsonValue[] => {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const given = lines.map((line) => line.split('\t'));
  const count = Math.max(rows.length, at.row + given.length);
  return Array.from({ length: count }, (_, index) => {
    const row = rows[index] ?? newRow(columns);
    const cells = given[index - at.row];
    if (cells === undefined || !isObject(row)) return row;
    const pasted = cells.flatMap((cell, offset) => {
      const field = columns[at.column + offset];
      return field === undefined || field.kind === 'lane' ? [] : [[field.name, readTyped(field, cell)] as const];
    });
    return { ...row, ...Object.fromEntries(pasted) };
  });
};

/** Values that stages of a document have in fields of points, to be picked again. */
export const pointsIn = (stages: readonly JsonObject[]): readonly string[] => {
  const found = stages.flatMap((stage) =>
    objectsIn(stage.configuration).flatMap((row) =>
      objectsIn(row.value).flatMap((cells) => [textOf(cells.inputPoint), textOf(cells.outputPoint)]),
    ),
  );
  return [...new Set(found)].filter((point) => point.includes('::')).sort();
};
