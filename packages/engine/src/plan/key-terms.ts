import { compileExpression, type ExpressionIssue, isFieldPath, parseFieldPath } from '@penstock/expression';
import { fieldPointer, type KeyPart, type KeySpec } from '../operator/key.ts';

/**
 * What decides the partition of a record, as plans and manifests write it: a list of terms, each the name of a
 * top-level field (`assetId`), a JSON Pointer of more than one step (`/attr/site/id`), or an expression (`${…}`). No
 * terms: there is only one task.
 */
export type KeyTerms = readonly string[];

/** Undefined where records stay wherever they are. */
export const termsOf = (key: KeySpec | undefined): KeyTerms | undefined => {
  switch (key?.kind) {
    case 'parts':
      return key.parts.map((part) => fieldTerm(isExpression(part) ? (plainField(part) ?? part) : part));
    case 'single':
      return [];
    case 'task':
    case undefined:
      return undefined;
  }
};

/** Whatever begins with "/" is a pointer. */
export const isExpression = (term: string): boolean => !term.startsWith('/') && term.includes('${');

/** The field names that a term of a field leads by, from the top. */
export const stepsOf = (term: string): string[] =>
  term.startsWith('/')
    ? term
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    : [term];

/** Top-level fields that a term reads; `*` where that cannot be told. */
export const fieldsReadBy = (term: string): readonly string[] => {
  if (!isExpression(term)) return stepsOf(term).slice(0, 1);
  const compiled = compileExpression(term);
  if (!compiled.ok) return ['*'];
  return compiled.fields.map((path) => firstField(path) ?? '*');
};

/** What is wrong with a part of a key, at its places in the text of the part, in UTF-16 units. */
export const keyPartProblems = (part: KeyPart): readonly ExpressionIssue[] => {
  if (isExpression(part)) {
    const compiled = compileExpression(part);
    return compiled.ok ? [] : compiled.issues;
  }
  if (!part.startsWith('/')) {
    const message = 'A field is named by a JSON Pointer ("/assetId"); an expression has "${…}".';
    return [{ offset: 0, length: part.length, message }];
  }
  return [
    ...[...part.matchAll(/~(?![01])/g)].map(({ index }) => ({
      ...{ offset: index, length: 1 },
      message: 'A "~" in a JSON Pointer is followed by 0 or 1.',
    })),
    ...[...part.matchAll(/\/(?=\/|$)/g)].map(({ index }) => ({
      ...{ offset: index, length: 1 },
      message: 'A JSON Pointer has a name behind each "/".',
    })),
  ];
};

/** The same as one text, where there is no text to point into; undefined where nothing is wrong. */
export const keyPartProblem = (part: KeyPart): string | undefined => {
  const problems = keyPartProblems(part);
  return problems.length === 0 ? undefined : [...new Set(problems.map(({ message }) => message))].join(' ');
};

/**
 * The pointer an expression stands for that says no more than one: what lies by a field already need not be brought
 * together by an expression that reads it. Only where both read the same of every record.
 */
const plainField = (source: string): KeyPart | undefined => {
  const [, single, double] = PLAIN_FIELD.exec(source) ?? [];
  return single ?? double;
};

const PLAIN_FIELD = /^\$\{\s*record:value\(\s*(?:'((?:\/[A-Za-z_]\w*)+)'|"((?:\/[A-Za-z_]\w*)+)")\s*\)\s*\}$/;

/** A pointer of one step is written as the name it stands for, unless that could be mistaken for something else. */
const fieldTerm = (pointer: KeyPart): string => {
  if (isExpression(pointer)) return pointer;
  const [name = '', ...more] = stepsOf(pointer);
  return more.length === 0 && name !== '' && fieldPointer(name) === `/${name}` && !isExpression(name) ? name : pointer;
};

const firstField = (path: string): string | undefined => {
  const parsed = parseFieldPath(path);
  const first = isFieldPath(parsed) ? parsed[0] : undefined;
  return typeof first === 'string' ? first : undefined;
};
