import type { ProcessorDefinition } from '@penstock/engine';
import type { PlacesQuestion } from '@penstock/model';
import Type from 'typebox';
import { tableField } from '../config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../libraries.ts';
import { MAX_MERGED } from '../merged-records.ts';
import { operatorNames } from '../operator-names.ts';
import { notSelected } from '../outcomes.ts';
import type { Addressing } from '../points/addressing.ts';
import { inputPointColumn, outputPointColumn } from '../points/point-columns.ts';
import { forEachRow } from '../points/process-rows.ts';
import { checkCriteria, criteriaFields } from './criteria.ts';
import { neighbourLookUps } from './neighbour-look-ups.ts';
import { NeighbourTexts } from './neighbour-texts.ts';
import { checkTag, treeTagField } from './tree-tag.ts';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn, outputPoint: outputPointColumn },
    { title: 'Input/Output', description: 'The points whose records get their neighbours.', group: 'Input/Output' },
  ),
  treeTag: treeTagField('Tree Tag', { group: 'Criteria' }),
  ...criteriaFields,
});

export type NeighbourOptions = typeof config;

/** What tells the look-up of children from that of parents. */
export interface NeighbourLookup {
  /** `Child` or `Parent`. */
  readonly word: string;
  readonly side: PlacesQuestion['side'];
  /** Entry of `attr`. */
  readonly attribute: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  /** The first paragraph of the description. */
  readonly what: string;
}

const TOO_LARGE = 'ASSET_NEIGHBOURS_TOO_LARGE';

/** Child Asset Lookup and Parent Asset Lookup (contract E.3, E.5). */
export const neighbourLookup = (
  of: Addressing,
  its: NeighbourLookup,
): Omit<ProcessorDefinition<NeighbourOptions>, 'kind'> => {
  const lookUps = neighbourLookUps(of, its.side);
  const { places: placesOf, assets: assetsOf } = lookUps;
  return {
    ...operatorNames('processor', `${its.word} Asset Lookup`),
    labelAliases: [`TSL ${its.word} Asset Lookup`],
    instancePrefixAliases: [`TSL${its.word}AssetLookup`],
    library: LIBRARY,
    version: 1,
    libraries: CLASSIC_LIBRARIES,
    category: 'lookup',
    keywords: ['asset', 'tsl', 'tree', 'metadata', 'attribute', 'tag', 'enrich', 'lookup', ...its.keywords],
    summary: its.summary,
    description: `${its.what}

Each entry is \`{ treeId, treeExtra, id, attributes, tags, extra }\`. \`treeExtra\` = \`{ modelId, name, description, inValid, label, modelIdPath }\`: name and description of the tree; model and label of the asset at its top, null where it has several; \`inValid\` is false. The criteria say which attributes, tags and other facts of the assets are in \`attributes\`, \`tags\` and \`extra\`, as in the Asset Lookup. Entries are ordered by tree, then by asset.

Several trees may have the tag; then there are entries of each of them in which the asset is. Where it has a place in a tree, but nobody on that side, the entry is \`{ treeId, treeExtra }\` alone; EnOS says so from library 0.2.0 on, here it holds for 0.1.0 as well. An asset that is in no such tree, or not known at all, is no error: the list is empty. That, the order, and what \`treeExtra\` says of trees with several roots are decisions of Penstock.

A record whose \`assetId\` is no text is an error (\`KEY_NOT_VALID\`); one no row applies to is dropped (\`not-selected\`). Late and duplicate records are like others; a missing value does not matter. More than 2,000 assets around one are an error of its records (\`ASSET_NEIGHBOURS_TOO_MANY\`), as are entries that are larger together than a record can be (\`${TOO_LARGE}\`).

It keeps no state. Places and assets are asked for once and kept, per thread; the service tells every 5 s, and with each answer, what has changed: a change of any tree makes all places old, one of an asset that asset alone. A record may thus see its trees as they were some seconds ago, and one that is worked off again after a crash as they are then. While no instance of the service can be asked, the stage waits and tries again, some five minutes; then it is an error of the records that need what is not known (\`ASSETS_UNREACHABLE\`).`,
    config,
    errors: [
      { code: 'KEY_NOT_VALID', when: '`assetId` is not a text.' },
      { code: TOO_LARGE, when: 'What would be added has more than 16 Mi characters.' },
    ],
    drops: [notSelected],
    check: (given) => [
      ...of.check(given.inputOutput, ['inputPoint', 'outputPoint']),
      ...checkTag('/treeTag', given.treeTag),
      ...checkCriteria(given),
    ],
    changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'attr'],
    deterministic: false,
    lookUps: [placesOf, assetsOf],
    lineage: ({ inputOutput }) => ({
      inputs: inputOutput.map((row) => of.referenceOf(row.inputPoint)),
      outputs: inputOutput.map((row) => of.referenceOf(row.outputPoint)),
    }),
    create: (given, context) => {
      const [places, assets] = [context.lookUp(placesOf), context.lookUp(assetsOf)];
      const texts = new NeighbourTexts(given, context.pipeline.orgId);
      const rows = given.inputOutput.map((row) => {
        const input = of.referenceOf(row.inputPoint);
        return { input, output: of.outputOf(input, of.referenceOf(row.outputPoint)) };
      });
      const table = of.table(rows, ({ input }) => input);
      return {
        process: (record, out) => {
          const found = table.rowsFor(record);
          if (record.assetId === undefined && found.length > 0) {
            out.error(record, 'KEY_NOT_VALID', '"assetId" must be a text: its place in trees is looked up by it.');
            return;
          }
          const [place] = places.of(record);
          const list = texts.listOf(place?.value ?? [], assets.of(record));
          if (list.length > MAX_MERGED) {
            const what = `What would be added has ${list.length} characters, and one record takes ${MAX_MERGED}.`;
            out.error(record, TOO_LARGE, what);
            return;
          }
          forEachRow(found, record, out, ({ output }, each) => {
            of.rename(each, output);
            each.setAttrJson(its.attribute, list);
            out.emit(each);
          });
        },
      };
    },
  };
};
