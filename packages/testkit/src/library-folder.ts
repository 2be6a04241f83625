import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonValue } from '@penstock/model';
import { parse } from 'yaml';

/** What is in the files of a folder in which a library of operators is written: texts of code, values of all else. */
export const libraryFolder =
  (folder: string): ((file: string) => JsonValue) =>
  (file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return file.endsWith('.js') ? text : (parse(text) as JsonValue);
  };
