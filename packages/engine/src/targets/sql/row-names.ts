import type { StreamRecord } from '../../record/stream-record.ts';

/**
 * Names a row so that it is found again when the same message is worked off once more: by the offset it came from and a
 * hash of what is written (53 bits).
 */
export const nameRow = (record: StreamRecord, values: readonly (string | null)[]): string => {
  const offset = record.batch === undefined ? -1 : (record.batch.offsets[record.index] ?? -1);
  return `${offset}:${hashOf(JSON.stringify(values))}`;
};

/** Of rows with one name the first, the second and so on: they may fare differently. */
export class RowNames {
  readonly #seen = new Map<string, number>();

  next(name: string): string {
    const before = this.#seen.get(name) ?? 0;
    this.#seen.set(name, before + 1);
    return before === 0 ? name : `${name}#${before}`;
  }
}

/** Two FNV-like lanes of 32 bits, of which 53 are kept. */
const hashOf = (text: string): string => {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36);
};
