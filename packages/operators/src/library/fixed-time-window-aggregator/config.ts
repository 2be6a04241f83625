import Type from 'typebox';
import { choiceField, switchField, tableField, wholeNumberField } from '../../shared/config/fields.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';

/** Configuration of the Fixed Time Window Aggregator (contract E.3). */
export const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      windowSize: wholeNumberField({
        title: 'Fixed Window Size',
        description: 'Length of the window, in the unit beside it. At most 366 days.',
        default: 1,
        minimum: 1,
        maximum: 31_622_400,
      }),
      windowUnit: choiceField(
        { SECOND: 'Second', MINUTE: 'Minute', HOUR: 'Hour', DAY: 'Day' },
        {
          title: 'Fixed Window Unit',
          description: 'Unit of the window size. Windows are aligned to 1970-01-01T00:00Z; days are UTC days.',
          default: 'MINUTE',
        },
      ),
      aggregator: choiceField(
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
      ),
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'What is aggregated over which windows.', group: 'Input/Output' },
  ),
  latency: wholeNumberField({
    title: 'Latency (Minute)',
    description: 'How long after its end a window still takes records, in minutes of event time.',
    default: 0,
    minimum: 0,
    maximum: 60,
    unit: 'minutes',
    group: 'TriggerConfig',
  }),
  earlyTrigger: switchField({
    title: 'Early Trigger',
    description: 'On: results of windows that are still open are put out too.',
    default: false,
    group: 'TriggerConfig',
  }),
  earlyTriggerType: choiceField(
    { FIXED_FREQUENCY: 'By Fixed Frequency', INPUT_POINT: 'By Input Point' },
    {
      title: 'Early Trigger Type',
      description:
        'By fixed frequency: by the clock, for windows that changed since their last output. By input point: on every record.',
      default: 'FIXED_FREQUENCY',
      group: 'TriggerConfig',
      dependsOn: { field: 'earlyTrigger', values: [true] },
    },
  ),
  earlyTriggerFrequency: wholeNumberField({
    title: 'Early Trigger Frequency (Minute)',
    description: 'Minutes of the clock between early outputs.',
    default: 1,
    minimum: 1,
    maximum: 1440,
    unit: 'minutes',
    group: 'TriggerConfig',
    dependsOn: { field: 'earlyTriggerType', values: ['FIXED_FREQUENCY'] },
  }),
  onTimeTrigger: switchField({
    title: 'On-time Trigger',
    description: 'On: the result is also put out when the window ends, before the latency has passed.',
    default: false,
    group: 'TriggerConfig',
  }),
  outputDataType: choiceField(
    { DOUBLE: 'Double', FROM_MODEL: 'From TSL Model Service' },
    {
      title: 'Output Data Type',
      description:
        'Double: values must be numbers. From TSL Model Service: `count`, `first` and `last` also take texts and booleans, and `first` and `last` keep their type. The model itself is not asked: results are JSON values, which have no narrower types than these.',
      default: 'DOUBLE',
      group: 'ExtraConfig',
    },
  ),
  cacheType: cacheTypeField,
});
