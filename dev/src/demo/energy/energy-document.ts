import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

export const ENERGY_PIPELINE_NAME = 'Daily energy';

/** The document as it is in its file; its HTTP stage names a port of this machine. */
export const energyDocument = (): JsonObject =>
  JSON.parse(readFileSync(new URL('../pipelines/daily-energy/pipeline.json', import.meta.url), 'utf8')) as JsonObject;

/** The same, asking the asset service on another port of the loopback address. */
export const energyDocumentFor = (assetServicePort: number): JsonObject =>
  withPort(energyDocument(), assetServicePort) as JsonObject;

const withPort = (value: JsonValue, port: number): JsonValue => {
  if (typeof value === 'string') return value.replace(/^http:\/\/127\.0\.0\.1:\d+\//, `http://127.0.0.1:${port}/`);
  if (Array.isArray(value)) return value.map((item) => withPort(item, port));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withPort(inner, port)]));
};
