import { itemTexts, memberTexts, type StreamRecord } from '@penstock/engine';
import { AppError, isJsonObject, type JsonObject, type JsonValue, pointer } from '@penstock/model';

/** One measured value of an upload. */
export interface Measured {
  readonly assetId: string;
  readonly pointId: string;
  /** Unix ms. */
  readonly time: number;
  readonly value: JsonValue;
  readonly quality: JsonValue;
  /** How the value is spelled; undefined where `value` has all its digits. */
  readonly text: string | undefined;
}

/**
 * The measured values in the payload of a device's upload that are wanted, in its order. Of entries that hold none only
 * the form is looked at. Errors: `PAYLOAD_NOT_VALID`, `KEY_NOT_VALID`, `TIME_NOT_VALID`, each with the place.
 */
export const measuredIn = (record: StreamRecord, isWanted: (pointId: string) => boolean): Measured[] => {
  const payload = record.get('payload');
  const spelled = record.spellingOf('payload');
  if (!Array.isArray(payload))
    throw notValid(
      'PAYLOAD_NOT_VALID',
      '/payload',
      'must be a list of what was measured, `[{ "measurepoints": {…} }]`',
    );
  // Each text is walked through once, however many values are taken out of it.
  const entryTexts = spelled === undefined ? [] : itemTexts(spelled);
  return payload.flatMap((entry: JsonValue, index) => {
    const at = `/payload${pointer(index)}`;
    const points = isJsonObject(entry) ? entry.measurepoints : undefined;
    if (!isJsonObject(entry) || !isJsonObject(points))
      throw notValid('PAYLOAD_NOT_VALID', `${at}/measurepoints`, 'must be an object with a value for each point');
    const wanted = Object.keys(points).filter(isWanted);
    if (wanted.length === 0) return [];
    const assetId = assetOf(entry, record, at);
    const time = timeOf(entry, record, at);
    const entryText = entryTexts[index];
    const texts = entryText === undefined ? undefined : membersOf(membersOf(entryText).get('measurepoints'));
    return wanted.map((pointId): Measured => {
      const given = points[pointId] as JsonValue;
      const text = texts?.get(pointId);
      if (!isJsonObject(given) || !Object.hasOwn(given, 'value'))
        return { assetId, pointId, time, value: given, quality: 0, text };
      const quality = given.quality ?? 0;
      const valueText = text === undefined ? undefined : membersOf(text).get('value');
      return { assetId, pointId, time, value: given.value as JsonValue, quality, text: valueText };
    });
  });
};

/** Of several members with one name the last counts, as for JSON.parse. */
const membersOf = (json: string | undefined): ReadonlyMap<string, string> =>
  new Map(json === undefined ? [] : memberTexts(json));

/** A record of the point as it stands in the internal topic: with all its digits. */
export const recordOf = (
  upload: StreamRecord,
  { assetId, pointId, time, value, quality, text }: Measured,
): StreamRecord => {
  const [orgId, modelId, modelIdPath] = ['orgId', 'modelId', 'modelIdPath'].map((name) => upload.get(name));
  const record = upload.derive({
    ...(orgId === undefined ? {} : { orgId }),
    ...(modelId === undefined ? {} : { modelId }),
    ...(modelIdPath === undefined ? {} : { modelIdPath }),
    ...{ assetId, pointId, time, value, quality, attr: {} },
  });
  if (text !== undefined) record.setJson('value', text);
  return record;
};

/** Of the entry, or of the whole upload where that says nothing. */
const assetOf = (entry: JsonObject, record: StreamRecord, at: string): string => {
  const assetId = entry.assetId ?? record.get('assetId');
  if (typeof assetId === 'string' && assetId !== '') return assetId;
  throw notValid('KEY_NOT_VALID', `${at}/assetId`, 'must be a text, there or beside the payload');
};

const timeOf = (entry: JsonObject, record: StreamRecord, at: string): number => {
  const given = entry.time ?? record.get('time');
  const time = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : given;
  if (typeof time === 'number' && Number.isSafeInteger(time)) return time;
  throw notValid(
    'TIME_NOT_VALID',
    `${at}/time`,
    'must be a whole number of milliseconds since 1970, there or beside the payload',
  );
};

const notValid = (code: string, at: string, what: string): AppError =>
  new AppError(code, `"${at}" ${what}.`, { domain: 'user' });
