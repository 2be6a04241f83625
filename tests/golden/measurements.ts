import type { JsonObject } from '@penstock/model';
import { createRandom, type Random, wholeBetween } from '@penstock/testkit';
import type { GoldenMessage } from './golden-pipeline.ts';

const FIRST_TIME = Date.UTC(2026, 0, 1);

export interface MeasurementOptions {
  readonly seed: number;
  readonly count: number;
  readonly modelId: string;
  readonly assets: readonly string[];
  readonly points: readonly string[];
  /** What decides the partition of a record; the asset where it is not given. */
  partitionKey?(assetId: string, pointId: string): string;
  /** Share of messages that are no records, 0 to 1; 0.01 where it is not given. */
  readonly malformed?: number;
  /** Share of values that are texts where numbers are expected; 0 where it is not given. */
  readonly texts?: number;
}

/**
 * Measurements in the form of contract G.1 with what makes operators stumble: late ones, some beyond every latency,
 * equal times, gaps, null values, bad quality, fields nobody knows, and messages that are no records at all.
 */
export const measurements = (options: MeasurementOptions): GoldenMessage[] => {
  const { seed, count, modelId, assets, points, partitionKey = (assetId) => assetId } = options;
  const { malformed = 0.01, texts = 0 } = options;
  const random = createRandom(seed);
  const newest = new Map<string, number>();
  return Array.from({ length: count }, (_, seq): GoldenMessage => {
    const assetId = pick(random, assets);
    const pointId = pick(random, points);
    const key = assetId + pointId;
    const before = newest.get(key) ?? FIRST_TIME;
    const time = nextTime(random, before);
    newest.set(key, Math.max(before, time));
    const value = JSON.stringify({
      orgId: 'golden',
      modelId,
      modelIdPath: `/root/${modelId}`,
      assetId,
      pointId,
      time,
      value: random() < texts ? 'not measured' : measuredValue(random),
      quality: random() < 0.05 ? 1 : 0,
      attr: {},
      ...strangeFields(random),
      seq,
    });
    const isMalformed = random() < malformed;
    return {
      key,
      partitionKey: partitionKey(assetId, pointId),
      value: isMalformed ? malformedMessage(random, seq, value) : value,
    };
  });
};

export const pick = <T>(random: Random, items: readonly T[]): T => {
  const item = items[wholeBetween(random, 0, items.length - 1)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
};

const nextTime = (random: Random, newest: number): number => {
  const kind = random();
  if (kind < 0.05) return newest - wholeBetween(random, 1, 240) * 1000;
  if (kind < 0.09) return newest;
  if (kind < 0.095) return newest + wholeBetween(random, 120, 1200) * 1000;
  return newest + wholeBetween(random, 5_000, 15_000);
};

const measuredValue = (random: Random): number | null => {
  const kind = random();
  if (kind < 0.02) return null;
  if (kind < 0.03) return wholeBetween(random, -9, 9) * 1e300;
  return wholeBetween(random, -100_000, 100_000) / 100;
};

const strangeFields = (random: Random): JsonObject =>
  random() < 0.1 ? { 'größe/µm': '½ 🌊 \u0000\u2028', nested: { list: [1, [null, {}]], '': false } } : {};

/** What is not one record: several, or what no parser can make one of; most still say which one it was to be. */
const malformedMessage = (random: Random, seq: number, text: string): string | Uint8Array | null =>
  pick(random, [
    null,
    '',
    `${seq} ${text.slice(0, 60)}`,
    `[${text}]`,
    `"${seq}"`,
    `${text}${text}`,
    text.replace(/"quality":\d/, '"quality":00'),
    Buffer.concat([Buffer.from(text.slice(0, 30)), Buffer.from([0xff, 0xfe, 0x80])]),
  ]);
