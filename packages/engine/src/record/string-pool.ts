/**
 * Turns bytes into strings, giving the same string object for the same bytes again. Asset ids, point ids and model
 * paths repeat all the time; a pooled string costs no allocation and carries its hash with it, so that `Map` look-ups
 * by it are cheap. The pool is a fixed-size table: a newer string simply takes the place of an older one.
 */
export class StringPool {
  readonly #mask: number;
  readonly #strings: (string | undefined)[];

  /** `slots`: a power of two. */
  constructor(slots = 1 << 15) {
    this.#mask = slots - 1;
    this.#strings = new Array<string | undefined>(slots).fill(undefined);
  }

  /** `bytes[start, end)` must be ASCII; `hash` any hash of them. */
  get(bytes: Buffer, start: number, end: number, hash: number): string {
    const slot = (hash ^ (hash >>> 15)) & this.#mask;
    const known = this.#strings[slot];
    if (known !== undefined && known.length === end - start) {
      let i = start;
      while (i < end && known.charCodeAt(i - start) === bytes[i]) i++;
      if (i === end) return known;
    }
    const made = bytes.latin1Slice(start, end);
    this.#strings[slot] = made;
    return made;
  }
}
