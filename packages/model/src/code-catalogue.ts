/**
 * What people may meet a code as: a thrown error, something wrong about a document or a request (an issue), the error of
 * one record, something that happened (an event), or why a run ended or a state is what it is (a reason).
 */
export type CodeKind = 'error' | 'issue' | 'record' | 'event' | 'reason';

export interface CodeEntry {
  readonly kind: CodeKind;
  /** What it says, for somebody who sees only the code. */
  readonly meaning: string;
  /** What to do about it; undefined where nothing has to be done. */
  readonly remedy?: string;
}

/**
 * The codes of a package: `AREA_NOUN_PROBLEM`, never renamed and never used for anything else. Every code that stands in
 * the sources is listed, and every listed code stands in the sources: `npm run gen:check` sees to both.
 */
export type CodeCatalogue = Readonly<Record<string, CodeEntry>>;

/** A code of the catalogue as data: what was done, so that listing stays one line a code. */
export const code = (kind: CodeKind, meaning: string, remedy?: string): CodeEntry => ({
  kind,
  meaning,
  ...(remedy === undefined ? {} : { remedy }),
});
