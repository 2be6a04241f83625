import type { PointReference } from '@penstock/engine';
import type { Static } from 'typebox';
import { type OutputPoint, outputPointOf } from '../../shared/points/output-point.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { type Aggregator, takesAnyValue } from '../../shared/windows/accumulator.ts';
import { rowId } from '../../shared/windows/window-state.ts';
import type { config } from './config.ts';

type Config = Static<typeof config>;

/** Milliseconds of the units a window can be given in. */
export const UNIT_MS = { SECOND: 1000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 } as const;

/** Longest window: 366 days. */
export const MAX_WINDOW_MS = 366 * UNIT_MS.DAY;

/** A row of the Input/Output table, compiled. */
export interface WindowRow {
  /** Place in the table. */
  readonly index: number;
  readonly id: string;
  readonly input: PointReference;
  readonly output: OutputPoint;
  /** ms */
  readonly size: number;
  readonly aggregator: Aggregator;
  readonly takesAnyValue: boolean;
}

export const aggregatorOf = (configured: Config['inputOutput'][number]['aggregator']): Aggregator =>
  configured === 'cnt' ? 'count' : configured;

export const compileWindowRows = (settings: Config): WindowRow[] => {
  const seen = new Map<string, number>();
  return settings.inputOutput.map((row, index) => {
    const input = pointReferenceOf(row.inputPoint);
    const size = row.windowSize * UNIT_MS[row.windowUnit];
    const aggregator = aggregatorOf(row.aggregator);
    const computed = rowId(row.inputPoint, row.outputPoint, aggregator, size, 0);
    const repetition = seen.get(computed) ?? 0;
    seen.set(computed, repetition + 1);
    return {
      index,
      id: rowId(row.inputPoint, row.outputPoint, aggregator, size, repetition),
      input,
      output: outputPointOf(input, pointReferenceOf(row.outputPoint)),
      size,
      aggregator,
      takesAnyValue: settings.outputDataType === 'FROM_MODEL' && takesAnyValue(aggregator),
    };
  });
};
