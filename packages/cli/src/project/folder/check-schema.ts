import type { JsonValue } from '@penstock/model';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { FileIssue } from './file-issue.ts';
import type { SourceFile } from './source-file.ts';

/** Everything in a file that is not as its JSON Schema wants it, each place once. */
export const schemaIssues = (file: SourceFile, schema: TSchema): FileIssue[] => {
  const issues = new Map<string, FileIssue>();
  for (const error of Value.Errors(schema, file.value)) {
    const { keyword, instancePath, params } = error as SchemaError;
    for (const { pointer, message } of told(keyword, instancePath, params, error.message))
      if (!issues.has(pointer)) issues.set(pointer, { file: file.name, ...file.place(pointer), pointer, message });
  }
  return [...issues.values()];
};

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, JsonValue | undefined>>;
}

/** In words; what is too much is told where it stands, and what is missing where it should be. */
const told = (
  keyword: string,
  at: string,
  params: SchemaError['params'],
  message: string,
): { readonly pointer: string; readonly message: string }[] => {
  const names = (name: string): string[] => {
    const found = params[name];
    return Array.isArray(found) ? found.map(String) : [];
  };
  // What a closed object does not name has the schema that nothing fits.
  if (keyword === 'boolean') return [{ pointer: at, message: 'is not known here' }];
  if (keyword === 'additionalProperties')
    return names('additionalProperties').map((name) => ({
      pointer: `${at}/${escaped(name)}`,
      message: 'is not known here',
    }));
  if (keyword === 'required')
    return names('requiredProperties').map((name) => ({ pointer: at, message: `"${name}" is missing` }));
  return [{ pointer: at, message }];
};

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
