import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { cacheNameField, capturedRecordsBy } from '../../shared/captured-records.ts';
import { tableField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { keyNotValid, notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { hasKeyBy, isSelected } from '../../shared/points/guards.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { cacheTypeField, inputPointColumn } from '../../shared/points/point-columns.ts';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn },
    { title: 'Input/Output', description: 'The points whose records are captured.', group: 'Input/Output' },
  ),
  cacheType: cacheTypeField,
  cacheName: cacheNameField,
});

/** Its definition for one of the data formats. */
export const recordCapturerBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => {
  const capturedRecords = capturedRecordsBy(of);
  return {
    ...operatorNames('processor', 'Record Capturer'),
    library: LIBRARY,
    version: 1,
    libraries: CLASSIC_LIBRARIES,
    category: 'state',
    keywords: ['cache', 'remember', 'latest', 'restore'],
    summary: 'Keeps the last record of each point for a Record Restorer, and puts nothing out.',
    description: `Each record of a chosen point is kept as it came, in place of the one before it of the same asset and point, and ends here (\`captured\`). Connect the output to a Trash. A Record Restorer of the same pipeline gets the kept records out again.

"Last" means the one that arrived last: late and duplicate records take part like any other, as in a Last Record Appender. Put a Late Point Tagger and a precondition in front where that matters. A missing value is kept like any other. What is captured stays until it is replaced, or deleted with the state of the stage. A record no row applies to is dropped (\`not-selected\`); one without valid \`assetId\` is an error (\`KEY_NOT_VALID\`).

All Record Capturers and Record Restorers of a pipeline share what is captured, unless they are given names (Cache Name, ours). They work record by record: each record goes through all stages before the next one does, and one that is both captured and restores meets first the stage that stands first in the document. The records of an asset have to reach all of them in one task. Where the source does not see to that, put a Partitioner by \`/assetId\` in front of them; otherwise the pipeline is refused (\`PLAN_STORE_SPLIT\`), and says so.

State per asset and point: one record. Get Stage State shows it. That a captured record is replaced by whichever arrives next, whatever its time, is a decision of Penstock; EnOS says nothing of it.`,
    config,
    errors: [keyNotValid],
    drops: [notSelected, { reason: 'captured', when: 'The record has been kept.' }],
    check: ({ inputOutput }) => of.check(inputOutput, ['inputPoint']),
    changes: () => [],
    requires: () => ({ kind: 'parts', parts: ['/assetId'] }),
    stores: [capturedRecords],
    lineage: ({ inputOutput }) => ({
      inputs: inputOutput.map(({ inputPoint }) => of.referenceOf(inputPoint)),
      outputs: [],
    }),
    create: ({ inputOutput }, context) => {
      const table = of.table(inputOutput, ({ inputPoint }) => of.referenceOf(inputPoint));
      const captured = context.store(capturedRecords);
      return {
        process: (record, out) => {
          if (!isSelected(table.rowsFor(record), record, out) || !hasKeyBy(of, record, out)) return;
          captured.put([record.assetId, of.idOf(record) ?? ''], record.toJson());
          out.drop(record, 'captured');
        },
      };
    },
  };
};

export const recordCapturer = defineProcessor(recordCapturerBy(POINTS));
