/**
 * Random numbers that are a function of their place, not of what was drawn before: the same seed, series and step
 * always give the same number, so that a generator can be stopped and go on anywhere in time.
 */

/** Mixes integers to 32 well-spread bits (the finaliser of MurmurHash3, applied once per input). */
const mix = (...inputs: readonly number[]): number => {
  let hash = 0x9e3779b9;
  for (const input of inputs) {
    // Both halves count: steps may be larger than 32 bits.
    for (const half of [input | 0, Math.floor(input / 0x1_0000_0000) | 0]) {
      hash = Math.imul(hash ^ half, 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      hash ^= hash >>> 16;
    }
  }
  return hash >>> 0;
};

/** Evenly spread in [0, 1). */
export const randomAt = (seed: number, series: number, step: number): number => mix(seed, series, step) / 0x1_0000_0000;

/** A smooth curve in [-1, 1] that wanders with the given period; `timeMs` and `periodMs` in milliseconds. */
export const wander = (seed: number, series: number, timeMs: number, periodMs: number): number => {
  const position = timeMs / periodMs;
  const step = Math.floor(position);
  const part = position - step;
  const eased = part * part * (3 - 2 * part);
  const from = randomAt(seed, series, step);
  const to = randomAt(seed, series, step + 1);
  return 2 * (from + (to - from) * eased) - 1;
};
