import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type, { type Static } from 'typebox';
import { choiceField, tableField, textField } from '../../shared/config/fields.ts';
import { checkKeyPart } from '../../shared/config/key-part.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { mergedLineage } from '../../shared/merged-records.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { BatchGroups, MERGED } from './batch-groups.ts';

const BY_FIELDS = 'By Record Field Value';
const BY_EXPRESSION = 'By EL Expression';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn, outputPoint: outputPointColumn },
    {
      title: 'Input/Output',
      description: 'The points that are merged. Rows with the same output point merge into one record.',
      group: 'Input/Output',
    },
  ),
  keyGenerateMethod: choiceField(
    { [BY_FIELDS]: 'By record field value', [BY_EXPRESSION]: 'By EL expression' },
    {
      title: 'Key Generate Method',
      description: 'What records are grouped by.',
      default: BY_FIELDS,
      group: 'Group Key',
    },
  ),
  fields: Type.Array(Type.String({ minLength: 1, maxLength: 4000 }), {
    title: 'Fields',
    description:
      'Paths of fields such as `/assetId` or `/attr/site/id`: records that have all of them alike are a group.',
    default: ['/assetId'],
    minItems: 1,
    maxItems: 4,
    ui: { control: 'field-names', group: 'Group Key', dependsOn: { field: 'keyGenerateMethod', values: [BY_FIELDS] } },
  }),
  expression: textField({
    title: 'Expression',
    description: "Its value is the key: `${record:value('/attr/tslParentLookup[0]/id')}`.",
    default: "${record:value('/assetId')}",
    minLength: 1,
    maxLength: 4000,
    control: 'expression',
    group: 'Group Key',
    dependsOn: { field: 'keyGenerateMethod', values: [BY_EXPRESSION] },
  }),
});

const keyParts = ({ keyGenerateMethod, fields, expression }: Static<typeof config>): readonly string[] =>
  keyGenerateMethod === BY_FIELDS ? fields : [expression];

/** Its definition for one of the data formats. */
export const batchMergerBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => ({
  ...operatorNames('processor', 'Batch Merger'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'select',
  keywords: ['merge', 'group', 'batch', 'pivot', 'cross', 'join'],
  summary: 'Groups the records of a batch by a key and makes one record of each group.',
  description: `Of each group the last record of the batch goes on, under the output point, with \`attr.crossBatch\` = \`{ groupedRecords: […], enableCache: false, key }\`: all records of the group as they came, itself included, in the order of the batch. Its \`time\` and \`value\` stay. Several models may be in one table; rows with different output points make groups of their own, and a record to which several rows apply is in each of them. With several fields, \`key\` has their values with \`::\` between them.

How many records make a batch, and how long is waited for them, is an option of the data source (Max Batch Size, Max Wait Time). Records of a key are brought together in one task first, so that the batch is one of all partitions; what comes out for a key in one batch and what in the next hangs on when its records come. Nothing is kept from one batch to the next. Put a Partitioner by the same key and a Record Sorter By Time in front where the records of a group are to be in the order of their time.

A record no row applies to is dropped (\`not-selected\`); those of a group that do not go on themselves are counted as \`${MERGED}\`. A record without a key is an error (\`KEY_NOT_VALID\`). Where the records of a group have more than 16 Mi characters together, all of them are errors (\`MERGED_RECORDS_TOO_LARGE\`). Late and duplicate records and missing values are merged like any other. That the last record of a group is the one that goes on is a decision of Penstock; EnOS says nothing of it.`,
  config,
  errors: [
    {
      code: 'KEY_NOT_VALID',
      when: 'A field of the key is missing or no single value, or the expression gives no key.',
    },
    { code: 'MERGED_RECORDS_TOO_LARGE', when: 'The records of the group are more than one record can hold.' },
  ],
  drops: [notSelected, { reason: MERGED, when: 'The record is part of one that another record of its group became.' }],
  check: (given) => [
    ...of.check(given.inputOutput, ['inputPoint', 'outputPoint']),
    ...(given.keyGenerateMethod === BY_FIELDS
      ? given.fields.flatMap((field, index) => checkKeyPart(`/fields/${index}`, field))
      : checkKeyPart('/expression', given.expression)),
  ],
  changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'attr'],
  requires: (given) => ({ kind: 'parts', parts: keyParts(given) }),
  worksOnBatches: true,
  lineage: ({ inputOutput }) => mergedLineage(of, inputOutput, inputOutput),
  create: ({ inputOutput }, context) => {
    const groups = new BatchGroups(of, inputOutput, context);
    return { processBatch: (records, out) => groups.process(records, out) };
  },
});

export const batchMerger = defineProcessor(batchMergerBy(POINTS));
