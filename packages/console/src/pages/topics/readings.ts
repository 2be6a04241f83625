import { isObject, type JsonValue, parseJson, shownJson, textOf } from '../../document/json.ts';

/** What a record says of a point of an asset. */
export interface Reading {
  readonly assetId: string;
  readonly modelId: string;
  readonly pointId: string;
  /** With all of its digits. */
  readonly value: string;
  /** What the source thinks of it: 0 is good; undefined where it does not say. */
  readonly quality: number | undefined;
  /** Event time, Unix ms; undefined where there is none. */
  readonly time: number | undefined;
}

/** Readings of a message, which may hold several records; nothing where it is none of measurement points. */
export const readingsIn = (text: string): readonly Reading[] => {
  let message: JsonValue;
  try {
    message = parseJson(text);
  } catch {
    return []; // the page shows such a message as text, with its fault
  }
  const records = Array.isArray(message) ? message : [message];
  return records.flatMap((record: JsonValue): Reading[] => {
    if (!isObject(record) || textOf(record.pointId) === '' || record.value === undefined) return [];
    const { assetId, modelId, pointId, value, quality, time } = record;
    return [
      {
        assetId: textOf(assetId),
        modelId: textOf(modelId),
        pointId: textOf(pointId),
        value: shownJson(value),
        quality: typeof quality === 'number' ? quality : undefined,
        time: typeof time === 'number' ? time : undefined,
      },
    ];
  });
};
