import { ASSET_AND_POINT, defineProcessor } from '@penstock/engine';
import Type from 'typebox';
import { choiceField, textField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { checkOutputs, dataSetOf, outputPointsOf, outputTable } from '../../shared/generate/data-set.ts';
import { frequencyField, MISSED, missedField, periodOf } from '../../shared/generate/frequency.ts';
import { checkTime, timeFields } from '../../shared/generate/generated-time.ts';
import { checkValue, valueFields } from '../../shared/generate/generated-value.ts';
import { PointGenerator } from '../../shared/generate/point-generator.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed, keyNotValid, timeNotValid, timeTooFarAhead } from '../../shared/outcomes.ts';
import { RecordGenerator } from './record-generator.ts';

const BASIC = 'Basic';
const GENERATE = 'Record Generate';
const byFrequency = { group: BASIC, dependsOn: { field: 'triggerType', values: ['FIXED_FREQUENCY'] } };

const config = Type.Object({
  triggerType: choiceField(
    { FIXED_FREQUENCY: 'By Fixed Frequency', INPUT_POINT: 'By Input Point' },
    {
      title: 'Trigger Type',
      description: 'What makes records: the clock, or each record of a point.',
      default: 'FIXED_FREQUENCY',
      group: BASIC,
    },
  ),
  triggerFrequency: frequencyField(byFrequency),
  missedTriggers: missedField(byFrequency),
  triggerPoint: textField({
    title: 'Trigger Point',
    description: 'Id of the point whose records trigger, of whichever model: `pointId`.',
    default: '',
    group: BASIC,
    dependsOn: { field: 'triggerType', values: ['INPUT_POINT'] },
  }),
  generateType: choiceField(
    { BY_ASSET_IDS: 'By AssetIDs' },
    {
      title: 'Generate Type',
      description: 'How the assets and points are named that records are made for.',
      default: 'BY_ASSET_IDS',
      group: 'Input/Output',
    },
  ),
  outputs: outputTable('Input/Output'),
  generateMethod: choiceField(
    { NEW_POINT: 'Generate New Point', TRIGGER_POINT: 'Generate Trigger Point' },
    {
      title: 'Record Generate',
      description: 'Where the values come from. Both make them; `generateBy` in the records says which it was.',
      default: 'NEW_POINT',
      group: GENERATE,
    },
  ),
  ...timeFields(GENERATE),
  ...valueFields(GENERATE),
});

export const recordGenerator = defineProcessor<typeof config, number>({
  ...operatorNames('processor', 'Record Generator'),
  labelAliases: ['Asset Generator'],
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'generate',
  keywords: ['schedule', 'clock', 'timer', 'trigger', 'cron', 'random', 'simulate'],
  summary: 'Makes records for assets and points, by the clock or when a record of a point arrives.',
  description: `At every trigger a record is made for each asset and point of the table. Records that come in are not passed on.

*By Fixed Frequency* triggers are the multiples of the frequency by the clock. Each comes once for every asset, over all tasks of the pipeline, crashes and restarts; the first is the one after the pipeline has been started for the first time. A trigger that comes late, since a task was made anew, makes the same records. After a pause, Missed Triggers decides. *By Input Point* every record of the trigger point makes the records of the whole table; each asset that triggers counts by itself.

\`time\` is the time of the trigger: when it was due, or the \`time\` of its record. With a date-time as Start Time it is that, and later by Time Interval with each further trigger. \`value\` is what the Value Generator gives, \`quality\` 0. \`attr.recordGenerator\` = \`{ assetCfg, generateBy, offset, curQueryBatch, triggerPoint, generatorKey }\`: \`byAssetIDs\`; \`newPoint\` or \`triggerPoint\`; how many triggers came before; the time of the trigger; the point that triggered, empty for the clock; asset and point. A record has \`modelId\` and \`modelIdPath\` where its row names the model.

Late: a late trigger record triggers like any other. A duplicate triggers again. A trigger record without valid \`assetId\` or \`time\` is an error (\`KEY_NOT_VALID\`, \`TIME_NOT_VALID\`, \`TIME_TOO_FAR_AHEAD\`); its value is not looked at, so it may be missing. Where the expression of the start time gives no time, the records are errors (\`EXPRESSION_FAILED\`). Records that trigger nothing are dropped (\`no-trigger\`).

State: by fixed frequency the last trigger, for 128 groups of assets; by input point a count per asset that triggers. Of the ways EnOS has to name what records are made for, and to find values, this version has those that need no other service: assets and points in a table, and values that are made. A document that generates by model, asset tag or asset tree, or queries Redis or the time series database, is refused at these options. That a trigger makes the whole table, that counts outlast restarts, and that random numbers can be repeated are decisions of Penstock.`,
  config,
  errors: [keyNotValid, timeNotValid, timeTooFarAhead, expressionFailed],
  drops: [
    {
      reason: 'no-trigger',
      when: 'The record is not of the trigger point; with a fixed frequency none is.',
    },
  ],
  check: (settings) => [
    ...(settings.triggerType === 'INPUT_POINT' && settings.triggerPoint.trim() === ''
      ? [optionIssue('/triggerPoint', 'Name the point whose records trigger.', 'STAGE_OPTION_REQUIRED')]
      : []),
    ...checkOutputs(settings.outputs),
    ...checkTime(settings),
    ...checkValue(settings),
  ],
  makesRecords: true,
  changes: () => 'any',
  requires: ({ triggerType }) => (triggerType === 'INPUT_POINT' ? ASSET_AND_POINT : undefined),
  state: {
    isKept: ({ triggerType }: { readonly triggerType: string }) => triggerType === 'INPUT_POINT',
    encode: (triggers) => triggers,
    decode: (stored) => {
      if (typeof stored !== 'number' || !Number.isSafeInteger(stored)) throw new Error('The stored entry is no count.');
      return stored;
    },
    toItem: (triggers, assetId, pointId) => ({ assetId, pointId, triggers }),
  },
  schedules: [
    {
      name: 'generate',
      per: 'key',
      everyMs: ({ triggerType, triggerFrequency }) =>
        triggerType === 'FIXED_FREQUENCY' ? periodOf(triggerFrequency) : undefined,
      missed: ({ missedTriggers }) => MISSED[missedTriggers],
    },
  ],
  lineage: ({ outputs }) => ({ inputs: [], outputs: outputPointsOf(outputs) }),
  create: (settings, context) => {
    const kind = settings.generateMethod === 'NEW_POINT' ? 'newPoint' : 'triggerPoint';
    const triggerPoint = settings.triggerType === 'INPUT_POINT' ? settings.triggerPoint.trim() : undefined;
    return new RecordGenerator({
      dataSet: dataSetOf(settings.outputs),
      generator: new PointGenerator(settings, kind, context),
      triggerPoint,
      triggers: context.state,
      eventTime: context.eventTime,
    });
  },
});
