import type { Issue } from '@penstock/model';
import type { TString } from 'typebox';
import { type FieldUi, textField } from '../config/fields.ts';
import { optionIssue } from '../config/option-issue.ts';

/** An option that says which trees are meant: those with a tag. */
export const treeTagField = (title: string, ui: FieldUi, settings: { readonly isOptional?: boolean } = {}): TString =>
  textField({
    title,
    description: 'Which trees: those with this tag, `key::value`. Exactly one tag.',
    maxLength: 400,
    ...(settings.isOptional === true ? { default: '' } : { minLength: 1 }),
    ...ui,
  });

interface Tag {
  readonly tagKey: string;
  readonly tagValue: string;
}

/** Undefined where the text is no `key::value`. A value may hold colons. */
export const parseTag = (text: string): Tag | undefined => {
  const at = text.indexOf('::');
  const [tagKey, tagValue] = [text.slice(0, at).trim(), text.slice(at + 2).trim()];
  return at <= 0 || tagKey === '' || tagValue === '' ? undefined : { tagKey, tagValue };
};

/** For configurations that have been checked. */
export const tagOf = (text: string): Tag => {
  const tag = parseTag(text);
  if (tag === undefined) throw new Error(`"${text}" is no tag and should not have passed validation`);
  return tag;
};

export const checkTag = (path: string, text: string): Issue[] =>
  parseTag(text) === undefined
    ? [optionIssue(path, `"${text}" is not a tag. Write its key, two colons and its value: kind::site.`)]
    : [];
