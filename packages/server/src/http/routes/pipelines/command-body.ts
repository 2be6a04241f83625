import { Type } from 'typebox';
import type { Target } from '../../../use-case/use-case.ts';

/** What every command may say beside what it asks for. */
export const command = {
  note: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 500,
      pattern: '^[^\\u0000]*$',
      description: 'Why, for those who read later.',
    }),
  ),
  expectedRevision: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Of the design copy as you have seen it; refused (412) where it is another.',
    }),
  ),
  expectedVersion: Type.Optional(
    Type.Integer({ minimum: 1, description: 'The released version as you have seen it; as above.' }),
  ),
};

/** A target with what the body of its command says of it. */
export const withCommand = (
  target: Target,
  {
    note,
    expectedRevision,
    expectedVersion,
  }: { readonly note?: string; readonly expectedRevision?: number; readonly expectedVersion?: number },
): Target => ({
  ...target,
  ...(note === undefined ? {} : { note: note.toWellFormed() }),
  ...(expectedRevision === undefined ? {} : { expectedRevision }),
  ...(expectedVersion === undefined ? {} : { expectedVersion }),
});
