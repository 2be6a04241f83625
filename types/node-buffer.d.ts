/**
 * Buffer methods of Node that its type package leaves out. They skip the look-up of an encoding's name, which counts
 * where they are called for every record.
 */
interface Buffer {
  latin1Slice(start?: number, end?: number): string;
  utf8Slice(start?: number, end?: number): string;
  latin1Write(text: string, offset?: number, length?: number): number;
  utf8Write(text: string, offset?: number, length?: number): number;
}
