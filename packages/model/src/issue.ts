/**
 * Something wrong, or worth knowing, about a document or a request: a value, never thrown.
 * `path` is a JSON Pointer (RFC 6901) into what was checked, so that an editor can go to the field.
 */
export interface Issue {
  /** Stable, upper snake case, `AREA_NOUN_PROBLEM`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly path: string;
  /** What is wrong and what to do, in one or two sentences; values quoted, no secrets. */
  readonly message: string;
  /** Instance name of the stage concerned. */
  readonly stage?: string;
}

export const hasErrors = (issues: readonly Issue[]): boolean => issues.some((issue) => issue.severity === 'error');

/** Joins segments to a JSON Pointer, escaping `~` and `/` (RFC 6901). */
export const pointer = (...segments: readonly (string | number)[]): string =>
  segments.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
