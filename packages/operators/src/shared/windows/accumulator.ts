import type { JsonObject, JsonValue } from '@penstock/model';
import { addTo, type Sum, totalOf } from './compensated-sum.ts';

/** Aggregator policies (contract E.3); `cnt` of the templates means `count`. */
export const AGGREGATORS = ['max', 'min', 'avg', 'count', 'sum', 'first', 'last', 'delta'] as const;
export type Aggregator = (typeof AGGREGATORS)[number];

/** Values of one window. One shape for all aggregators, so that the code that fills it stays fast. */
export interface Accumulator extends Sum {
  /** Records in the window. */
  count: number;
  /** The value chosen so far (max, min, first, last; the last one for delta) and its time. */
  chosen: JsonValue;
  chosenTime: number;
  /** The earliest value and its time, for delta. */
  base: JsonValue;
  baseTime: number;
}

export const emptyAccumulator = (): Accumulator => ({
  count: 0,
  sum: 0,
  compensation: 0,
  chosen: null,
  chosenTime: 0,
  base: null,
  baseTime: 0,
});

/** True where the aggregator can work with texts and booleans too. */
export const takesAnyValue = (aggregator: Aggregator): boolean =>
  aggregator === 'count' || aggregator === 'first' || aggregator === 'last';

const choose = (into: Accumulator, value: JsonValue, time: number): void => {
  into.chosen = value;
  into.chosenTime = time;
};

/**
 * Adds a value. Of equal extremes the earlier one counts; of values with the same time, the first to arrive is
 * `first` and the last to arrive is `last`.
 */
export const accumulate = (into: Accumulator, aggregator: Aggregator, value: JsonValue, time: number): void => {
  const isFirst = into.count++ === 0;
  switch (aggregator) {
    case 'avg':
    case 'sum':
      addTo(into, value as number);
      return;
    case 'count':
      return;
    case 'max':
      if (isFirst || (value as number) > (into.chosen as number) || (value === into.chosen && time < into.chosenTime))
        choose(into, value, time);
      return;
    case 'min':
      if (isFirst || (value as number) < (into.chosen as number) || (value === into.chosen && time < into.chosenTime))
        choose(into, value, time);
      return;
    case 'first':
      if (isFirst || time < into.chosenTime) choose(into, value, time);
      return;
    case 'last':
      if (isFirst || time >= into.chosenTime) choose(into, value, time);
      return;
    case 'delta':
      if (isFirst || time >= into.chosenTime) choose(into, value, time);
      if (isFirst || time < into.baseTime) {
        into.base = value;
        into.baseTime = time;
      }
  }
};

/** The sum of the values; not finite where it is beyond what a number can hold. */
export const sumOf = (from: Accumulator): number => totalOf(from);

/** The aggregate; undefined where it is beyond what a number can hold. */
export const resultOf = (from: Accumulator, aggregator: Aggregator): JsonValue | undefined => {
  switch (aggregator) {
    case 'avg':
      return finite(sumOf(from) / from.count);
    case 'sum':
      return finite(sumOf(from));
    case 'count':
      return from.count;
    case 'delta':
      return finite((from.chosen as number) - (from.base as number));
    default:
      return from.chosen;
  }
};

const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined);

/**
 * `calDetail` of `attr.windowAggregator`. Contract E.3 knows those of `avg` and `last`; the others are ours.
 * `lastSum` and `lastCount` are those of the window's previous output, 0 where there was none.
 */
export const detailOf = (from: Accumulator, aggregator: Aggregator, lastSum: number, lastCount: number): JsonObject => {
  switch (aggregator) {
    case 'avg':
    case 'sum':
      return {
        sum: finite(sumOf(from)) ?? null,
        cnt: from.count,
        lastSum: finite(lastSum) ?? null,
        lastCnt: lastCount,
      };
    case 'count':
      return { cnt: from.count, lastCnt: lastCount };
    case 'delta':
      return { first: from.base, firstTime: from.baseTime, last: from.chosen, lastTime: from.chosenTime };
    default:
      return { time: from.chosenTime };
  }
};
