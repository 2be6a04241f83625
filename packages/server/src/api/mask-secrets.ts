import { isJsonObject, type JsonValue } from '@penstock/model';

const MASK = '******';

/** Names under which secrets are kept: of configuration rows, and of Kafka client settings. */
const SECRET_NAME = /passw|secret|token|credential|api[-_.]?key|private[-_.]?key|jaas/i;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/**
 * A document with everything that looks like a secret replaced by asterisks. Undefined where there is nothing to mask,
 * so that the caller can show the original text, number spelling and all.
 */
export const maskSecrets = (document: JsonValue): JsonValue | undefined => {
  let hasMasked = false;
  const mask = (value: JsonValue): JsonValue => {
    if (isEmpty(value)) return value;
    hasMasked = true;
    return MASK;
  };
  const visit = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isJsonObject(value)) return value;
    // A configuration row or a key-value pair says its name in a value.
    const named = typeof value.name === 'string' ? value.name : typeof value.key === 'string' ? value.key : undefined;
    const isSecretRow = named !== undefined && 'value' in value && isSecretName(named);
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        name,
        (isSecretRow && name === 'value') || (isSecretName(name) && !isContainer(inner)) ? mask(inner) : visit(inner),
      ]),
    );
  };
  const masked = visit(document);
  return hasMasked ? masked : undefined;
};

const isContainer = (value: JsonValue): boolean => typeof value === 'object' && value !== null;
const isEmpty = (value: JsonValue): boolean => value === null || value === '' || typeof value === 'boolean';
