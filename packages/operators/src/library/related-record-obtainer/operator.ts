import { defineProcessor } from '@penstock/engine';
import { LIBRARY } from '../../shared/libraries.ts';
import { MERGED_TOO_LARGE } from '../../shared/merged-records.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { keyNotValid, notSelected, timeNotValid, timeTooFarAhead } from '../../shared/outcomes.ts';
import { changedPointFields } from '../../shared/points/output-point.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { checkConfig, config, requiresOf } from './config.ts';
import { KEPT, NOTHING, RelatedRecordObtainer } from './obtainer.ts';
import { relatedPlaces } from './related-places.ts';
import { relatedRecords } from './related-records.ts';

export const relatedRecordObtainer = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Related Record Obtainer'),
  library: LIBRARY,
  version: 1,
  libraries: ['0.3.0', '0.4.0'],
  category: 'state',
  keywords: ['related', 'latest', 'tree', 'child', 'children', 'join', 'redis', 'trigger', 'site'],
  summary: 'Obtains the latest values of other points, of the same asset or of those below it in a tree.',
  description: `When a record of an input point arrives, the latest records of its related points are obtained: of its own asset (*Same Asset*), or of the assets below it in the trees with the Asset Tag (*Child On Tree*), those directly below or, with Recursive, all the way down. A copy of the record goes on under the output point with \`attr.relatedRecordObtainer\` = \`{ relatedRecords: […] }\`: whole records as they came, ordered by asset, then point. Its \`time\`, \`value\` and \`quality\` stay. Rows with the same output point are put together into one record; rows with different ones make a record each. A related point that has no value is left out; where there is none at all, nothing comes out (\`${NOTHING}\`).

There is no Redis: the stage itself keeps the latest record of each related point, of those that come into it, from the first start of the pipeline on. So let the stage that reads them lead here. "Latest" means the greatest \`time\`; of equal times the one that arrived last. A point may be both: its record is kept, then triggers. What is only kept is dropped as such (\`${KEPT}\`).

Late: a late record of a related point replaces none that is newer, a late trigger obtains what there is. A duplicate triggers again. Values are not looked at. A record no row applies to is dropped (\`not-selected\`). One without valid \`assetId\`, or of a related point without valid \`time\`, is an error (\`KEY_NOT_VALID\`, \`TIME_NOT_VALID\`, \`TIME_TOO_FAR_AHEAD\`); as is a trigger for which the records have more than 16 Mi characters together (\`${MERGED_TOO_LARGE}\`), or with more than 2,000 assets below it (\`ASSET_NEIGHBOURS_TOO_MANY\`).

With *Same Asset* alone the records of each asset are brought together. With *Child On Tree* in any row all records of the stage go through one task, since any asset may ask for any other; keep others away with a Point Selector in front. Which records of other assets have come before a trigger is then a matter of when they arrive. Trees are asked for and followed as by the Child Asset Lookup: a change is heeded within seconds, and while no instance of the service can be asked, triggers wait, some five minutes (\`ASSETS_UNREACHABLE\`).

State per asset and related point: one record. The layout of the output, that values are those that come in, that rows choose their trees one by one, and Recursive are decisions of Penstock; EnOS shows them in pictures only, or not at all.`,
  config,
  errors: [
    keyNotValid,
    timeNotValid,
    timeTooFarAhead,
    { code: MERGED_TOO_LARGE, when: 'The related records are more than one record can hold.' },
  ],
  drops: [
    notSelected,
    { reason: KEPT, when: 'The record has been taken in as one of a related point, and triggers nothing.' },
    { reason: NOTHING, when: 'None of the related points of the trigger has a value.' },
  ],
  check: checkConfig,
  changes: ({ inputOutput }) => [...changedPointFields(inputOutput), 'attr'],
  requires: requiresOf,
  stores: [relatedRecords],
  lookUps: [relatedPlaces],
  deterministic: false,
  lineage: ({ inputOutput }) => ({
    inputs: [
      ...inputOutput.map((row) => pointReferenceOf(row.inputPoint)),
      ...inputOutput.map((row) => pointReferenceOf(row.relatedPoint)),
    ],
    outputs: inputOutput.map((row) => pointReferenceOf(row.outputPoint)),
  }),
  create: ({ inputOutput }, context) => {
    const obtainer = new RelatedRecordObtainer(inputOutput, {
      eventTime: context.eventTime,
      places: context.lookUp(relatedPlaces),
      store: context.store(relatedRecords),
    });
    return { process: (record, out) => obtainer.process(record, out) };
  },
});
