import Type from 'typebox';
import { choiceField, switchField, tableField, wholeNumberField } from '../../shared/config/fields.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { windowSizeColumn, windowUnitColumn } from '../../shared/windows/window-length.ts';
import { aggregatorColumn, outputDataTypeField } from '../../shared/windows/window-options.ts';

/** Configuration of the Fixed Time Window Aggregator (contract E.3). */
export const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      windowSize: windowSizeColumn(
        'Fixed Window Size',
        'Length of the window, in the unit beside it. At most 366 days.',
      ),
      windowUnit: windowUnitColumn('Fixed Window Unit'),
      aggregator: aggregatorColumn,
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
  outputDataType: outputDataTypeField,
  cacheType: cacheTypeField,
});
