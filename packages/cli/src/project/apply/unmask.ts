import { isJsonObject, type JsonValue } from '@penstock/model';

/** How the service shows a secret. */
export const SECRET_MASK = '******';

/** A document as far as it can be compared with another one. */
export interface Comparable {
  readonly value: JsonValue;
  /** Whether the other has a secret where this one only says that there is one. */
  readonly hasSecrets: boolean;
}

/**
 * A shown document with what is masked taken from the wanted one, so that a secret, which nobody can compare, is no
 * difference. Elements of lists are those of the same name, and where they have none those at the same place.
 */
export const unmasked = (shown: JsonValue, wanted: JsonValue): Comparable => {
  let hasSecrets = false;
  const walk = (value: JsonValue, other: JsonValue | undefined): JsonValue => {
    if (value === SECRET_MASK && typeof other === 'string') {
      hasSecrets ||= other !== SECRET_MASK && other !== '';
      return other;
    }
    if (Array.isArray(value)) {
      const others: readonly JsonValue[] = Array.isArray(other) ? other : [];
      return value.map((item: JsonValue, index) => walk(item, namesakeOf(item, others) ?? others[index]));
    }
    if (!isJsonObject(value)) return value;
    const others = isJsonObject(other) ? other : {};
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, walk(inner, others[key])]])),
    );
  };
  return { value: walk(shown, wanted), hasSecrets };
};

const namesakeOf = (item: JsonValue, others: readonly JsonValue[]): JsonValue | undefined => {
  const name = calledOf(item);
  return name === undefined ? undefined : others.find((other) => calledOf(other) === name);
};

/** What an element is called: a stage, a setting, a key-value pair. */
const calledOf = (item: JsonValue): string | undefined => {
  if (!isJsonObject(item)) return undefined;
  const name = item.instanceName ?? item.name ?? item.key;
  return typeof name === 'string' ? name : undefined;
};
