import { ApiError } from '../../plugins/error-handler.ts';

/** The revision of a design copy as an entity tag. */
export const etagOf = (revision: number): string => `"${revision}"`;

/**
 * The revision that somebody has seen, from `If-Match`; undefined for `*`, which takes whichever there is.
 * Errors: `REVISION_REQUIRED` (428) where nothing is said, `REQUEST_INVALID`.
 */
export const revisionOf = (ifMatch: string | undefined): number | undefined => {
  if (ifMatch === undefined)
    throw new ApiError(
      428,
      'REVISION_REQUIRED',
      'Say by If-Match which revision of the document you have seen (its ETag), or * to overwrite whichever there is.',
    );
  if (ifMatch.trim() === '*') return undefined;
  const tag = /^\s*(?:W\/)?"?(\d{1,9})"?\s*$/.exec(ifMatch)?.[1];
  if (tag === undefined) throw new ApiError(400, 'REQUEST_INVALID', 'If-Match must be the ETag of the document, or *.');
  return Number(tag);
};
