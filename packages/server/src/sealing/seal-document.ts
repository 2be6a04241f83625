import { AppError, isJsonObject, type JsonValue } from '@penstock/model';
import type { Seal } from '../auth/seal.ts';
import { SECRET_MASK, secretsOf } from '../pipelines/document-secrets.ts';
import { replaceValues } from '../pipelines/json-text.ts';
import type { DocumentSealing } from '../store/document-column.ts';

/** Begins the text that stands for a sealed value. */
const PREFIX = 'penstock-sealed:';
const PURPOSE = 'document-secret';

/**
 * Secrets in stored documents: the document is stored as it was received, with the text of each secret sealed in its
 * place, and read as it was received, to the digit. Errors of reading: `SEAL_BROKEN`.
 */
export const createDocumentSealing = (seal: Seal): DocumentSealing => ({
  seal: (text) => {
    const document = parse(text);
    // What looks sealed is sealed as well: otherwise a sealed text of elsewhere would be opened for whoever sends it.
    const forged = text.includes(PREFIX) ? sealedPlaces(document) : [];
    const places = new Set([...secretsOf(document).map(({ path }) => path), ...forged].map(keyOf));
    if (places.size === 0) return text;
    return replaceValues(text, (path, valueText) =>
      places.has(keyOf(path)) ? JSON.stringify(PREFIX + seal.seal(PURPOSE, valueText())) : undefined,
    );
  },
  unseal: (stored) => {
    if (!stored.includes(PREFIX)) return stored;
    const places = new Set(sealedPlaces(parse(stored)).map(keyOf));
    return replaceValues(stored, (path, valueText) =>
      places.has(keyOf(path)) ? seal.unseal(PURPOSE, String(parse(valueText())).slice(PREFIX.length)) : undefined,
    );
  },
});

/** Whether a sealed text can be opened. */
export const isOpenedBy = (seal: Seal, purpose: string, sealed: string): boolean => {
  try {
    seal.unseal(purpose, sealed);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'SEAL_BROKEN') return false;
    throw error;
  }
};

/** A document as it is stored, with a mask in place of each secret that the seal does not open. */
export const withoutUnreadable = (stored: string, seal: Seal): string => {
  if (!stored.includes(PREFIX)) return stored;
  const places = new Set(sealedPlaces(parse(stored)).map(keyOf));
  return replaceValues(stored, (path, valueText) => {
    if (!places.has(keyOf(path))) return undefined;
    const sealed = String(parse(valueText())).slice(PREFIX.length);
    return isOpenedBy(seal, PURPOSE, sealed) ? undefined : JSON.stringify(SECRET_MASK);
  });
};

const sealedPlaces = (document: JsonValue): string[][] => {
  const found: string[][] = [];
  const visit = (value: JsonValue, path: readonly string[]): void => {
    if (typeof value === 'string') {
      if (value.startsWith(PREFIX)) found.push([...path]);
    } else if (Array.isArray(value) || isJsonObject(value)) {
      for (const [name, inner] of Object.entries(value)) visit(inner, [...path, name]);
    }
  };
  visit(document, []);
  return found;
};

const keyOf = (path: readonly string[]): string => JSON.stringify(path);

const parse = (text: string): JsonValue => {
  const value: JsonValue = JSON.parse(text);
  return value;
};
