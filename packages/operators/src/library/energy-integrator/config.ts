import Type, { type Static } from 'typebox';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { thresholdColumn } from '../../shared/thresholds/threshold.ts';

const HOW = { '1': 'Fixed', '0': 'Model attribute' } as const;
const METERS = 'For meter readings.';
const POWERS = 'For powers.';

/** Configuration of the Energy Integrator (contract F.3). */
export const config = Type.Object({
  method: choiceField(
    {
      METER_READING: 'Sum of meter reading delta',
      AVERAGE_POWER: 'Integral by average power',
      INSTANT_POWER: 'Integral by instant power',
    },
    { title: 'Calculation Method', description: 'How energy follows from the input points.', default: 'METER_READING' },
  ),
  timeZone: textField({
    title: 'Time Zone',
    description: 'Where days begin: a name such as `Asia/Shanghai`, or an offset such as `+08:00`.',
    default: 'UTC',
    minLength: 1,
    maxLength: 64,
  }),
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      outputPoint: outputPointColumn,
      detailOutputPoint: textField({
        title: 'Detailed Output',
        description: 'Point under which the energy of each interval of the day goes on; empty: no such output.',
        default: '',
        control: 'point',
      }),
      detailInterval: textField({
        title: 'Detailed Output Interval',
        description:
          'Length of these intervals: a whole number and `s`, `m`, `h` or `d`, such as `15m`; at most a day. They begin with the day.',
        default: '15m',
        maxLength: 20,
      }),
      slopeType: choiceField(HOW, {
        title: 'Slope Type',
        description: `${METERS} Whether the limits of the slope are numbers (1) or an attribute of the asset (0).`,
        default: '1',
      }),
      minMaxSlope: textField({
        title: 'Min/Max Slope',
        description: `${METERS} How much the reading may grow in an hour, in its own unit: \`[min,max]\`, both allowed; or an attribute, \`modelId::attributeId\`, that holds the greatest slope, with 0 as the least.`,
        default: '[0,100000]',
        minLength: 1,
        maxLength: 400,
      }),
      scaleType: choiceField(HOW, {
        title: 'Scale Type',
        description: `${METERS} Whether the scale is a number (1) or an attribute of the asset (0).`,
        default: '1',
      }),
      scale: textField({
        title: 'Scale',
        description: `${METERS} What the sum is multiplied by: a number greater than 0, or an attribute, \`modelId::attributeId\`.`,
        default: '1',
        minLength: 1,
        maxLength: 400,
      }),
      threshold: thresholdColumn(`${POWERS} Which powers are valid.`),
      interpolation: choiceField(
        { IGNORE: 'Ignore', LAST_VALUE: 'LastValue' },
        {
          title: 'Interpolation',
          description: `${POWERS} What becomes of an interval whose power is not valid. Ignore: it is not counted. LastValue: the power of the interval before counts.`,
          default: 'IGNORE',
        },
      ),
    },
    { title: 'Input/Output', description: 'What is added up to which energy of the day.', group: 'Input/Output' },
  ),
});

export type Config = Static<typeof config>;
export type Method = Config['method'];
export type ConfigRow = Config['inputOutput'][number];
