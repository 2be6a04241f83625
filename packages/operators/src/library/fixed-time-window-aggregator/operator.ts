import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { rowLineage } from '../../shared/points/row-lineage.ts';
import { WindowAggregator } from '../../shared/windows/window-aggregator.ts';
import { MAX_WINDOW_MS, TOO_LONG, UNIT_MS } from '../../shared/windows/window-length.ts';
import {
  aggregatorOf,
  changedByWindows,
  DETAIL_TEXT,
  LATE_AND_WRONG_TEXT,
  WATERMARK_TEXT,
  WINDOW_OUTPUT_TEXT,
  windowDrops,
  windowErrors,
} from '../../shared/windows/window-options.ts';
import { compileWindowRows } from '../../shared/windows/window-row.ts';
import { type PointWindows, windowStateBy } from '../../shared/windows/window-state.ts';
import { config } from './config.ts';

const MINUTE = 60_000;

/** Its definition for one of the data formats. */
export const fixedTimeWindowAggregatorBy = (
  of: Addressing,
): Omit<ProcessorDefinition<typeof config, PointWindows>, 'kind'> => ({
  ...operatorNames('processor', 'Fixed Time Window Aggregator'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'window',
  keywords: ['tumbling', 'average', 'sum', 'minimum', 'maximum', 'count', 'event time', 'downsample'],
  summary: 'Aggregates the values of a point over windows of fixed length.',
  description: `Tumbling windows in event time, aligned to 1970-01-01T00:00Z. A window comes into being with its first record; windows without records have no output.

${WATERMARK_TEXT} A window [start, start + size) is finished when the watermark reaches its end plus the latency; then its result goes out once with \`calMode\` \`final\`. So the last window stays open until a later record of the same asset and point arrives. With On-time Trigger and a latency, a result with \`onTime\` goes out when the watermark reaches the end; with Early Trigger, results with \`early\` go out before, on each record or, for windows that changed, at a fixed frequency of the clock. A fixed frequency is the one thing here that is not a function of the input alone.

${WINDOW_OUTPUT_TEXT} ${DETAIL_TEXT}

${LATE_AND_WRONG_TEXT}

State per asset and input point: the watermark and, per row, at most latency / size + 2 open windows, more only while slower partitions are waited for. Get Stage State shows both.`,
  config,
  errors: windowErrors,
  drops: windowDrops,
  check: ({ inputOutput }) => [
    ...of.check(inputOutput, ['inputPoint', 'outputPoint']),
    ...inputOutput.flatMap((row, index) =>
      row.windowSize * UNIT_MS[row.windowUnit] > MAX_WINDOW_MS
        ? [optionIssue(`/inputOutput/${index}/windowSize`, TOO_LONG)]
        : [],
    ),
  ],
  makesRecords: true,
  changes: () => changedByWindows(of),
  requires: () => of.key,
  schedules: [
    {
      name: 'early',
      per: 'task',
      everyMs: ({ earlyTrigger, earlyTriggerType, earlyTriggerFrequency }) =>
        earlyTrigger && earlyTriggerType === 'FIXED_FREQUENCY' ? earlyTriggerFrequency * MINUTE : undefined,
    },
  ],
  state: windowStateBy(of),
  lineage: ({ inputOutput }) => rowLineage(of, inputOutput),
  create: (settings, context) => {
    const aggregator = new WindowAggregator(
      of,
      compileWindowRows(
        of,
        settings.inputOutput.map(({ inputPoint, outputPoint, windowSize, windowUnit, aggregator }) => {
          const size = windowSize * UNIT_MS[windowUnit];
          return { inputPoint, outputPoint, aggregator: aggregatorOf(aggregator), size, step: size };
        }),
        settings.outputDataType === 'FROM_MODEL',
      ),
      {
        latency: settings.latency * MINUTE,
        onTime: settings.onTimeTrigger,
        earlyOnRecord: settings.earlyTrigger && settings.earlyTriggerType === 'INPUT_POINT',
      },
      context.state,
      context.eventTime,
    );
    return {
      process: (record, out) => aggregator.process(record, out),
      ...(context.eventTime.hasFlows ? { progress: (out) => aggregator.progress(out) } : {}),
      scheduled: (_slot, out) => aggregator.putEarly(out),
    };
  },
});

export const fixedTimeWindowAggregator = defineProcessor(fixedTimeWindowAggregatorBy(POINTS));
