/**
 * Zigzag varints in place, without BigInt. Values are doubles: exact up to 2^53, beyond what offsets and times need.
 * Reading moves a cursor that belongs to the module, so that nothing is allocated per value.
 */

/** Position after the last varint read. */
export let cursor = 0;

/** Reads a signed varint of up to ten bytes at `at`. Past the end of `bytes` it reads zeros; callers check `cursor`. */
export const readVarint = (bytes: Uint8Array, at: number): number => {
  let byte = bytes[at++] ?? 0;
  if (byte < 0x80) {
    cursor = at;
    return (byte >>> 1) ^ -(byte & 1);
  }
  let raw = byte & 0x7f;
  let shift = 7;
  while (shift < 28) {
    byte = bytes[at++] ?? 0;
    raw |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      cursor = at;
      return (raw >>> 1) ^ -(raw & 1);
    }
    shift += 7;
  }
  return readLongTail(bytes, at, raw);
};

/** The bytes after the fourth, by multiplication: more than 28 bits do not fit a 32-bit shift. */
const readLongTail = (bytes: Uint8Array, start: number, low28: number): number => {
  let at = start;
  let raw = low28;
  let scale = 2 ** 28;
  for (let n = 4; n < 10; n++) {
    const byte = bytes[at++] ?? 0;
    raw += (byte & 0x7f) * scale;
    scale *= 128;
    if (byte < 0x80) break;
  }
  cursor = at;
  return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
};

/** Bytes that a signed varint takes. */
export const sizeOfVarint = (value: number): number => {
  if (value >= -64 && value < 64) return 1;
  if (value >= -8192 && value < 8192) return 2;
  if (value >= -1_048_576 && value < 1_048_576) return 3;
  let size = 4;
  for (let limit = 134_217_728; !(value >= -limit && value < limit) && size < 10; limit *= 128) size++;
  return size;
};

/** Writes a signed varint and returns the position after it. */
export const writeVarint = (bytes: Uint8Array, position: number, value: number): number => {
  let at = position;
  if (value >= -134_217_728 && value < 134_217_728) {
    let raw = (value << 1) ^ (value >> 31);
    while (raw > 0x7f) {
      bytes[at++] = (raw & 0x7f) | 0x80;
      raw >>>= 7;
    }
    bytes[at++] = raw;
    return at;
  }
  let raw = value >= 0 ? value * 2 : -value * 2 - 1;
  while (raw > 0x7f) {
    bytes[at++] = (raw % 128) | 0x80;
    raw = Math.floor(raw / 128);
  }
  bytes[at++] = raw;
  return at;
};
