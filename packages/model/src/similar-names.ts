/** Below this length one letter more or less is another word. */
const MIN_LENGTH = 4;
/** Names longer than this are not anybody's misspelling; bounds the work. */
const MAX_LENGTH = 120;

const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');
const lastSegment = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/**
 * The known name that a name which is not known was probably meant to be: the same but for case and separators, one
 * or two letters off, or the same last segment under another prefix. Undefined where none is near.
 */
export const similarName = (name: string, known: Iterable<string>): string | undefined => {
  if (name.length > MAX_LENGTH) return undefined;
  const [whole, last] = [bare(name), bare(lastSegment(name))];
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const distance = Math.min(
      editDistance(whole, bare(candidate), allowed(whole)),
      last.length > MIN_LENGTH ? 1 + editDistance(last, bare(lastSegment(candidate)), 1) : Number.POSITIVE_INFINITY,
    );
    if (distance <= 2 && (best === undefined || distance < best.distance)) best = { name: candidate, distance };
  }
  return best?.name;
};

const allowed = (text: string): number => (text.length < MIN_LENGTH ? 0 : text.length < 8 ? 1 : 2);

/** Insertions, deletions, replacements and swaps of neighbours between two texts; infinite above `limit`. */
const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(last, j) + 1,
        at(row, j - 1) + 1,
        at(last, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(beforeLast, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = row;
  }
  const distance = at(last, b.length);
  return distance > limit ? Number.POSITIVE_INFINITY : distance;
};

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
