import { type Issue, isJsonObject, type JsonValue, pointer } from '@penstock/model';
import { replaceValues } from './json-text.ts';

/** What stands for a secret in answers. Sent back in a save, it means the secret that is stored. */
export const SECRET_MASK = '******';

/** Names under which secrets are kept: of configuration rows, and of Kafka client settings. */
const SECRET_NAME = /passw|secret|token|credential|api[-_.]?key|private[-_.]?key|jaas/i;
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

interface SecretValue {
  /** Keys and indexes from the root. */
  readonly path: readonly string[];
  /** The same with list elements by what they are called, so that it survives a reordering. */
  readonly identity: string;
  readonly value: JsonValue;
}

/** Every value of a document that stands where secrets do, and is neither empty nor a flag. */
export const secretsOf = (document: JsonValue): SecretValue[] => {
  const found: SecretValue[] = [];
  const visit = (value: JsonValue, path: readonly string[], identity: string): void => {
    if (Array.isArray(value)) {
      value.forEach((inner, index) => {
        const name = String(index);
        visit(inner, [...path, name], `${identity}/${callOf(inner) ?? name}`);
      });
    } else if (isJsonObject(value)) {
      const rowName = rowNameOf(value);
      for (const [name, inner] of Object.entries(value)) {
        const next = [...path, name];
        const isRowValue = name === 'value' && rowName !== undefined && isSecretName(rowName);
        if (isRowValue || (isSecretName(name) && !isContainer(inner))) {
          if (!isEmpty(inner)) found.push({ path: next, identity: `${identity}/${name}`, value: inner });
        } else visit(inner, next, `${identity}/${name}`);
      }
    }
  };
  visit(document, [], '');
  return found;
};

/** A configuration row or a key-value pair says its name in a value. */
const rowNameOf = (value: Record<string, JsonValue>): string | undefined =>
  typeof value.name === 'string' ? value.name : typeof value.key === 'string' ? value.key : undefined;

const callOf = (value: JsonValue): string | undefined => {
  if (!isJsonObject(value)) return undefined;
  return typeof value.instanceName === 'string' ? value.instanceName : rowNameOf(value);
};

const isContainer = (value: JsonValue): boolean => typeof value === 'object' && value !== null;
const isEmpty = (value: JsonValue): boolean => value === null || value === '' || typeof value === 'boolean';

const parse = (text: string): JsonValue => {
  const value: JsonValue = JSON.parse(text);
  return value;
};

/** The text of a document with its secrets masked; everything else stays as it was written. */
export const maskDocument = (text: string): string => {
  const masks = new Map(secretsOf(parse(text)).map(({ path }) => [pathKey(path), JSON.stringify(SECRET_MASK)]));
  return masks.size === 0 ? text : replaceValues(text, (path) => masks.get(pathKey(path)));
};

/** A document that was read masked, with the secrets of the stored one in the places still masked. */
export const unmaskDocument = (text: string, stored: string | null): string => {
  if (stored === null || !text.includes(SECRET_MASK)) return text;
  const masked = secretsOf(parse(text)).filter(({ value }) => value === SECRET_MASK);
  if (masked.length === 0) return text;
  const known = new Map(secretsOf(parse(stored)).map(({ identity, value }) => [identity, JSON.stringify(value)]));
  const restored = new Map(
    masked.flatMap(({ path, identity }) => {
      const value = known.get(identity);
      return value === undefined ? [] : [[pathKey(path), value] as const];
    }),
  );
  return restored.size === 0 ? text : replaceValues(text, (path) => restored.get(pathKey(path)));
};

/** Secrets that are only asterisks, for example of an imported export: the pipeline cannot run with them. */
export const checkSecrets = (document: JsonValue): Issue[] =>
  secretsOf(document)
    .filter(({ value }) => value === SECRET_MASK)
    .map(({ path }) => ({
      code: 'SECRET_MASKED',
      severity: 'error',
      path: pointer(...path),
      message: 'The secret was left out when this document was shown or exported. Give its value.',
    }));

const pathKey = (path: readonly string[]): string => JSON.stringify(path);
