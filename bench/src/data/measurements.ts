import { createRandom, type Random } from '@penstock/testkit';

/**
 * The data set of the benchmark: measurement records in the classic format (contract G.1) of 1,000 assets with 10
 * points each, second by second. A function of seed and index alone, so that a reference can be computed without Kafka.
 */

export const ORG_ID = 'o15555734875001';
export const MODEL_ID = 'wtg';
export const MODEL_ID_PATH = '/root/wtg';
export const ASSETS = 1_000;
export const POINTS = ['power', 'wind', 'rotor', 'gen', 'pitch', 'yaw', 'gear', 'oil', 'temp', 'volt'] as const;
export const SERIES = ASSETS * POINTS.length;
/** 2019-09-01T00:00:00Z: a whole minute. */
export const FIRST_TIME = 1_567_296_000_000;
const NULL_SHARE = 0.01;
/** Random walks in hundredths, between these bounds. */
const LOWEST = 0;
const HIGHEST = 200_000;

export const pointReference = (pointId: string): string => `${MODEL_ID}::${pointId}`;

export const assetIdOf = (asset: number): string => `wt${String(asset).padStart(6, '0')}`;

/** Walks through the records in the order in which they are written; the fields are those of the current one. */
export class Measurements {
  readonly records: number;
  /** Index of the current record, from 0. */
  index = -1;
  /** Index of asset+point, below `SERIES`. */
  series = 0;
  asset = 0;
  point = 0;
  time = FIRST_TIME;
  value: number | null = null;
  readonly #random: Random;
  readonly #walks = new Int32Array(SERIES);

  constructor(options: { readonly records: number; readonly seed: number }) {
    this.records = options.records;
    this.#random = createRandom(options.seed);
    for (let series = 0; series < SERIES; series++) {
      this.#walks[series] = 50_000 + Math.floor(this.#random() * 100_000);
    }
  }

  /** Moves to the next record; false at the end. */
  next(): boolean {
    if (this.index + 1 >= this.records) return false;
    this.index++;
    this.series = this.index % SERIES;
    this.point = this.series % POINTS.length;
    this.asset = (this.series - this.point) / POINTS.length;
    this.time = FIRST_TIME + ((this.index - this.series) / SERIES) * 1000;
    const step = Math.floor(this.#random() * 2001) - 1000;
    const walked = Math.min(HIGHEST, Math.max(LOWEST, (this.#walks[this.series] ?? 0) + step));
    this.#walks[this.series] = walked;
    this.value = this.#random() < NULL_SHARE ? null : walked / 100;
    return true;
  }
}

/** The parts of a record's text that are the same for all records of a series. */
export class RecordTexts {
  readonly keys: readonly string[];
  readonly #heads: readonly string[];

  constructor() {
    const keys: string[] = [];
    const heads: string[] = [];
    for (let asset = 0; asset < ASSETS; asset++) {
      for (const pointId of POINTS) {
        const assetId = assetIdOf(asset);
        keys.push(assetId + pointId);
        heads.push(
          `{"orgId":"${ORG_ID}","modelId":"${MODEL_ID}","modelIdPath":"${MODEL_ID_PATH}",` +
            `"assetId":"${assetId}","pointId":"${pointId}","time":`,
        );
      }
    }
    this.keys = keys;
    this.#heads = heads;
  }

  textOf(record: Measurements): string {
    return `${this.#heads[record.series]}${record.time},"value":${record.value},"quality":0,"attr":{}}`;
  }
}
