import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageFailure } from './failure.ts';

/** The text of a file, or of standard input for `-`. */
export const readInput = (cwd: string, file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : resolve(cwd, file), 'utf8');
  } catch (error) {
    throw usageFailure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

/** A pipeline document as JSON. */
export const readDocument = (cwd: string, file: string): Record<string, unknown> => {
  const value = parseJson(readInput(cwd, file), file);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usageFailure(`${file} does not hold a pipeline document: a JSON object is needed.`);
  }
  return value as Record<string, unknown>;
};

/** Records for a preview: a JSON array of objects, or one object per line. */
export const readRecords = (cwd: string, file: string): Record<string, unknown>[] => {
  const text = readInput(cwd, file).trim();
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

const parseJson = (text: string, what: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageFailure(`${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
};
