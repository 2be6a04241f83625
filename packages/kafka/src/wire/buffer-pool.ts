/** Buffers of finished batches, kept for the next ones. Holds at most `capacity` bytes; what is more is left to the GC. */
export class BufferPool {
  readonly #capacity: number;
  readonly #free: Buffer[] = [];
  #held = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** A buffer of at least `size` bytes with old contents. */
  take(size: number): Buffer {
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const buffer = this.#free[i];
      if (buffer === undefined || buffer.length < size) continue;
      this.#free.splice(i, 1);
      this.#held -= buffer.length;
      return buffer;
    }
    return Buffer.allocUnsafeSlow(Math.max(16_384, 2 ** Math.ceil(Math.log2(size))));
  }

  /** Gives a buffer back; nobody may use it afterwards. */
  give(buffer: Buffer): void {
    if (this.#held + buffer.length > this.#capacity) return;
    this.#held += buffer.length;
    this.#free.push(buffer);
  }
}
