import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import Type from 'typebox';
import { checkCriteria, criteriaFields, nothingOf, pickerOf } from '../../shared/assets/criteria.ts';
import { tableField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { forEachRow } from '../../shared/points/process-rows.ts';
import { assetLookUpBy } from './asset-look-up.ts';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn, outputPoint: outputPointColumn },
    { title: 'Input/Output', description: 'The points whose records get their asset.', group: 'Input/Output' },
  ),
  ...criteriaFields,
});

const ATTRIBUTE = 'tslAssetLookup';

/** Its definition for one of the data formats. */
export const assetLookupBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => {
  const assetLookUp = assetLookUpBy(of);
  return {
    ...operatorNames('processor', 'Asset Lookup'),
    labelAliases: ['TSL Asset Lookup'],
    instancePrefixAliases: ['TSLAssetLookup'],
    library: LIBRARY,
    version: 1,
    libraries: CLASSIC_LIBRARIES,
    category: 'lookup',
    keywords: ['asset', 'tsl', 'metadata', 'attribute', 'tag', 'enrich', 'lookup'],
    summary: 'Adds attributes, tags and more of the asset of each record.',
    description: `The record goes on under the output point with \`attr.tslAssetLookup\` = \`{ id, attributes, tags, extra }\` of the asset that its \`assetId\` names, as the asset store of the pipeline's organisation has it. The criteria say which of its attributes, tags and other facts are in it; what is not chosen, or not there, is left out, and the three are always objects. \`extra\` has the names of EnOS: \`tslInstanceName\` and \`tslInstanceDesc\` are name and description, \`ou\` and \`modelOU\` the organisation, \`timezone\` is null where it is not known, \`extraInfo\` is an object.

An asset that the organisation does not have is no error: the record goes on, and \`attributes\`, \`tags\` and \`extra\` are empty. A record whose \`assetId\` is no text is one (\`KEY_NOT_VALID\`); one no row applies to is dropped (\`not-selected\`). Late and duplicate records are like others; a missing value does not matter.

Assets are asked for once and kept, per thread; the service tells every 5 s, and with each answer, which of them have changed, were made or removed, and those are asked for anew. A record may thus have its asset as it was some seconds ago, and one that is worked off again after a crash may have it as it is then. While no instance of the service can be asked, the stage waits and tries again, some five minutes; then it is an error of the records that need an asset which is not known (\`ASSETS_UNREACHABLE\`).`,
    config,
    errors: [{ code: 'KEY_NOT_VALID', when: '`assetId` is not a text.' }],
    drops: [notSelected],
    check: (given) => [...of.check(given.inputOutput, ['inputPoint', 'outputPoint']), ...checkCriteria(given)],
    changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'attr'],
    deterministic: false,
    lookUps: [assetLookUp],
    lineage: ({ inputOutput }) => ({
      inputs: inputOutput.map((row) => of.referenceOf(row.inputPoint)),
      outputs: inputOutput.map((row) => of.referenceOf(row.outputPoint)),
    }),
    create: (given, context) => {
      const answers = context.lookUp(assetLookUp);
      const pick = pickerOf(given, context.pipeline.orgId);
      const rows = given.inputOutput.map((row) => {
        const input = of.referenceOf(row.inputPoint);
        return { input, output: of.outputOf(input, of.referenceOf(row.outputPoint)) };
      });
      const table = of.table(rows, ({ input }) => input);
      return {
        process: (record, out) => {
          const { assetId } = record;
          const found = table.rowsFor(record);
          if (assetId === undefined && found.length > 0) {
            out.error(record, 'KEY_NOT_VALID', '"assetId" must be a text: the asset is looked up by it.');
            return;
          }
          const [answer] = answers.of(record);
          forEachRow(found, record, out, ({ output }, each) => {
            of.rename(each, output);
            // Made for each, so that no two records share an object that a stage behind may change.
            each.setAttr(ATTRIBUTE, {
              ...(answer?.value === undefined ? nothingOf(assetId ?? '') : pick(answer.value)),
            });
            out.emit(each);
          });
        },
      };
    },
  };
};

export const assetLookup = defineProcessor(assetLookupBy(POINTS));
