import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { createRandom, type Random, wholeBetween } from '@penstock/testkit';

/**
 * The input of a chaos run: counted and a function of the seed. Besides good records it has what makes stateful
 * operators stumble: late ones, some beyond every latency, equal timestamps, gaps in time, null values, records of
 * bad quality, and text that is not JSON.
 */

export const CHAOS_ORG = 'chaos';
export const CHAOS_MODEL = 'pump';
export const CHAOS_POINTS = ['flow', 'pressure', 'speed', 'level', 'torque'] as const;
export const CHAOS_ASSETS = 40;
const FIRST_TIME = Date.UTC(2026, 0, 1);

export interface ChaosRecord {
  /** Counts up; part of the record's text, by which an output can be traced to its input. */
  readonly seq: number;
  readonly assetId: string;
  readonly key: string;
  readonly text: string;
}

/** Assets and numbers of one source, where there are several. */
interface Share {
  readonly firstAsset: number;
  readonly firstSeq: number;
}

/** Gives one record after the other, without end. */
export const createChaosInput = (
  seed: number,
  { firstAsset, firstSeq }: Share = { firstAsset: 0, firstSeq: 0 },
): (() => ChaosRecord) => {
  const random = createRandom(seed);
  const newest = new Map<string, number>();
  let seq = firstSeq;
  return () => {
    const assetId = `pump${String(firstAsset + wholeBetween(random, 0, CHAOS_ASSETS - 1)).padStart(4, '0')}`;
    const pointId = CHAOS_POINTS[wholeBetween(random, 0, CHAOS_POINTS.length - 1)] ?? CHAOS_POINTS[0];
    const key = `${assetId}${pointId}`;
    const before = newest.get(key) ?? FIRST_TIME;
    const time = nextTime(random, before);
    newest.set(key, Math.max(before, time));
    const record = {
      orgId: CHAOS_ORG,
      modelId: CHAOS_MODEL,
      modelIdPath: `/root/${CHAOS_MODEL}`,
      assetId,
      pointId,
      time,
      value: random() < 0.01 ? null : wholeBetween(random, -100_000, 100_000) / 100,
      quality: random() < 0.05 ? 1 : 0,
      attr: {},
      seq,
    };
    const text = JSON.stringify(record);
    // Cut in the middle of a field: no parser can make an object of it, but it still says which record it was.
    const written = random() < 0.003 ? `${seq} ${text.slice(0, 40)}` : text;
    return { seq: seq++, assetId, key, text: written };
  };
};

const nextTime = (random: Random, newest: number): number => {
  const kind = random();
  if (kind < 0.05) return newest - wholeBetween(random, 1, 240) * 1000;
  if (kind < 0.09) return newest;
  if (kind < 0.092) return newest + wholeBetween(random, 120, 1200) * 1000;
  return newest + wholeBetween(random, 5_000, 15_000);
};

/** Undefined: the text is no JSON object, and belongs into the dead letters. */
export const parseRecord = (text: string): JsonObject | undefined => {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // the caller counts it
  }
};
