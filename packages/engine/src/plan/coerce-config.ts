import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/** As much of a JSON Schema as is looked at here. */
export interface ConfigSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, ConfigSchema>>;
  readonly items?: ConfigSchema;
  readonly default?: unknown;
}

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

const coerceScalar = (schema: ConfigSchema, value: JsonValue): JsonValue => {
  const isText = schema.type === 'string' || schema.enum?.every((option) => typeof option === 'string') === true;
  if (isText) return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
  if (typeof value !== 'string') return value;
  if ((schema.type === 'number' || schema.type === 'integer') && NUMBER.test(value)) return Number(value);
  if (schema.type === 'boolean' && /^\s*(true|false)\s*$/i.test(value)) return value.trim().toLowerCase() === 'true';
  return value;
};

/**
 * A configuration value in the type its schema wants, where it plainly means that (`"5"`, `"true"`: SDC documents are
 * loose about it), with defaults in place of what is absent or null. Whatever does not fit is left for the validator.
 */
export const coerceConfig = (schema: ConfigSchema, value: JsonValue | undefined): JsonValue | undefined => {
  if (value === undefined || value === null) {
    if (schema.default !== undefined) return structuredClone(schema.default) as JsonValue;
    return value ?? undefined;
  }
  if (schema.properties !== undefined && isJsonObject(value)) return coerceObject(schema.properties, value);
  if (schema.items !== undefined && Array.isArray(value)) {
    const { items } = schema;
    return value.map((item) => coerceConfig(items, item) ?? null);
  }
  return coerceScalar(schema, value);
};

const coerceObject = (properties: Readonly<Record<string, ConfigSchema>>, value: JsonObject): JsonObject => {
  const result: JsonObject = {};
  for (const [name, schema] of Object.entries(properties)) {
    const coerced = coerceConfig(schema, Object.hasOwn(value, name) ? value[name] : undefined);
    if (coerced !== undefined) result[name] = coerced;
  }
  return result;
};
