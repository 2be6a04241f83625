import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import {
  type AppendPolicy,
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

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      conditions: conditionsColumn('Which records become the last one'),
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'The points to which the record before is appended.', group: 'Input/Output' },
  ),
  cacheType: cacheTypeField,
});

/** Of a record its text is kept, and nothing else. */
const policy: AppendPolicy<string> = {
  attribute: 'lastRecordAppender',
  replaces: () => true,
  keep: (text) => text,
  entryOf: (last) => (last === undefined ? '{}' : `{"lastRecord":${last}}`),
};

/** Its definition for one of the data formats. */
export const lastRecordAppenderBy = (
  of: Addressing,
): Omit<ProcessorDefinition<typeof config, KeptRecords<string>>, 'kind'> => ({
  ...operatorNames('processor', 'Last Record Appender'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'state',
  keywords: ['previous', 'lag', 'delta', 'cache'],
  summary: 'Appends to each record the one before it of the same asset and point.',
  description: `The record goes on under the output point with \`attr.lastRecordAppender\` = \`{ lastRecord: {…} }\`, or \`{}\` where there is none yet. A record for which the row's condition holds then becomes the last one; others only get the last one appended. The last record is kept as it left this stage, with the output point's id, without the record that had been appended to it.

"Last" means the one that arrived last: late and duplicate records take part like any other. Put a Late Point Tagger and a condition in front where that matters. A record no row applies to is dropped (\`not-selected\`); one without valid \`assetId\` or \`pointId\` is an error (\`KEY_NOT_VALID\`), as is one for which the condition cannot be evaluated (\`EXPRESSION_FAILED\`). A missing value is appended like any other.

State per asset and input point: one record per row. Get Stage State shows the record put in last.`,
  config,
  errors: [keyNotValid, expressionFailed],
  drops: [notSelected],
  check: ({ inputOutput }) => checkAppenderRows(of, inputOutput),
  changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'attr'],
  requires: () => of.key,
  state: keptRecords<string>(
    (last) => last,
    (text) => text,
  ),
  lineage: ({ inputOutput }) => rowLineage(of, inputOutput),
  create: ({ inputOutput }, context) => new RecordAppender(of, inputOutput, policy, context.state),
});

export const lastRecordAppender = defineProcessor(lastRecordAppenderBy(POINTS));
