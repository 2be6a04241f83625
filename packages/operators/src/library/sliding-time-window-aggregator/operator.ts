import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { tableField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { rowLineage } from '../../shared/points/row-lineage.ts';
import { FINAL_ONLY, WindowAggregator } from '../../shared/windows/window-aggregator.ts';
import {
  MAX_WINDOW_MS,
  TOO_LONG,
  UNIT_MS,
  windowSizeColumn,
  windowUnitColumn,
} from '../../shared/windows/window-length.ts';
import {
  aggregatorColumn,
  aggregatorOf,
  changedByWindows,
  DETAIL_TEXT,
  LATE_AND_WRONG_TEXT,
  outputDataTypeField,
  WATERMARK_TEXT,
  WINDOW_OUTPUT_TEXT,
  windowDrops,
  windowErrors,
} from '../../shared/windows/window-options.ts';
import { compileWindowRows } from '../../shared/windows/window-row.ts';
import { type PointWindows, windowStateBy } from '../../shared/windows/window-state.ts';

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      fixedWindowSize: windowSizeColumn(
        'Fixed Window Size',
        'The step: how long after a window the next one begins, in the unit beside it.',
      ),
      fixedWindowUnit: windowUnitColumn('Fixed Window Unit'),
      slidingWindowSize: windowSizeColumn(
        'Sliding Window Size',
        'Length of each window, in the unit beside it: at least the step, at most 1440 steps and 366 days.',
      ),
      slidingWindowUnit: windowUnitColumn('Sliding Window Unit'),
      aggregator: aggregatorColumn,
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'What is aggregated over which windows.', group: 'Input/Output' },
  ),
  outputDataType: outputDataTypeField,
  cacheType: cacheTypeField,
});
type Row = Static<typeof config>['inputOutput'][number];

/** Windows that one record may be in: it is added to each, and each is stored. A day by the minute. */
const MAX_OVERLAP = 1440;

const stepOf = (row: Row): number => row.fixedWindowSize * UNIT_MS[row.fixedWindowUnit];
const sizeOf = (row: Row): number => row.slidingWindowSize * UNIT_MS[row.slidingWindowUnit];

const checkSizes = (row: Row, index: number): Issue[] => {
  const [step, size] = [stepOf(row), sizeOf(row)];
  const issue = (message: string): Issue[] => [optionIssue(`/inputOutput/${index}/slidingWindowSize`, message)];
  if (size > MAX_WINDOW_MS) return issue(TOO_LONG);
  if (size < step)
    return issue(
      'The sliding window is shorter than the fixed one, by which it moves: what lies between two windows would be in none. If the sizes are the other way round, swap them.',
    );
  if (size > MAX_OVERLAP * step)
    return issue(
      `A record would be in more than ${MAX_OVERLAP} windows at once. Make the fixed window longer, or the sliding one shorter.`,
    );
  return [];
};

/** Its definition for one of the data formats. */
export const slidingTimeWindowAggregatorBy = (
  of: Addressing,
): Omit<ProcessorDefinition<typeof config, PointWindows>, 'kind'> => ({
  ...operatorNames('processor', 'Sliding Time Window Aggregator'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'window',
  keywords: ['sliding', 'hopping', 'moving', 'rolling', 'average', 'sum', 'minimum', 'maximum', 'count', 'event time'],
  summary: 'Aggregates the values of a point over windows that overlap.',
  description: `Windows in event time that are as long as the sliding window and begin at every multiple of the fixed window since 1970-01-01T00:00Z: with a fixed window of 1 minute and a sliding one of 5, the values of the last five minutes, every minute. A record is in every window [start, start + length) that holds its time. A window comes into being with its first record; windows without records have no output. The descriptions of EnOS contradict each other in which size is which; that the fixed one is the step is our reading, and a sliding window shorter than it is refused. The length need not be a multiple of the step.

${WATERMARK_TEXT} A window is finished when the watermark reaches its end; then its result goes out once with \`calMode\` \`final\`, windows in the order of their start. There is no latency and no early output: the last windows stay open until a later record of the same asset and point arrives, and where records have stopped for a while the first one after it finishes them all.

${WINDOW_OUTPUT_TEXT} ${DETAIL_TEXT} \`lastOutput\` is always \`"NaN"\`, since each window has one output.

${LATE_AND_WRONG_TEXT} A record that comes after the end of some of its windows counts in those that are still open, and is not late.

State per asset and input point: the watermark and, per row, as many open windows as the length has steps, more only while slower partitions are waited for. All of it is written with each commit that changes it: 1440 windows are some 100 KB. Get Stage State shows both.`,
  config,
  errors: windowErrors,
  drops: windowDrops,
  check: ({ inputOutput }) => [
    ...of.check(inputOutput, ['inputPoint', 'outputPoint']),
    ...inputOutput.flatMap(checkSizes),
  ],
  makesRecords: true,
  changes: () => changedByWindows(of),
  requires: () => of.key,
  state: windowStateBy(of),
  lineage: ({ inputOutput }) => rowLineage(of, inputOutput),
  create: ({ inputOutput, outputDataType }, context) => {
    const rows = inputOutput.map((row) => ({
      ...row,
      aggregator: aggregatorOf(row.aggregator),
      size: sizeOf(row),
      step: stepOf(row),
    }));
    const aggregator = new WindowAggregator(
      of,
      compileWindowRows(of, rows, outputDataType === 'FROM_MODEL'),
      FINAL_ONLY,
      context.state,
      context.eventTime,
    );
    return {
      process: (record, out) => aggregator.process(record, out),
      ...(context.eventTime.hasFlows ? { progress: (out) => aggregator.progress(out) } : {}),
    };
  },
});

export const slidingTimeWindowAggregator = defineProcessor(slidingTimeWindowAggregatorBy(POINTS));
