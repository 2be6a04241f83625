import { defineProcessor } from '@penstock/engine';
import { isJsonObject } from '@penstock/model';
import Type from 'typebox';
import { switchField, tableField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { BASE_LIBRARY, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notNumeric, notSelected, nullValue } from '../../shared/outcomes.ts';
import { hasValue, isSelected, reportNotNumeric } from '../../shared/points/guards.ts';
import { inputPointColumn } from '../../shared/points/point-columns.ts';
import { checkPointColumns, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { isWithin, parseThreshold, thresholdColumn, thresholdOf } from '../../shared/thresholds/threshold.ts';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn, threshold: thresholdColumn('Values that pass, in the unit of the point.') },
    { title: 'Input/Output', description: 'The points to keep, with their valid values.', group: 'Input/Output' },
  ),
  rawDataOnly: switchField({
    title: 'Raw Data Only',
    description:
      'On: thresholds hold for raw data alone. A record with results of operators in its `attr` passes whatever its value.',
    default: false,
    group: 'Input/Output',
  }),
});

/** As devices send it: operators leave their results in `attr` (contract G.1). */
const isRaw = (attr: unknown): boolean => !isJsonObject(attr as never) || Object.keys(attr as object).length === 0;

export const thresholdSelector = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Threshold Selector'),
  library: LIBRARY,
  version: 1,
  libraries: [BASE_LIBRARY],
  category: 'select',
  keywords: ['threshold', 'limits', 'interval', 'valid', 'filter', 'template'],
  summary: 'Keeps only records of the chosen points whose value lies within a threshold.',
  description: `An operator of Penstock's own, for the template Time Window Aggregation: what it calls the interpolation *Ignore*. A record of a row's point, or of a model that inherits from the row's, passes unchanged where its value lies within the threshold of every row that applies to it; otherwise it is dropped (\`out-of-threshold\`). Limits belong to the interval where the bracket is square.

With Raw Data Only, a record that operators have already worked on passes whatever its value: it is told by its \`attr\`, which is empty in what devices send. That "raw" means this is ours.

A record no row applies to is dropped (\`not-selected\`), as is one whose value is null or absent (\`null-value\`); a value that is not a number is an error (\`VALUE_NOT_NUMERIC\`). It keeps no state: late and duplicate records are like any other. As the first stage behind the data source it has records of other points dropped before they are parsed. It takes no part in stream lineage.`,
  config,
  errors: [notNumeric],
  drops: [
    notSelected,
    nullValue,
    { reason: 'out-of-threshold', when: 'The value lies outside the threshold of a row that applies.' },
  ],
  check: ({ inputOutput }) => [
    ...checkPointColumns(inputOutput, ['inputPoint']),
    ...inputOutput.flatMap(({ threshold }, index) => {
      const parsed = parseThreshold(threshold);
      return typeof parsed === 'string' ? [optionIssue(`/inputOutput/${index}/threshold`, parsed)] : [];
    }),
  ],
  changes: () => [],
  selects: ({ inputOutput }) => inputOutput.map(({ inputPoint }) => pointReferenceOf(inputPoint)),
  create: ({ inputOutput, rawDataOnly }) => {
    const rows = inputOutput.map((row) => ({
      input: pointReferenceOf(row.inputPoint),
      threshold: thresholdOf(row.threshold),
    }));
    const table = new PointTable(rows, ({ input }) => input);
    return {
      process: (record, out) => {
        const applying = table.rowsFor(record);
        if (!isSelected(applying, record, out)) return;
        const value = record.get('value');
        if (!hasValue(value, record, out)) return;
        if (typeof value !== 'number') {
          reportNotNumeric(record, out);
          return;
        }
        const isValid = applying.every(({ threshold }) => isWithin(threshold, value));
        if (isValid || (rawDataOnly && !isRaw(record.get('attr')))) out.emit(record);
        else out.drop(record, 'out-of-threshold');
      },
    };
  },
});
