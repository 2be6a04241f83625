import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/**
 * A manifest whose operators name files as the package that it becomes: `code` and `cases` may be `{ "file": … }`.
 * `read` gives what is in a file beside the manifest: the text of code, the value of JSON or YAML. What the manifest
 * should not hold stays as it is, for `checkPackage` to find.
 */
export const packManifest = (manifest: JsonValue, read: (file: string) => JsonValue): JsonValue => {
  if (!isJsonObject(manifest) || !Array.isArray(manifest.operators)) return manifest;
  return {
    ...manifest,
    operators: manifest.operators.map((operator) =>
      isJsonObject(operator)
        ? { ...operator, ...inlined(operator, 'code', read), ...inlined(operator, 'cases', read) }
        : operator,
    ),
  };
};

const inlined = (operator: JsonObject, member: string, read: (file: string) => JsonValue): JsonObject => {
  const named = operator[member];
  const file = isJsonObject(named) ? named.file : undefined;
  return typeof file === 'string' ? { [member]: read(file) } : {};
};
