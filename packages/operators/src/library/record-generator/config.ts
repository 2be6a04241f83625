import type { Issue } from '@penstock/model';
import Type, { type Static } from 'typebox';
import { choiceField, switchField, textField, wholeNumberField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { frequencyField, missedField } from '../../shared/generate/frequency.ts';
import { checkTime, timeFields } from '../../shared/generate/generated-time.ts';
import { checkValue, valueFields } from '../../shared/generate/generated-value.ts';
import { checkOutputs, outputFields } from '../../shared/generate/output-tables.ts';

const BASIC = 'Basic';
const GENERATE = 'Record Generate';
const byFrequency = { group: BASIC, dependsOn: { field: 'triggerType', values: ['FIXED_FREQUENCY'] } };
const ofLatest = { group: GENERATE, dependsOn: { field: 'generateMethod', values: ['LATEST_VALUE'] } };

export const config = Type.Object({
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
  ...outputFields('Input/Output'),
  generateMethod: choiceField(
    {
      LATEST_VALUE: 'Query From Redis',
      TIME_SERIES: 'Query From TSDB',
      NEW_POINT: 'Generate New Point',
      TRIGGER_POINT: 'Generate Trigger Point',
    },
    {
      title: 'Record Generate',
      description:
        'Where the records come from. *Query From Redis*: the latest of each point that has come into this stage. *Generate New Point* and *Generate Trigger Point* make them; `generateBy` in the records says which it was. *Query From TSDB* is refused.',
      default: 'NEW_POINT',
      group: GENERATE,
    },
  ),
  useLastUpdateFilter: switchField({
    title: 'Use LastUpdate Interval Filter',
    description: 'Whether values that are older than the interval count as none.',
    default: false,
    ...ofLatest,
  }),
  lastUpdateInterval: wholeNumberField({
    title: 'LastUpdate Interval(Minutes)',
    description: 'How old the latest value may be at its trigger, by its `time`; for the filter.',
    default: 60,
    minimum: 1,
    maximum: 525_600,
    unit: 'minutes',
    ...ofLatest,
  }),
  notExistHandle: choiceField(
    { IGNORE: 'Ignore this Point', MOCK: 'Mock New Point' },
    {
      title: 'NotExistHandle',
      description:
        'What becomes of a point that has no value: nothing, or a record that is made as by *Generate New Point*.',
      default: 'IGNORE',
      ...ofLatest,
    },
  ),
  ...timeFields(GENERATE),
  ...valueFields(GENERATE),
});

export type RecordGeneratorConfig = Static<typeof config>;

export const checkConfig = (settings: RecordGeneratorConfig): Issue[] => [
  ...(settings.triggerType === 'INPUT_POINT' && settings.triggerPoint.trim() === ''
    ? [optionIssue('/triggerPoint', 'Name the point whose records trigger.', 'STAGE_OPTION_REQUIRED')]
    : []),
  ...(settings.generateMethod === 'TIME_SERIES' ? [NO_TIME_SERIES] : []),
  ...checkOutputs(settings),
  ...checkTime(settings),
  ...checkValue(settings),
];

const NO_TIME_SERIES = optionIssue(
  '/generateMethod',
  'There is no time series database to query. To work off history, let a pipeline read its topic again from an earlier offset, or the offline topic; for the newest value of each point choose "Query From Redis".',
);
