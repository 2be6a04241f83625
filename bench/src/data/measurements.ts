import { createRandom, type Random } from '@penstock/testkit';

/**
 * The data sets of the benchmark: measurement records in the classic format (contract G.1) of assets with 10 points
 * each. A function of seed and index alone, so that a reference can be computed without Kafka.
 */

/** What tells data sets apart. */
export interface DataShape {
  readonly assets: number;
  /** From one record of an asset and point to the next, ms. */
  readonly stepMs: number;
  /** Messages have no key, and those of one asset and point are in all partitions. */
  readonly isKeyless: boolean;
}

export interface DataSet {
  readonly records: number;
  readonly seed: number;
  /** `CLASSIC` where it is not given. */
  readonly shape?: DataShape;
}

export const ORG_ID = 'o15555734875001';
export const MODEL_ID = 'wtg';
export const MODEL_ID_PATH = '/root/wtg';
export const ASSETS = 1_000;
export const POINTS = ['power', 'wind', 'rotor', 'gen', 'pitch', 'yaw', 'gear', 'oil', 'temp', 'volt'] as const;
export const SERIES = ASSETS * POINTS.length;
/** What most workloads read. */
export const CLASSIC: DataShape = { assets: ASSETS, stepMs: 1000, isKeyless: false };
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
  /** Index of asset+point, below `seriesCount`. */
  series = 0;
  readonly seriesCount: number;
  asset = 0;
  point = 0;
  time = FIRST_TIME;
  value: number | null = null;
  readonly #random: Random;
  readonly #stepMs: number;
  readonly #walks: Int32Array;

  constructor({ records, seed, shape = CLASSIC }: DataSet) {
    this.records = records;
    this.seriesCount = shape.assets * POINTS.length;
    this.#stepMs = shape.stepMs;
    this.#walks = new Int32Array(this.seriesCount);
    this.#random = createRandom(seed);
    for (let series = 0; series < this.seriesCount; series++) {
      this.#walks[series] = 50_000 + Math.floor(this.#random() * 100_000);
    }
  }

  /** Moves to the next record; false at the end. */
  next(): boolean {
    if (this.index + 1 >= this.records) return false;
    this.index++;
    this.series = this.index % this.seriesCount;
    this.point = this.series % POINTS.length;
    this.asset = (this.series - this.point) / POINTS.length;
    this.time = FIRST_TIME + ((this.index - this.series) / this.seriesCount) * this.#stepMs;
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

  constructor(assets = ASSETS) {
    const keys: string[] = [];
    const heads: string[] = [];
    for (let asset = 0; asset < assets; asset++) {
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
