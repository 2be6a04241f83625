import { type DropDeclaration, type ErrorDeclaration, NO_RECORDS } from '@penstock/engine';

/** What several operators say of records in the same words. */

export const notSelected: DropDeclaration = {
  reason: 'not-selected',
  when: 'No row of the table applies to the record.',
};

export const nullValue: DropDeclaration = { reason: 'null-value', when: '`value` is null or absent.' };

export const notNumeric: ErrorDeclaration = { code: 'VALUE_NOT_NUMERIC', when: '`value` is not a number.' };

export const keyNotValid: ErrorDeclaration = {
  code: 'KEY_NOT_VALID',
  when: '`assetId` or `pointId`, by which the state is kept, is not a text.',
};

export const timeNotValid: ErrorDeclaration = {
  code: 'TIME_NOT_VALID',
  when: '`time` is not a whole number of milliseconds since 1970; seconds, which would be a day of January 1970, are told as such.',
};

export const timeTooFarAhead: ErrorDeclaration = {
  code: 'TIME_TOO_FAR_AHEAD',
  when: '`time` lies further ahead of the clock than the pipeline accepts (`maxFutureMs`, one day).',
};

export const expressionFailed: ErrorDeclaration = {
  code: 'EXPRESSION_FAILED',
  when: 'An expression of the stage cannot be evaluated for the record.',
};

/** Of sources that read messages: what is no mistake and yet leads to nothing. */
export const messageDrops: readonly DropDeclaration[] = [
  { reason: NO_RECORDS, when: 'The message is an empty array.' },
];

/** Of sources: messages, and what stands among the records of one, that never become records. */
export const messageErrors: readonly ErrorDeclaration[] = [
  { code: 'RECORD_VALUE_NULL', when: 'The message has no value (a tombstone).' },
  { code: 'RECORD_TOO_LARGE', when: 'The message, or a record of it, is longer than the stage accepts.' },
  { code: 'RECORD_NOT_JSON', when: 'The message, a record of it, or the rest of it is not JSON.' },
  {
    code: 'RECORD_NOT_OBJECT',
    when: 'The message, or what stands in the place of a record of it, is JSON but not an object.',
  },
  { code: 'RECORD_NUMBER_TOO_LARGE', when: 'A number of the message is too large for any number type.' },
];
