import type { JsonValue } from '@penstock/model';
import { isJsonObject } from '@penstock/model';
import { isSecretName, SECRET_MASK } from './document-secrets.ts';

/** Shorter values are too likely to occur in data by chance. */
export const MIN_SECRET_LENGTH = 6;

/** Replaces the values of a document's secrets wherever they turn up in an answer, scripts having had them in hand. */
export const hideSecrets = <T>(answer: T, document: JsonValue): T => {
  const secrets = collectSecrets(document);
  if (secrets.size === 0) return answer;
  const hide = (text: string): string =>
    [...secrets].reduce((hidden, secret) => hidden.replaceAll(secret, SECRET_MASK), text);
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return hide(value);
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [hide(name), visit(inner)]));
  };
  return visit(answer) as T;
};

/** Values of a document's secrets that are long enough to be told from data, as they are and as they look in JSON text. */
export const collectSecrets = (document: JsonValue): Set<string> => {
  const found = new Set<string>();
  const take = (value: JsonValue | undefined): void => {
    if (typeof value !== 'string' || value.length < MIN_SECRET_LENGTH) return;
    found.add(value);
    found.add(JSON.stringify(value).slice(1, -1));
  };
  const visit = (value: JsonValue): void => {
    if (Array.isArray(value)) {
      for (const inner of value) visit(inner);
      return;
    }
    if (!isJsonObject(value)) return;
    const named = typeof value.name === 'string' ? value.name : typeof value.key === 'string' ? value.key : '';
    if (isSecretName(named)) take(value.value);
    for (const [name, inner] of Object.entries(value)) {
      if (isSecretName(name)) take(inner);
      visit(inner);
    }
  };
  visit(document);
  return found;
};
