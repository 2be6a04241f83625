import type { Issue } from '@penstock/model';

/** An issue of an operator's own rules; `path` is relative to the configuration object. */
export const optionIssue = (path: string, message: string, code = 'STAGE_OPTION_NOT_VALID'): Issue => ({
  code,
  severity: 'error',
  path,
  message,
});

/** Where in a text something is wrong, in UTF-16 units. */
export interface TextPlace {
  readonly offset: number;
  readonly length: number;
}

/** An issue of the text of an option: an expression or a script. */
export const textIssue = (path: string, message: string, { offset, length }: TextPlace): Issue => ({
  ...optionIssue(path, message),
  at: { offset, length },
});

/** What is wrong with an expression, at its places. */
export const expressionIssues = (
  path: string,
  found: readonly (TextPlace & { readonly message: string })[],
): readonly Issue[] => found.map((issue) => textIssue(path, `At ${issue.offset}: ${issue.message}`, issue));
