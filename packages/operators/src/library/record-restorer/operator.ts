import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { cacheNameField, capturedRecordsBy } from '../../shared/captured-records.ts';
import { tableField, textField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { keyNotValid, notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { RecordRestorer } from './restorer.ts';

const config = Type.Object({
  inputOutput: tableField(
    {
      inputPoint: inputPointColumn,
      restorePoint: textField({
        title: 'Restore Point',
        description: 'Captured point of the same asset whose record is put out, `modelId::pointId`.',
        minLength: 1,
        control: 'point',
      }),
      outputPoint: outputPointColumn,
    },
    {
      title: 'Input/Output',
      description: 'The points that trigger, and what each of them gets out again.',
      group: 'Input/Output',
    },
  ),
  cacheType: cacheTypeField,
  cacheName: cacheNameField,
});

/** Its definition for one of the data formats. */
export const recordRestorerBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => {
  const capturedRecords = capturedRecordsBy(of);
  return {
    ...operatorNames('processor', 'Record Restorer'),
    library: LIBRARY,
    version: 1,
    libraries: CLASSIC_LIBRARIES,
    category: 'state',
    keywords: ['cache', 'remember', 'trigger', 'capture'],
    summary: 'Puts out the captured record of another point of the asset when a trigger arrives.',
    description: `When a record of an input point arrives, the record that a Record Capturer of the same pipeline kept of the same asset and the row's restore point goes on in its place, under the output point: with its own \`time\`, \`value\`, \`quality\` and \`attr\`, as it was captured. The trigger itself ends here. It may be restored any number of times. Where nothing was captured for any row of the trigger, or only of a point whose model is not that of the restore point nor inherits from it, nothing comes out (\`nothing-captured\`).

Late, duplicate and missing values of the trigger matter to nothing: only its asset and point are looked at. A record no row applies to is dropped (\`not-selected\`); one without valid \`assetId\` is an error (\`KEY_NOT_VALID\`).

All Record Capturers and Record Restorers of a pipeline share what is captured, unless they are given names (Cache Name, ours). They work record by record: each record goes through all stages before the next one does, and one that is both captured and restores meets first the stage that stands first in the document. The records of an asset have to reach all of them in one task. Where the source does not see to that, put a Partitioner by \`/assetId\` in front of them; otherwise the pipeline is refused (\`PLAN_STORE_SPLIT\`), and says so.

It keeps no state of its own: Get Stage State shows what is captured, and deleting it deletes that.`,
    config,
    errors: [keyNotValid],
    drops: [
      notSelected,
      { reason: 'nothing-captured', when: 'No record was captured that the trigger could restore.' },
    ],
    check: ({ inputOutput }) => of.check(inputOutput, ['inputPoint', 'restorePoint', 'outputPoint']),
    makesRecords: true,
    // All but the asset, by which captured records are together with their triggers.
    changes: () => [of.idField, 'modelId', 'modelIdPath', 'time', 'value', 'quality', 'dq', 'attr'],
    requires: () => ({ kind: 'parts', parts: ['/assetId'] }),
    stores: [capturedRecords],
    lineage: ({ inputOutput }) => ({
      inputs: inputOutput.map(({ inputPoint }) => of.referenceOf(inputPoint)),
      outputs: inputOutput.map(({ outputPoint }) => of.referenceOf(outputPoint)),
    }),
    create: ({ inputOutput }, context) => {
      const restorer = new RecordRestorer(of, inputOutput, context.store(capturedRecords));
      return { process: (record, out) => restorer.process(record, out) };
    },
  };
};

export const recordRestorer = defineProcessor(recordRestorerBy(POINTS));
