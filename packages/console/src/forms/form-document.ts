import type { Field } from '../document/fields.ts';
import { isObject, isSame, type JsonObject, type JsonValue, listOf, objectsIn, textOf } from '../document/json.ts';
import type { DocumentPlace } from '../document/places.ts';

/** The form of a template as it is saved: its fields by name, policies as rows of a table. */
export type FormDocument = JsonObject;

const unescaped = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

/** The place that a JSON Pointer into a form leads to: `/points/0/windowSize`. */
export const placeInForm = (pointer: string): DocumentPlace => {
  const [option, row, column] = pointer.split('/').slice(1).map(unescaped);
  if (option === undefined) return {};
  const at = row === undefined || row === '' ? Number.NaN : Number(row);
  if (!Number.isInteger(at)) return { option };
  return { option, row: at, ...(column === undefined ? {} : { column }) };
};

/** With a field set; undefined takes it away, so that the default counts. What the form does not know stays. */
export const setFormField = (form: FormDocument, name: string, value: JsonValue | undefined): FormDocument => {
  if (isSame(form[name], value)) return form;
  if (value !== undefined) return { ...form, [name]: value };
  const { [name]: _, ...others } = form;
  return others;
};

/** What people read of a place: `Data Processing 2, Window Size`. */
export const titleOfPlace = (fields: readonly Field[], { option, row, column }: DocumentPlace): string => {
  const field = fields.find(({ name }) => name === option);
  if (field === undefined) return option ?? '';
  if (row === undefined) return field.title;
  const cell = column === undefined ? undefined : field.columns.find(({ name }) => name === column);
  return [`${field.title} ${row + 1}`, ...(cell === undefined ? [] : [cell.title])].join(', ');
};

/** Values in fields of points, to be picked again: those with their model, as expressions need them. */
export const pointsInForm = (fields: readonly Field[], form: FormDocument): readonly string[] => {
  const found = fields.flatMap(({ name, columns }) => {
    const points = columns.filter(({ kind }) => kind === 'point');
    return objectsIn(form[name]).flatMap((row) => points.map((column) => textOf(row[column.name])));
  });
  return [...new Set(found)].filter((point) => point.includes('::')).sort();
};

/** A row as its own table says it in a line: the points it is about. */
export const rowSummary = ({ columns }: Field, row: JsonValue | undefined): string =>
  columns
    .filter(({ kind }) => kind === 'point')
    .map(({ name }) => (isObject(row) ? textOf(row[name]) : ''))
    .filter((text) => text !== '')
    .join(' · ');

export interface FormChange {
  readonly title: string;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** How two forms differ, field by field; rows that were added or taken away are one change each. */
export const diffForms = (fields: readonly Field[], before: FormDocument, after: FormDocument): readonly FormChange[] =>
  namesIn(fields, before, after).flatMap((name): readonly FormChange[] => {
    if (isSame(before[name], after[name])) return [];
    const field = fields.find((each) => each.name === name);
    if (field?.kind === 'table') return diffRows(field, listOf(before[name]), listOf(after[name]));
    return [{ title: field?.title ?? name, before: before[name], after: after[name] }];
  });

const namesIn = (fields: readonly Field[], ...values: readonly JsonObject[]): readonly string[] => [
  ...new Set([...fields.map(({ name }) => name), ...values.flatMap((value) => Object.keys(value))]),
];

/** What is alike at both ends is left out, so that one row that is gone does not change all that follow. */
const diffRows = (field: Field, before: readonly JsonValue[], after: readonly JsonValue[]): readonly FormChange[] => {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && isSame(before[head], after[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && isSame(before.at(-1 - tail), after.at(-1 - tail))) tail += 1;
  const [old, now] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  return Array.from({ length: Math.max(old.length, now.length) }, (_, index) => {
    const title = `${field.title} ${head + index + 1}`;
    const [one, other] = [old[index], now[index]];
    if (!isObject(one) || !isObject(other))
      return [{ title, before: shownRow(field, one), after: shownRow(field, other) }];
    return namesIn(field.columns, one, other).flatMap((name) => {
      const column = field.columns.find((each) => each.name === name);
      const text = `${title}, ${column?.title ?? name}`;
      return isSame(one[name], other[name]) ? [] : [{ title: text, before: one[name], after: other[name] }];
    });
  }).flat();
};

/** A whole row in a diff. */
const shownRow = (field: Field, row: JsonValue | undefined): JsonValue | undefined =>
  row === undefined ? undefined : rowSummary(field, row) || row;
