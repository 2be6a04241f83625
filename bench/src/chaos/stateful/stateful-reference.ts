import { isJsonObject, type JsonObject } from '@penstock/model';
import { parseRecord } from '../chaos-input.ts';
import { MERGE_EXPIRY_MINUTES } from '../chaos-stages.ts';
import { MergeReference } from '../merge-reference.ts';
import {
  AGGREGATORS,
  type ChaosOutput,
  CONDITIONAL_POINTS,
  LATENCY_MINUTES,
  lastPointOf,
  latePointOf,
  MERGE_TRIGGER,
  MERGED_POINTS,
  RESTORED_POINTS,
  windowPointOf,
} from './stateful-pipeline.ts';

/**
 * What the stateful operators must make of an input, written plainly from their contract (E.3) and from nothing of the
 * engine. Records of one asset come in their order; nothing else matters to the result.
 */

export type EmitExpected = (output: ChaosOutput, record: JsonObject) => void;

const MINUTE = 60_000;
const LATE_BITS = 5;

interface Window {
  readonly start: number;
  readonly readings: { readonly time: number; readonly value: number }[];
}

interface PointState {
  last: JsonObject | undefined;
  newest: number;
  watermark: number;
  readonly windows: Window[];
}

export class ChaosReference {
  readonly #captured = new Map<string, Map<string, JsonObject>>();
  readonly #merger = new MergeReference({
    points: MERGED_POINTS,
    trigger: MERGE_TRIGGER,
    expiryMinutes: MERGE_EXPIRY_MINUTES,
  });
  readonly #points = new Map<string, PointState>();
  readonly #emit: EmitExpected;
  /** Texts that are not JSON objects: they belong into the dead letters. */
  malformed = 0;

  constructor(emit: EmitExpected) {
    this.#emit = emit;
  }

  add(text: string): void {
    const record = parseRecord(text);
    if (record === undefined) {
      this.malformed++;
      return;
    }
    const key = `${record.assetId} ${record.pointId}`;
    const state = this.#points.get(key) ?? {
      last: undefined,
      newest: Number.NEGATIVE_INFINITY,
      watermark: Number.NEGATIVE_INFINITY,
      windows: [],
    };
    this.#points.set(key, state);
    this.#appendLast(record, state);
    const assetId = String(record.assetId);
    const captured = this.#captured.get(assetId) ?? new Map<string, JsonObject>();
    this.#captured.set(assetId, captured);
    const merged = this.#merger.add(record);
    if (merged !== undefined) this.#emit('merged', merged);
    this.#captureAndRestore(record, captured);
  }

  /** Record Capturer, which stands in front, then Record Restorer. */
  #captureAndRestore(record: JsonObject, captured: Map<string, JsonObject>): void {
    const pointId = String(record.pointId);
    if (Object.values(RESTORED_POINTS).includes(pointId)) captured.set(pointId, record);
    const kept = captured.get(RESTORED_POINTS[pointId] ?? '');
    if (kept !== undefined) this.#emit('restored', { ...kept, pointId: 'restored' });
  }

  /** Last Record Appender: the kept record is the one before, under the output point. */
  #appendLast(record: JsonObject, state: PointState): void {
    const pointId = String(record.pointId);
    const renamed = { ...record, pointId: lastPointOf(pointId) };
    const attr = isJsonObject(record.attr) ? record.attr : {};
    const lastRecordAppender = state.last === undefined ? {} : { lastRecord: state.last };
    if (!CONDITIONAL_POINTS.includes(pointId) || record.quality === 0) state.last = renamed;
    const out = { ...renamed, attr: { ...attr, lastRecordAppender } };
    this.#emit('last', out);
    this.#tagLate(out, pointId, state);
  }

  /** Late Point Tagger: late is what is older than the newest seen. */
  #tagLate(record: JsonObject, pointId: string, state: PointState): void {
    const time = Number(record.time);
    const dq = time < state.newest ? LATE_BITS : 0;
    state.newest = Math.max(state.newest, time);
    const out = { ...record, pointId: latePointOf(pointId), dq };
    this.#emit('late', out);
    this.#aggregate(out, pointId, state);
  }

  /** Fixed Time Window Aggregator: one minute, final results only, watermark per asset+point. */
  #aggregate(record: JsonObject, pointId: string, state: PointState): void {
    const { value } = record;
    if (typeof value !== 'number') return;
    const time = Number(record.time);
    state.watermark = Math.max(state.watermark, time);
    const isClosed = (start: number): boolean => start + MINUTE + LATENCY_MINUTES * MINUTE <= state.watermark;
    for (const window of state.windows.filter(({ start }) => isClosed(start))) {
      state.windows.splice(state.windows.indexOf(window), 1);
      this.#emit('window', resultRecord(record, pointId, window));
    }
    const start = Math.floor(time / MINUTE) * MINUTE;
    if (isClosed(start)) return;
    let window = state.windows.find((open) => open.start === start);
    if (window === undefined) {
      window = { start, readings: [] };
      state.windows.push(window);
      state.windows.sort((a, b) => a.start - b.start);
    }
    window.readings.push({ time, value });
  }
}

const resultRecord = (record: JsonObject, pointId: string, { start, readings }: Window): JsonObject => {
  const calType = AGGREGATORS[pointId] ?? 'avg';
  const { value, calDetail } = aggregateOf(calType, readings);
  return {
    orgId: record.orgId ?? null,
    modelId: record.modelId ?? null,
    modelIdPath: record.modelIdPath ?? null,
    assetId: record.assetId ?? null,
    pointId: windowPointOf(pointId),
    time: start,
    value,
    quality: 0,
    attr: { windowAggregator: { lastOutput: 'NaN', calType, calMode: 'final', calDetail } },
  };
};

const aggregateOf = (
  calType: 'avg' | 'max' | 'count' | 'last' | 'first',
  readings: Window['readings'],
): { value: number; calDetail: JsonObject } => {
  const chosen = (isBetter: (candidate: Window['readings'][number], best: Window['readings'][number]) => boolean) => {
    const best = readings.reduce((kept, reading) => (isBetter(reading, kept) ? reading : kept));
    return { value: best.value, calDetail: { time: best.time } };
  };
  switch (calType) {
    case 'avg': {
      const sum = compensatedSum(readings.map(({ value }) => value));
      return { value: sum / readings.length, calDetail: { sum, cnt: readings.length, lastSum: 0, lastCnt: 0 } };
    }
    case 'count':
      return { value: readings.length, calDetail: { cnt: readings.length, lastCnt: 0 } };
    case 'max':
      return chosen((a, b) => a.value > b.value || (a.value === b.value && a.time < b.time));
    case 'first':
      return chosen((a, b) => a.time < b.time);
    case 'last':
      return chosen((a, b) => a.time >= b.time);
  }
};

/** What rounding takes from a sum is added again (Neumaier 1974). */
const compensatedSum = (values: readonly number[]): number => {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
};
