import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { usageFailure } from './failure.ts';

/** What a file, or standard input for `-`, is read from; replaced in tests. */
export type ReadBytes = (file: string) => Promise<Buffer>;

const readBytes =
  (cwd: string): ReadBytes =>
  (file) =>
    // Standard input is waited for: a pipe may have nothing in it yet, or be slower than this command.
    file === '-' ? buffer(process.stdin) : readFile(resolve(cwd, file));

/** The text of a file, or of standard input for `-`: UTF-8 or UTF-16, with or without a byte order mark. */
export const readInput = async (cwd: string, file: string, read: ReadBytes = readBytes(cwd)): Promise<string> => {
  try {
    return decode(await read(file));
  } catch (error) {
    throw usageFailure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** A byte order mark says what follows and is no part of it; editors of some systems write one. */
const decode = (bytes: Buffer): string => {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
};

/** A pipeline document as JSON. */
export const readDocument = async (cwd: string, file: string): Promise<Record<string, unknown>> => {
  const value = parseJson(await readInput(cwd, file), file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usageFailure(`${file} does not hold a pipeline document: a JSON object is needed.`);
  }
  return value as Record<string, unknown>;
};

/** Records for a preview: a JSON array of objects, or one object per line. */
export const readRecords = async (cwd: string, file: string): Promise<Record<string, unknown>[]> => {
  const text = (await readInput(cwd, file)).trim();
  const values = text.startsWith('[')
    ? parseJson(text, file)
    : text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line, index) => parseJson(line, `${file} line ${index + 1}`));
  if (!Array.isArray(values) || values.some((value) => typeof value !== 'object' || value === null)) {
    throw usageFailure(`${file} does not hold records: give a JSON array of objects, or one object per line.`);
  }
  return values;
};

/** The lines of a file as they are; the end of the last one is no line. */
export const readLines = async (cwd: string, file: string): Promise<string[]> => {
  const lines = (await readInput(cwd, file)).split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

const parseJson = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw usageFailure(`${what} is not JSON: ${explain(text)}`);
  }
};

/** What is wrong with a text that is no JSON, with line and column, and with a name for characters nobody sees. */
const explain = (text: string): string => {
  const position = faultOf(text);
  const before = text.slice(0, position).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  const found = text.codePointAt(position);
  if (found === undefined) return `it ends too early, in ${place}.`;
  return `${nameOf(found)} is not expected in ${place}.`;
};

/** Where a text stops being the beginning of a JSON text; its length where it only ends too early. */
const faultOf = (text: string): number => {
  let good = 0;
  let bad = text.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (couldGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
};

/** `JSON.parse` names places only sometimes, but always tells a text that ends from one that is wrong. */
const couldGoOn = (beginning: string): boolean => {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (/end of JSON|Unterminated string/.test(message)) return true;
    return Number(/at position (\d+)/.exec(message)?.[1] ?? -1) >= beginning.length;
  }
};

const nameOf = (codePoint: number): string => {
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  const character = String.fromCodePoint(codePoint);
  return /[\p{C}\p{Z}]/u.test(character) ? `the character ${code}` : `"${character}" (${code})`;
};
