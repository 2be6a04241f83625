import { type Field, fieldsOf } from './fields.ts';

/** What became of a field between two records. */
export type FieldChange = 'same' | 'changed' | 'added' | 'removed';

export interface FieldDiff {
  /** As expressions write it. */
  readonly path: string;
  readonly change: FieldChange;
  /** As it was spelt, texts in quotes; undefined where the record has no such field. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Fields with a value of their own; of lists and objects only those that are empty. */
const leaves = (text: string): ReadonlyMap<string, string> => {
  const shown = ({ type, text: value }: Field): string => (type === 'text' ? JSON.stringify(value) : value);
  const isLeaf = ({ type, text: value }: Field): boolean =>
    (type !== 'object' && type !== 'list') || value === '[0]' || value === '{0}';
  return new Map(
    fieldsOf(text)
      .filter(isLeaf)
      .map((field) => [field.path, shown(field)]),
  );
};

/**
 * How two records differ, field by field in the order of the first; an absent one has no fields. Numbers are compared
 * as they are spelt: `1.0` and `1.00` are told apart. Errors: `SyntaxError` where a text is no JSON.
 */
export const diffRecords = (before: string | undefined, after: string | undefined): readonly FieldDiff[] => {
  const old = before === undefined ? new Map<string, string>() : leaves(before);
  const now = after === undefined ? new Map<string, string>() : leaves(after);
  return [...new Set([...old.keys(), ...now.keys()])].map((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : was === is ? 'same' : 'changed';
    return { path, change, before: was, after: is };
  });
};
