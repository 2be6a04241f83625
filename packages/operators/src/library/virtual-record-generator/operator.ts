import { defineProcessor, defineSource } from '@penstock/engine';
import Type from 'typebox';
import { dataSetIn, outputPointsOf } from '../../shared/generate/data-set.ts';
import { frequencyField, MISSED, missedField, periodOf } from '../../shared/generate/frequency.ts';
import { checkTime, timeFields } from '../../shared/generate/generated-time.ts';
import { checkValue, valueFields } from '../../shared/generate/generated-value.ts';
import { checkOutputs, outputFields } from '../../shared/generate/output-tables.ts';
import { generateInSlot, PointGenerator } from '../../shared/generate/point-generator.ts';
import { selectedAssets } from '../../shared/generate/selected-assets.ts';
import { LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed } from '../../shared/outcomes.ts';

const OUTPUT = 'Output';

const config = Type.Object({
  ...outputFields(OUTPUT),
  triggerFrequency: frequencyField({ group: OUTPUT }),
  missedTriggers: missedField({ group: OUTPUT }),
  ...timeFields(OUTPUT),
  ...valueFields(OUTPUT),
});

const names = {
  ...operatorNames('origin', 'Virtual Record Generator'),
  library: LIBRARY,
  version: 1,
  libraries: ['0.3.0', '0.4.0'],
  category: 'generate',
  keywords: ['schedule', 'clock', 'timer', 'trigger', 'cron', 'source', 'origin'],
  summary: 'Makes records by the clock, in a pipeline that reads no topic.',
  description: `It stands where a data source would: the pipeline reads nothing, and the clock alone makes its records. At every multiple of the frequency there is one for each asset and point of the table, to trigger what stands behind. Each comes once, over all tasks of the pipeline, crashes and restarts; the first is the one after the pipeline has been started for the first time. A record that comes late, since a task was made anew, is the same one. After a pause, Missed Triggers decides.

\`time\` is when the trigger was due, or what Start Time says; \`value\` is what the Value Generator gives, \`quality\` 0. \`attr.recordGenerator\` is that of the [Record Generator](record-generator.md), with \`generateBy\` \`triggerPoint\`. A record has \`modelId\` and \`modelIdPath\` where its row names the model, or the asset store knows the asset. *By ModelIDs*, *By Asset Tags* and *By Asset Tree* mean the assets of the asset store as they are at the trigger, as with the Record Generator. Where the expression of the start time gives no time, the records are errors (\`EXPRESSION_FAILED\`).

It runs in as many tasks as the pipeline has threads, which share the assets. For stages that work on batches, a batch is what one trigger makes in one task; behind a stage that brings records together (Batch Merger, with several threads), it is what comes within 3 s of its first record, so that with a frequency of one second several triggers are in it. There is no offset and no lag, and \`kafkaRate\` has no effect: what a schedule makes is not read, and made slower it would only be late. Generating by a table of assets and by tree, the fields for time and value, and Missed Triggers, are decisions of Penstock.

State: the last trigger, for 128 groups of assets.`,
  config,
  errors: [expressionFailed],
} as const;

/** What runs in its place. */
const generator = defineProcessor<typeof config, undefined>({
  ...names,
  makesRecords: true,
  changes: () => 'any',
  schedules: [
    {
      name: 'generate',
      per: 'key',
      everyMs: ({ triggerFrequency }) => periodOf(triggerFrequency),
      missed: ({ missedTriggers }) => MISSED[missedTriggers],
    },
  ],
  references: [selectedAssets],
  lineage: (settings) => ({ inputs: [], outputs: outputPointsOf(settings) }),
  create: (settings, context) => {
    const dataSet = dataSetIn(settings, context);
    const maker = new PointGenerator(settings, 'triggerPoint', context);
    return {
      process: (record, out) => out.emit(record),
      scheduled: (slot, out) => generateInSlot(slot, dataSet(), maker, out),
    };
  },
});

export const virtualRecordGenerator = defineSource<typeof config>({
  ...names,
  cluster: true,
  check: (settings) => [...checkOutputs(settings), ...checkTime(settings), ...checkValue(settings)],
  source: () => ({ kind: 'clock', generator }),
});
