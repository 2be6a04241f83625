import { ASSET_AND_POINT, defineProcessor } from '@penstock/engine';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import {
  keyNotValid,
  notNumeric,
  notSelected,
  nullValue,
  timeNotValid,
  timeTooFarAhead,
} from '../../shared/outcomes.ts';
import { checkPointColumns, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { decodeWindows, encodeWindows, type PointWindows, windowsItem } from '../../shared/windows/window-state.ts';
import { config } from './config.ts';
import { WindowAggregator } from './window-aggregator.ts';
import { compileWindowRows, MAX_WINDOW_MS, UNIT_MS } from './window-row.ts';

const MINUTE = 60_000;

export const fixedTimeWindowAggregator = defineProcessor<typeof config, PointWindows>({
  ...operatorNames('processor', 'Fixed Time Window Aggregator'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'window',
  keywords: ['tumbling', 'average', 'sum', 'minimum', 'maximum', 'count', 'event time', 'downsample'],
  summary: 'Aggregates the values of a point over windows of fixed length.',
  description: `Tumbling windows in event time, aligned to 1970-01-01T00:00Z. A window comes into being with its first record; windows without records have no output.

Each asset and input point has a watermark of its own: the newest \`time\` seen of it. Where its records come by several partitions of a source that is not partitioned by the asset, the watermark is the least over these partitions, so that a slower partition loses nothing; a partition that has caught up and does not carry the key holds windows back for at most the pipeline's idle time-out (\`idleTimeoutMs\`, 30 s) and a report of its progress (5 s). A window [start, start + size) is finished when the watermark reaches its end plus the latency; then its result goes out once with \`calMode\` \`final\`. So the last window stays open until a later record of the same asset and point arrives. With On-time Trigger and a latency, a result with \`onTime\` goes out when the watermark reaches the end; with Early Trigger, results with \`early\` go out before, on each record or, for windows that changed, at a fixed frequency of the clock. A fixed frequency is the one thing here that is not a function of the input alone.

The output is a new record: organisation, model and asset of the input, the output point, \`time\` = start of the window, \`value\`, \`quality\` 0, and \`attr.windowAggregator\` = \`{ lastOutput, calType, calMode, calDetail }\`. \`lastOutput\` is the previous output of the same window, \`"NaN"\` where there was none. \`calDetail\` holds \`sum, cnt, lastSum, lastCnt\` (avg, sum), \`cnt, lastCnt\` (count), \`time\` of the chosen record (max, min, first, last), or \`first, firstTime, last, lastTime\` (delta); EnOS publishes those of avg and last, the others are ours.

Late: a record whose windows are all finished, or would be by the time of its own partition, is dropped (\`late\`). Duplicates count like any other record. A null or absent value is dropped (\`null-value\`), a value that is not a number is an error (\`VALUE_NOT_NUMERIC\`), and neither moves the watermark; nor does a record without valid \`time\`, \`assetId\` or \`pointId\` (\`TIME_NOT_VALID\`, \`KEY_NOT_VALID\`). A record no row applies to is dropped (\`not-selected\`). A record whose time lies further ahead of the clock than the pipeline accepts (\`maxFutureMs\`, one day) would close all windows of its asset and point: it is an error (\`TIME_TOO_FAR_AHEAD\`). Sums are compensated for rounding; a result beyond what a number can hold is an error of the window (\`WINDOW_VALUE_OVERFLOW\`), told once.

State per asset and input point: the watermark and, per row, at most latency / size + 2 open windows, more only while slower partitions are waited for. Get Stage State shows both.`,
  config,
  errors: [
    keyNotValid,
    timeNotValid,
    timeTooFarAhead,
    notNumeric,
    { code: 'WINDOW_VALUE_OVERFLOW', when: 'The result of a window is beyond what a number can hold; told once.' },
  ],
  drops: [
    notSelected,
    nullValue,
    { reason: 'late', when: 'All windows of the record are finished, or would be by the time of its own partition.' },
  ],
  check: ({ inputOutput }) => [
    ...checkPointColumns(inputOutput, ['inputPoint', 'outputPoint']),
    ...inputOutput.flatMap((row, index) =>
      row.windowSize * UNIT_MS[row.windowUnit] > MAX_WINDOW_MS
        ? [optionIssue(`/inputOutput/${index}/windowSize`, 'A window can be at most 366 days long.')]
        : [],
    ),
  ],
  makesRecords: true,
  changes: () => ['pointId', 'modelId', 'modelIdPath', 'time', 'value', 'quality', 'dq', 'attr'],
  requires: () => ASSET_AND_POINT,
  schedules: [
    {
      name: 'early',
      per: 'task',
      everyMs: ({ earlyTrigger, earlyTriggerType, earlyTriggerFrequency }) =>
        earlyTrigger && earlyTriggerType === 'FIXED_FREQUENCY' ? earlyTriggerFrequency * MINUTE : undefined,
    },
  ],
  state: {
    encode: encodeWindows,
    decode: decodeWindows,
    toItem: windowsItem,
  },
  lineage: ({ inputOutput }) => ({
    inputs: inputOutput.map((row) => pointReferenceOf(row.inputPoint)),
    outputs: inputOutput.map((row) => pointReferenceOf(row.outputPoint)),
  }),
  create: (settings, context) => {
    const aggregator = new WindowAggregator(
      compileWindowRows(settings),
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
