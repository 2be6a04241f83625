import type { JsonValue } from '@penstock/model';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
/** Below this a loop is faster than a call into native code. */
const SHORT = 40;

/** Puts JSON text together as UTF-8 bytes in one buffer that is used again for the next record. */
export class ByteWriter {
  bytes = Buffer.allocUnsafe(64 * 1024);
  length = 0;

  reset(): void {
    this.length = 0;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.length++] = value;
  }

  copy(source: Buffer, start: number, end: number): void {
    const count = end - start;
    this.#reserve(count);
    const { bytes } = this;
    let at = this.length;
    if (count < SHORT) for (let i = start; i < end; i++) bytes[at++] = source[i] as number;
    else source.copy(bytes, at, start, end);
    this.length += count;
  }

  text(text: string): void {
    this.#reserve(text.length * 3);
    this.length += this.bytes.utf8Write(text, this.length, text.length * 3);
  }

  /** A value as `JSON.stringify` writes it. */
  json(value: JsonValue): void {
    if (typeof value === 'string' && value.length < SHORT && this.#plain(value)) return;
    if (typeof value === 'number' && value >= 0 && value < 10 && Number.isInteger(value)) this.byte(ZERO + value);
    else this.text(JSON.stringify(value));
  }

  /** Writes a string that needs no escapes; false, with nothing written, where it does. */
  #plain(value: string): boolean {
    this.#reserve(value.length + 2);
    const { bytes } = this;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let i = 0; i < value.length; i++) {
      const c = value.charCodeAt(i);
      if (c < 0x20 || c > 0x7e || c === QUOTE || c === BACKSLASH) return false;
      bytes[at++] = c;
    }
    bytes[at++] = QUOTE;
    this.length = at;
    return true;
  }

  #reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
