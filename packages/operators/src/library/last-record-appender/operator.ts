import { ASSET_AND_POINT, compileCondition, defineProcessor } from '@penstock/engine';
import Type from 'typebox';
import { tableField, textField } from '../../shared/config/fields.ts';
import { expressionIssues } from '../../shared/config/option-issue.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { expressionFailed, keyNotValid, notSelected } from '../../shared/outcomes.ts';
import { changedPointFields } from '../../shared/points/output-point.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { checkPointColumns, pointReferenceOf } from '../../shared/points/point-reference.ts';
import {
  decodeLastRecords,
  encodeLastRecords,
  LastRecordAppender,
  type LastRecords,
  lastRecordItem,
} from './last-records.ts';

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      conditions: textField({
        title: 'Conditions',
        description:
          "Which records become the last one: `*` for every record, or an expression that is true for them, such as `${record:value('/quality') == 0}`.",
        default: '*',
        minLength: 1,
        maxLength: 4000,
        control: 'expression',
      }),
      outputPoint: outputPointColumn,
    },
    { title: 'Input/Output', description: 'The points to which the record before is appended.', group: 'Input/Output' },
  ),
  cacheType: cacheTypeField,
});

export const lastRecordAppender = defineProcessor<typeof config, LastRecords>({
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
  check: ({ inputOutput }) => [
    ...checkPointColumns(inputOutput, ['inputPoint', 'outputPoint']),
    ...inputOutput.flatMap((row, index) => {
      if (row.conditions === '*') return [];
      const compiled = compileCondition(row.conditions);
      if (compiled.ok) return [];
      return expressionIssues(`/inputOutput/${index}/conditions`, compiled.issues);
    }),
  ],
  changes: ({ inputOutput }) => [...changedPointFields(inputOutput), 'attr'],
  requires: () => ASSET_AND_POINT,
  state: {
    encode: encodeLastRecords,
    decode: decodeLastRecords,
    toItem: lastRecordItem,
  },
  lineage: ({ inputOutput }) => ({
    inputs: inputOutput.map((row) => pointReferenceOf(row.inputPoint)),
    outputs: inputOutput.map((row) => pointReferenceOf(row.outputPoint)),
  }),
  create: ({ inputOutput }, context) => new LastRecordAppender(inputOutput, context.state),
});
