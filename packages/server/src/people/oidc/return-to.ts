const HERE = 'http://here.invalid';
const MAX_LENGTH = 1000;

/**
 * A page of this service from what a link said, and the first page for anything else: addresses of other hosts in all
 * their spellings (`//host`, `/\host`, control characters that browsers drop), and what is no page.
 */
export const pageWithin = (given: string | undefined): string => {
  if (given === undefined || given.length > MAX_LENGTH || !given.startsWith('/')) return '/';
  // Browsers take a backslash for a slash and leave out tabs and line breaks.
  if (/[\\\p{Cc}]/u.test(given) || !URL.canParse(given, HERE)) return '/';
  const url = new URL(given, HERE);
  if (url.origin !== HERE) return '/';
  const path = `${url.pathname}${url.search}${url.hash}`;
  // `/.//host` comes out as `//host`.
  return path.startsWith('//') || url.pathname.startsWith('/api/') ? '/' : path;
};
