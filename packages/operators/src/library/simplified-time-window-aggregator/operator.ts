import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { tableField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { rowLineage } from '../../shared/points/row-lineage.ts';
import { FINAL_ONLY, WindowAggregator } from '../../shared/windows/window-aggregator.ts';
import { parseWindowLength, windowLengthColumn } from '../../shared/windows/window-length.ts';
import {
  changedByWindows,
  LATE_AND_WRONG_TEXT,
  WATERMARK_TEXT,
  WINDOW_OUTPUT_TEXT,
  windowDrops,
  windowErrors,
} from '../../shared/windows/window-options.ts';
import { compileWindowRows, type WindowTerms } from '../../shared/windows/window-row.ts';
import { type PointWindows, windowStateBy } from '../../shared/windows/window-state.ts';

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      aggregateWindow: windowLengthColumn(
        'Aggregate Window',
        'The output interval: a whole number and `s`, `m`, `h` or `d`, such as `15m`; at most 366 days.',
      ),
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'What is summed over which windows.', group: 'Input/Output' },
  ),
  cacheType: cacheTypeField,
});

const termsOf = (row: { inputPoint: string; outputPoint: string; aggregateWindow: string }): WindowTerms => {
  const size = parseWindowLength(row.aggregateWindow);
  if (typeof size === 'string') throw new Error(`The window should not have passed validation: ${size}`);
  return { inputPoint: row.inputPoint, outputPoint: row.outputPoint, aggregator: 'sum', size, step: size };
};

/** Its definition for one of the data formats. */
export const simplifiedTimeWindowAggregatorBy = (
  of: Addressing,
): Omit<ProcessorDefinition<typeof config, PointWindows>, 'kind'> => ({
  ...operatorNames('processor', 'Simplified Time Window Aggregator'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'window',
  keywords: ['energy', 'sum', 'tumbling', 'meter', 'downsample', 'event time'],
  summary: 'Sums the values of a point over windows of fixed length; for energy.',
  description: `Sums what came in a window, and puts the sum out when the first record of a later window arrives: nothing goes by the clock, and there is no latency. Windows are aligned to 1970-01-01T00:00Z; one without records has no output. Behind a Cumulant Decomposer it makes the energy of a quarter, an hour or a day of the energy between two readings.

${WATERMARK_TEXT} A window is finished when the watermark reaches its end.

${WINDOW_OUTPUT_TEXT} EnOS does not publish the attribute of this operator; that it is the one of the Fixed Time Window Aggregator is ours. \`calType\` is always \`sum\`, \`calMode\` \`final\`, \`lastOutput\` \`"NaN"\`, and \`calDetail\` = \`{ sum, cnt, lastSum, lastCnt }\` with the last two 0.

${LATE_AND_WRONG_TEXT}

State per asset and input point: the watermark and, per row, the open window, more only while slower partitions are waited for. Get Stage State shows both.`,
  config,
  errors: windowErrors,
  drops: windowDrops,
  check: ({ inputOutput }) => [
    ...of.check(inputOutput, ['inputPoint', 'outputPoint']),
    ...inputOutput.flatMap(({ aggregateWindow }, index) => {
      const size = parseWindowLength(aggregateWindow);
      return typeof size === 'string' ? [optionIssue(`/inputOutput/${index}/aggregateWindow`, size)] : [];
    }),
  ],
  makesRecords: true,
  changes: () => changedByWindows(of),
  requires: () => of.key,
  state: windowStateBy(of),
  lineage: ({ inputOutput }) => rowLineage(of, inputOutput),
  create: ({ inputOutput }, context) => {
    const aggregator = new WindowAggregator(
      of,
      compileWindowRows(of, inputOutput.map(termsOf), false),
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

export const simplifiedTimeWindowAggregator = defineProcessor(simplifiedTimeWindowAggregatorBy(POINTS));
