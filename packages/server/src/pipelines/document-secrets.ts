import { type Issue, isJsonObject, type JsonObject, type JsonValue, pointer } from '@penstock/model';
import { replaceValues } from './json-text.ts';
import { calledOf, destinationsOf, rowNameOf } from './secret-destinations.ts';

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
  /** What it belongs to, by what that is called: the stage it is in, or the document. */
  readonly holder: string;
}

/** Every value of a document that stands where secrets do, and is neither empty nor a flag. */
export const secretsOf = (document: JsonValue): SecretValue[] => {
  const found: SecretValue[] = [];
  const visit = (value: JsonValue, path: readonly string[], identity: string, above: string): void => {
    if (Array.isArray(value)) {
      value.forEach((inner, index) => {
        const name = String(index);
        visit(inner, [...path, name], `${identity}/${calledOf(inner) ?? name}`, above);
      });
    } else if (isJsonObject(value)) {
      const rowName = rowNameOf(value);
      const holder = isStage(value) ? identity : above;
      for (const [name, inner] of Object.entries(value)) {
        const next = [...path, name];
        const isRowValue = name === 'value' && rowName !== undefined && isSecretName(rowName);
        if (isRowValue || (isSecretName(name) && !isContainer(inner))) {
          if (!isEmpty(inner)) found.push({ path: next, identity: `${identity}/${name}`, value: inner, holder });
        } else visit(inner, next, `${identity}/${name}`, holder);
      }
    }
  };
  visit(document, [], '', '');
  return found;
};

const isStage = (value: JsonObject): boolean => typeof value.instanceName === 'string';

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

/**
 * A document that was read masked, with the secrets of the stored one in the places still masked. A mask stays where
 * what it belongs to now goes to another place: otherwise whoever may change a stage, and not see its password, had it
 * sent to a place of their own. `checkSecrets` names those that stay.
 */
export const unmaskDocument = (text: string, stored: string | null): string => {
  if (stored === null || !text.includes(SECRET_MASK)) return text;
  const masked = secretsOf(parse(text)).filter(({ value }) => value === SECRET_MASK);
  if (masked.length === 0) return text;
  const before = parse(stored);
  const known = new Map(secretsOf(before).map(({ identity, value }) => [identity, JSON.stringify(value)]));
  const [going, went] = [destinationsOf(parse(text)), destinationsOf(before)];
  const restored = new Map(
    masked.flatMap(({ path, identity, holder }) => {
      const value = known.get(identity);
      return value === undefined || going.get(holder) !== went.get(holder) ? [] : [[pathKey(path), value] as const];
    }),
  );
  return restored.size === 0 ? text : replaceValues(text, (path) => restored.get(pathKey(path)));
};

/**
 * Secrets that are only asterisks, for example of an imported export, or of a stage that goes elsewhere now: the
 * pipeline cannot run with them.
 */
export const checkSecrets = (document: JsonValue): Issue[] =>
  secretsOf(document)
    .filter(({ value }) => value === SECRET_MASK)
    .map(({ path }) => ({
      code: 'SECRET_MASKED',
      severity: 'error',
      path: pointer(...path),
      message:
        'The secret was left out when this document was shown or exported, and is not put back where a stage goes to another place than before. Give its value.',
    }));

const pathKey = (path: readonly string[]): string => JSON.stringify(path);
