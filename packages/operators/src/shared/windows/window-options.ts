import type { DropDeclaration, ErrorDeclaration } from '@penstock/engine';
import { choiceField } from '../config/fields.ts';
import { keyNotValid, notNumeric, notSelected, nullValue, timeNotValid, timeTooFarAhead } from '../outcomes.ts';
import type { Addressing } from '../points/addressing.ts';
import type { Aggregator } from './accumulator.ts';

/** Options and texts that operators with windows have in common. */

export const aggregatorColumn = choiceField(
  {
    max: 'max',
    min: 'min',
    avg: 'avg',
    count: 'count',
    cnt: 'cnt (count)',
    sum: 'sum',
    first: 'first',
    last: 'last',
    delta: 'delta (last - first)',
  },
  { title: 'Aggregator Policy', description: 'What is computed of the values in a window.', default: 'avg' },
);

/** `cnt` of the templates means `count`. */
export const aggregatorOf = (configured: Aggregator | 'cnt'): Aggregator =>
  configured === 'cnt' ? 'count' : configured;

export const outputDataTypeField = choiceField(
  { DOUBLE: 'Double', FROM_MODEL: 'From TSL Model Service' },
  {
    title: 'Output Data Type',
    description:
      'Double: values must be numbers. From TSL Model Service: `count`, `first` and `last` also take texts and booleans, and `first` and `last` keep their type. The model itself is not asked: results are JSON values, which have no narrower types than these.',
    default: 'DOUBLE',
    group: 'ExtraConfig',
  },
);

export const windowErrors: readonly ErrorDeclaration[] = [
  keyNotValid,
  timeNotValid,
  timeTooFarAhead,
  notNumeric,
  { code: 'WINDOW_VALUE_OVERFLOW', when: 'The result of a window is beyond what a number can hold; told once.' },
];

export const windowDrops: readonly DropDeclaration[] = [
  notSelected,
  nullValue,
  { reason: 'late', when: 'All windows of the record are finished, or would be by the time of its own partition.' },
];

/** Fields that differ between the records of a window and what comes out of it. */
export const changedByWindows = ({ idField }: Pick<Addressing, 'idField'>): readonly string[] => [
  idField,
  'modelId',
  'modelIdPath',
  'time',
  'value',
  'quality',
  'dq',
  'attr',
];

/** For the reference. */
export const WATERMARK_TEXT =
  "Each asset and input point has a watermark of its own: the newest `time` seen of it. Where its records come by several partitions of a source that is not partitioned by the asset, the watermark is the least over these partitions, so that a slower partition loses nothing; a partition that has caught up and does not carry the key holds windows back for at most the pipeline's idle time-out (`idleTimeoutMs`, 30 s) and a report of its progress (5 s).";

/** For the reference. */
export const WINDOW_OUTPUT_TEXT =
  'The output is a new record: organisation, model and asset of the input, the output point, `time` = start of the window, `value`, `quality` 0, and `attr.windowAggregator` = `{ lastOutput, calType, calMode, calDetail }`.';

/** For the reference. */
export const LATE_AND_WRONG_TEXT =
  'Late: a record whose windows are all finished, or would be by the time of its own partition, is dropped (`late`). Duplicates count like any other record. A null or absent value is dropped (`null-value`), a value that is not a number is an error (`VALUE_NOT_NUMERIC`), and neither moves the watermark; nor does a record without valid `time`, `assetId` or `pointId` (`TIME_NOT_VALID`, `KEY_NOT_VALID`). A record no row applies to is dropped (`not-selected`). A record whose time lies further ahead of the clock than the pipeline accepts (`maxFutureMs`, one day) would close all windows of its asset and point: it is an error (`TIME_TOO_FAR_AHEAD`). Sums are compensated for rounding; a result beyond what a number can hold is an error of the window (`WINDOW_VALUE_OVERFLOW`), told once.';

/** For the reference. */
export const DETAIL_TEXT =
  '`lastOutput` is the previous output of the same window, `"NaN"` where there was none. `calDetail` holds `sum, cnt, lastSum, lastCnt` (avg, sum), `cnt, lastCnt` (count), `time` of the chosen record (max, min, first, last), or `first, firstTime, last, lastTime` (delta); EnOS publishes those of avg and last, the others are ours.';
