import Type, { type Static } from 'typebox';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { frequencyField } from '../../shared/generate/frequency.ts';
import { outputPointColumn } from '../../shared/points/point-columns.ts';

/** Configuration of the Multi-Point Calculator (contract F.2). */
export const config = Type.Object({
  triggerMode: choiceField(
    { POINT: 'By Point', FREQUENCY: 'By Fixed Frequency' },
    {
      title: 'Trigger Mode',
      description:
        'By point: a record of the triggering point has its row calculated, with the time of that record. By fixed frequency: the clock has all rows calculated for every asset.',
      default: 'POINT',
    },
  ),
  triggerFrequency: frequencyField({ dependsOn: { field: 'triggerMode', values: ['FREQUENCY'] } }),
  inputOutput: tableField(
    {
      outputPoint: outputPointColumn,
      triggerPoint: textField({
        title: 'Triggering Point',
        description: 'By point: `modelId::pointId`, another one than the output point.',
        default: '',
        maxLength: 400,
        control: 'point',
      }),
      outputLogic: textField({
        title: 'Output Logic',
        description:
          'What the output is: an expression over points and attributes, such as `if(${turbine::wind_speed} > 50) { ${turbine::power}+10 } else { ${turbine::power}-10 }`.',
        minLength: 1,
        maxLength: 16_000,
        control: 'code',
      }),
      attributes: textField({
        title: 'Attributes',
        description:
          'Which names in the expression are attributes of the asset, separated by commas; all others are points.',
        default: '',
        maxLength: 4000,
      }),
      outputType: choiceField(
        { AUTO: 'As it comes', int: 'int', float: 'float', double: 'double', string: 'string', bool: 'bool' },
        {
          title: 'Output Type',
          description:
            'Of the output point. int: what stands behind the point is cut off. string: any result as a text. A result that is not of the type is an error.',
          default: 'AUTO',
        },
      ),
    },
    { title: 'Input/Output', description: 'What is calculated to which point.', group: 'Input/Output' },
  ),
});

export type Config = Static<typeof config>;
export type ConfigRow = Config['inputOutput'][number];
