/** Bytes that are shown at most; a value may have a megabyte. */
export const SHOWN_BYTES = 4096;
const PER_LINE = 16;

/** Bytes from base64. */
export const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** As `hexdump` shows them: place, sixteen bytes, and the letters among them. */
export const hexLines = (bytes: Uint8Array): readonly string[] =>
  Array.from({ length: Math.ceil(Math.min(bytes.length, SHOWN_BYTES) / PER_LINE) }, (_, line) => {
    const at = line * PER_LINE;
    const part = [...bytes.subarray(at, Math.min(at + PER_LINE, SHOWN_BYTES))];
    const letters = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    return `${hex(at, 6)}  ${part
      .map((byte) => hex(byte, 2))
      .join(' ')
      .padEnd(PER_LINE * 3 - 1)}  ${letters}`;
  });
