import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { tableField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { isSelected } from '../../shared/points/guards.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { inputPointColumn } from '../../shared/points/point-columns.ts';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn },
    { title: 'Input/Output', description: 'The points to keep.', group: 'Input/Output' },
  ),
});

/** Its definition for one of the data formats. */
export const pointSelectorBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => ({
  ...operatorNames('processor', 'Point Selector'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'select',
  keywords: ['filter', 'points', 'keep'],
  summary: 'Keeps only records of the chosen points.',
  description: `A record whose \`pointId\` is that of a row and whose model inherits from (or is) the row's model passes unchanged. All others are dropped and counted as \`not-selected\`.

It keeps no state: late and duplicate records pass like any other. As the first stage behind the data source it costs almost nothing, since records it drops are not even parsed. It takes no part in stream lineage.`,
  config,
  drops: [notSelected],
  check: ({ inputOutput }) => of.check(inputOutput, ['inputPoint']),
  changes: () => [],
  selects: ({ inputOutput }) => inputOutput.map(({ inputPoint }) => of.referenceOf(inputPoint)),
  create: ({ inputOutput }) => {
    const table = of.table(inputOutput, (row) => of.referenceOf(row.inputPoint));
    return {
      process: (record, out) => {
        if (isSelected(table.rowsFor(record), record, out)) out.emit(record);
      },
    };
  },
});

export const pointSelector = defineProcessor(pointSelectorBy(POINTS));
