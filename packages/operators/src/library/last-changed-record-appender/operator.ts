import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import {
  checkAppenderRows,
  conditionsColumn,
  type KeptRecords,
  keptRecords,
  RecordAppender,
} from '../../shared/appended-records.ts';
import { tableField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed, keyNotValid, notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { rowLineage } from '../../shared/points/row-lineage.ts';
import { type ChangedRecord, changedRecordOf, changedRecordPolicy } from './changed-record.ts';

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      conditions: conditionsColumn('Which records may become the last changed one; a column of Penstock'),
      outputPoint: outputPointColumn,
    },
    {
      title: 'Input/Output',
      description: 'The points to which the record of the last change is appended.',
      group: 'Input/Output',
    },
  ),
  cacheType: cacheTypeField,
});

/** Its definition for one of the data formats. */
export const lastChangedRecordAppenderBy = (
  of: Addressing,
): Omit<ProcessorDefinition<typeof config, KeptRecords<ChangedRecord>>, 'kind'> => ({
  ...operatorNames('processor', 'Last Changed Record Appender'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'state',
  keywords: ['previous', 'change', 'unchanged', 'duration', 'status', 'cache'],
  summary: 'Appends to each record the one with which the value of the asset and point last changed.',
  description: `The record goes on under the output point with \`attr.lastChangedRecordAppender\` = \`{ lastChangedTs, lastChangedValue, lastChangedRecord }\`: time and value of the record that is kept, and that record as it left this stage, with the output point's id, without what had been appended to it. Then, if its value differs from that of the kept record, it takes its place. So a record that brings a change has the one before the change appended to it, and those after it, as long as nothing changes, the one that brought it. The first record of an asset and point is kept at once and appended to itself.

Values are the same where they are as JSON values: 1 and 1.0 are, 1 and \`"1"\` are not, lists and objects are where all in them is. Whole numbers beyond 2^53 are compared digit by digit. A record without a value (null or absent) gets the kept one appended and never takes its place; before there is any, it has \`{}\`. EnOS does not say what a missing value does; this is ours, and so is the column Conditions: a record for which it does not hold never takes the place of another.

"Last" means the one that arrived last: late and duplicate records take part like any other. Put a Late Point Tagger and a condition in front where that matters. A record no row applies to is dropped (\`not-selected\`); one without valid \`assetId\` or \`pointId\` is an error (\`KEY_NOT_VALID\`), as is one for which the condition cannot be evaluated (\`EXPRESSION_FAILED\`). A kept record without a time has \`lastChangedTs\` null.

State per asset and input point: one record per row. Get Stage State shows the record put in last.`,
  config,
  errors: [keyNotValid, expressionFailed],
  drops: [notSelected],
  check: ({ inputOutput }) => checkAppenderRows(of, inputOutput),
  changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'attr'],
  requires: () => of.key,
  state: keptRecords(({ text }) => text, changedRecordOf),
  lineage: ({ inputOutput }) => rowLineage(of, inputOutput),
  create: ({ inputOutput }, context) => new RecordAppender(of, inputOutput, changedRecordPolicy, context.state),
});

export const lastChangedRecordAppender = defineProcessor(lastChangedRecordAppenderBy(POINTS));
