import { defineProcessor, type ProcessorDefinition } from '@penstock/engine';
import { checkSelected } from '../../shared/assets/criteria.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { notSelected } from '../../shared/outcomes.ts';
import type { Addressing } from '../../shared/points/addressing.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { forEachRow } from '../../shared/points/process-rows.ts';
import { addedOf, config } from './config.ts';
import { lookupRowOf, pointLookUpsBy, questionOf } from './point-look-up.ts';

const ATTRIBUTE = 'tslPointLookup';

/** Its definition for one of the data formats. */
export const pointLookupBy = (of: Addressing): Omit<ProcessorDefinition<typeof config>, 'kind'> => {
  const { assets: assetsOf, points: pointsOf } = pointLookUpsBy(of);
  return {
    ...operatorNames('processor', 'Point Lookup'),
    labelAliases: ['TSL Point Lookup'],
    instancePrefixAliases: ['TSLPointLookup'],
    library: LIBRARY,
    version: 1,
    libraries: CLASSIC_LIBRARIES,
    category: 'lookup',
    keywords: ['point', 'tsl', 'model', 'metadata', 'unit', 'tag', 'enrich', 'lookup'],
    summary: 'Adds what the model says of the point of each record, or of another point of its device.',
    description: `The record goes on under the output point with \`attr.tslPointLookup\` = \`{ id, modelId, extra, tags }\` of its point, as the asset store of the pipeline's organisation defines it. The criteria say which of its tags and of \`name\`, \`desc\`, \`accessMode\`, \`dataType\`, \`createTime\`, \`priority\`, \`unit\`, \`signalType\` and \`hasQuality\` are in it; these are all texts, empty where nothing is known, \`hasQuality\` is \`"true"\` or \`"false"\`.

The point is looked for in the model of the record (\`modelId\`, or the last of \`modelIdPath\`) and its ancestors; \`modelId\` in the result is the model that defines it. With a Lookup Point the definition of that point is added instead. A record several rows apply to comes out once per row.

A point that is not defined is no error: the record goes on, with the ids that were looked for, and \`extra\` and \`tags\` are empty. A record no row applies to is dropped (\`not-selected\`). Its asset need not be known. Late and duplicate records are like others; a missing value does not matter. Which model \`modelId\` names, and what comes of a point that is not defined, are decisions of Penstock.

It keeps no state. Definitions are asked for once and kept, per thread; the service tells every 5 s, and with each answer, whether models have changed, and then all are asked for anew. A record may thus have its point as it was some seconds ago, and one that is worked off again after a crash as it is then. While no instance of the service can be asked, the stage waits and tries again, some five minutes; then it is an error of the records that need what is not known (\`ASSETS_UNREACHABLE\`).`,
    config,
    drops: [notSelected],
    check: (given) => [
      ...of.check(given.inputOutput, ['inputPoint', 'lookupPoint', 'outputPoint']),
      ...checkSelected({ tag: [given.tag, given.tagKeys], extra: [given.extra, given.extraKeys] }),
    ],
    changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'attr'],
    deterministic: false,
    lookUps: assetsOf === undefined ? [pointsOf] : [assetsOf, pointsOf],
    lineage: ({ inputOutput }) => ({
      inputs: inputOutput.map((row) => of.referenceOf(row.inputPoint)),
      outputs: inputOutput.map((row) => of.referenceOf(row.outputPoint)),
    }),
    create: (given, context) => {
      const answers = context.lookUp(pointsOf);
      const assets = assetsOf === undefined ? undefined : context.lookUp(assetsOf);
      const added = addedOf(given);
      const rows = given.inputOutput.map((row) => {
        const lookup = lookupRowOf(of, row);
        return { ...lookup, output: of.outputOf(lookup.input, of.referenceOf(row.outputPoint)) };
      });
      const table = of.table(rows, ({ input }) => input);
      return {
        process: (record, out) => {
          const found = answers.of(record);
          const asset = assets?.of(record)[0]?.value;
          const applying = table.rowsFor(record).map((row, nth) => ({ row, answer: found[nth]?.value }));
          forEachRow(applying, record, out, ({ row, answer }, each) => {
            const { id, modelId } = questionOf(of, row, each, asset);
            of.rename(each, row.output);
            each.setAttr(ATTRIBUTE, answer === undefined ? { id, modelId, extra: {}, tags: {} } : added(id, answer));
            out.emit(each);
          });
        },
      };
    },
  };
};

export const pointLookup = defineProcessor(pointLookupBy(POINTS));
