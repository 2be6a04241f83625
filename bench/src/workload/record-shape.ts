import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';

/** The object under `name`; throws where there is none. */
export const objectAt = (record: JsonObject, name: string): JsonObject => {
  const value = record[name];
  if (!isJsonObject(value)) throw new Error(`no object at "${name}": ${JSON.stringify(record)}`);
  return value;
};

/** Throws unless the object has exactly this many fields: nothing may be left out of a comparison. */
export const checkFieldCount = (object: JsonObject, count: number): void => {
  if (Object.keys(object).length !== count) {
    throw new Error(`${count} fields expected: ${JSON.stringify(object)}`);
  }
};

/** The fields every measurement record has, as text. */
export const commonContent = (record: JsonObject): string =>
  `${record.orgId}|${record.modelId}|${record.modelIdPath}|${record.assetId}|${record.pointId}|${record.time}|${record.value}|${record.quality}`;

export const keyOf = (record: JsonObject): string => `${record.assetId}${record.pointId}`;

/** Sums depend on the order of additions in their last digits; what was measured has far fewer. */
export const roundedSum = (value: JsonValue | undefined): string => Number(value).toPrecision(12);
