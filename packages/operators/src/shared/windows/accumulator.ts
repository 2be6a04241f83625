import type { JsonObject, JsonValue } from '@penstock/model';

/** Aggregator policies (contract E.3); `cnt` of the templates means `count`. */
export const AGGREGATORS = ['max', 'min', 'avg', 'count', 'sum', 'first', 'last', 'delta'] as const;
export type Aggregator = (typeof AGGREGATORS)[number];

/** Values of one window. One shape for all aggregators, so that the code that fills it stays fast. */
export interface Accumulator {
  /** Records in the window. */
  count: number;
  sum: number;
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
      into.sum += value as number;
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

/** The aggregate; null where it is beyond what a number can hold. */
export const resultOf = (from: Accumulator, aggregator: Aggregator): JsonValue => {
  switch (aggregator) {
    case 'avg':
      return finiteOrNull(from.sum / from.count);
    case 'sum':
      return finiteOrNull(from.sum);
    case 'count':
      return from.count;
    case 'delta':
      return finiteOrNull((from.chosen as number) - (from.base as number));
    default:
      return from.chosen;
  }
};

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * `calDetail` of `attr.windowAggregator`. Contract E.3 knows those of `avg` and `last`; the others are ours.
 * `lastSum` and `lastCount` are those of the window's previous output, 0 where there was none.
 */
export const detailOf = (from: Accumulator, aggregator: Aggregator, lastSum: number, lastCount: number): JsonObject => {
  switch (aggregator) {
    case 'avg':
    case 'sum':
      return { sum: finiteOrNull(from.sum), cnt: from.count, lastSum: finiteOrNull(lastSum), lastCnt: lastCount };
    case 'count':
      return { cnt: from.count, lastCnt: lastCount };
    case 'delta':
      return { first: from.base, firstTime: from.baseTime, last: from.chosen, lastTime: from.chosenTime };
    default:
      return { time: from.chosenTime };
  }
};
