const FIRST_MS = 5_000;
const LONGEST_MS = 15 * 60_000;

/** How long to wait after so many attempts that failed: 5 s, 15 s, 45 s and so on, a quarter of an hour at most. */
export const waitAfter = (attempts: number): number =>
  Math.min(LONGEST_MS, FIRST_MS * 3 ** Math.min(20, Math.max(0, attempts - 1)));
