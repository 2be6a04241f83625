import { defineProcessor, type Emitter, type ProcessorDefinition, type StreamRecord } from '@penstock/engine';
import Type, { type Static } from 'typebox';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { optionIssue } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notNumeric, notSelected, nullValue } from '../../shared/outcomes.ts';
import type { Addressing, OutputName } from '../../shared/points/addressing.ts';
import { hasValue, reportNotNumeric } from '../../shared/points/guards.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { forEachRow } from '../../shared/points/process-rows.ts';
import { DataQuality, tagQuality } from '../../shared/quality/data-quality.ts';
import { type Interval, type IntervalForm, parseInterval, sideOf } from './interval.ts';

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      openClose: choiceField(
        {
          '(x,y)': '(x,y)',
          '(x,y]': '(x,y]',
          '[x,y)': '[x,y)',
          '[x,y]': '[x,y]',
          '(-∞,y)': '(-∞,y)',
          '(-∞,y]': '(-∞,y]',
          '(x,+∞)': '(x,+∞)',
          '[x,+∞)': '[x,+∞)',
          '(-∞,+∞)': '(-∞,+∞)',
        },
        {
          title: 'OpenClose',
          description: 'Which limits there are, and whether they are allowed values.',
          default: '[x,y]',
        },
      ),
      minMax: textField({
        title: 'Min-Max',
        description: 'The limits, `min,max`, in the unit of the point. A side without limit may be left empty.',
        default: '',
        maxLength: 200,
      }),
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'The points to check and their limits.', group: 'Input/Output' },
  ),
});

type Row = Static<typeof config>['inputOutput'][number];

interface CompiledRow {
  readonly interval: Interval;
  readonly output: OutputName;
}

const intervalOf = (row: Row): Interval => {
  const interval = parseInterval(row.openClose as IntervalForm, row.minMax);
  if (typeof interval === 'string') throw new Error(`The limits should not have passed validation: ${interval}`);
  return interval;
};

const tag = (of: Addressing, { interval, output }: CompiledRow, record: StreamRecord, out: Emitter): void => {
  const value = record.get('value');
  if (!hasValue(value, record, out)) return;
  if (typeof value !== 'number') {
    reportNotNumeric(record, out);
    return;
  }
  const side = sideOf(interval, value);
  tagQuality(record, side === 0 ? 0 : side > 0 ? DataQuality.overUpperLimit : DataQuality.underLowerLimit);
  record.setAttr('isOutlier', side !== 0);
  // A new object per record: later stages may change what they are given.
  record.setAttr('outlierAttr', {
    minValue: interval.min,
    maxValue: interval.max,
    enableMinJudger: interval.min !== null,
    enableMaxJudger: interval.max !== null,
    minIncluding: interval.minIncluding,
    maxIncluding: interval.maxIncluding,
  });
  of.rename(record, output);
  out.emit(record);
};

/** Its definition for one of the data formats. */
export const offLimitTaggerBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => ({
  ...operatorNames('processor', 'Off Limit Tagger'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'quality',
  keywords: ['threshold', 'outlier', 'min', 'max', 'quality', 'dq'],
  summary: 'Tags records whose value lies outside an interval.',
  description: `The record goes on under the output point with \`attr.isOutlier\` (true: outside) and \`attr.outlierAttr\` = \`{ minValue, maxValue, enableMinJudger, enableMaxJudger, minIncluding, maxIncluding }\`; a side without limit has \`null\`. Nothing is removed because it is outside.

For the quality report it also sets \`dq\`: the value found there is or-ed with 9 (0b01001) over the upper limit and with 17 (0b10001) under the lower limit, and becomes 0 where nothing is found and none was there. The bits are a decision of Penstock; EnOS publishes only 0 and 5.

It keeps no state: late and duplicate records are treated like any other. A record no row applies to is dropped (\`not-selected\`), as is one whose value is null or absent (\`null-value\`); a value that is not a number is an error (\`VALUE_NOT_NUMERIC\`). A record several rows apply to comes out once per row.`,
  config,
  errors: [notNumeric],
  drops: [notSelected, nullValue],
  check: ({ inputOutput }) => [
    ...of.check(inputOutput, ['inputPoint', 'outputPoint']),
    ...inputOutput.flatMap((row, index) => {
      const interval = parseInterval(row.openClose as IntervalForm, row.minMax);
      return typeof interval === 'string' ? [optionIssue(`/inputOutput/${index}/minMax`, interval)] : [];
    }),
  ],
  changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'dq', 'attr'],
  lineage: ({ inputOutput }) => ({
    inputs: inputOutput.map((row) => of.referenceOf(row.inputPoint)),
    outputs: inputOutput.map((row) => of.referenceOf(row.outputPoint)),
  }),
  create: ({ inputOutput }) => {
    const rows = inputOutput.map((row) => ({
      input: of.referenceOf(row.inputPoint),
      interval: intervalOf(row),
      output: of.outputOf(of.referenceOf(row.inputPoint), of.referenceOf(row.outputPoint)),
    }));
    const table = of.table(rows, (row) => row.input);
    const apply = (row: CompiledRow, record: StreamRecord, out: Emitter): void => tag(of, row, record, out);
    return { process: (record, out) => forEachRow(table.rowsFor(record), record, out, apply) };
  },
});

export const offLimitTagger = defineProcessor(offLimitTaggerBy(POINTS));
