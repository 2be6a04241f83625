import { defineProcessor, type StreamRecord } from '@penstock/engine';
import { LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { config, converts, tagPicker } from './config.ts';
import { conversionOf, dcmProblem, formatProblem, hasMeasurement } from './formats.ts';
import { assetOf, definitionOf, lacksAsset } from './look-ups.ts';

export const recordFormatter = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Record Formatter'),
  library: LIBRARY,
  version: 1,
  libraries: ['0.4.0'],
  category: 'format',
  keywords: ['convert', 'format', 'dcm', 'measurement', 'measurementId', 'tag', 'group', 'enrich'],
  summary: 'Brings records from one data format into another, and adds tags of asset and measurement.',
  description: `A record in *DCM Format* (the classic one) is known by \`pointId\` and its model, one in *Measurement Format* by \`measurementId\`. *Original Format* takes records in either, and as output leaves each in its own, so that only tags are added. A record that is not in the input format is an error (\`RECORD_FORMAT_NOT_VALID\`); one that has both counts as what the input format says, and with Original Format as one of a measurement.

*To Measurement Format*: the record gets the \`measurementId\` that the definition of its point has, in its model or an ancestor, and loses \`pointId\`; all else stays, its model as well. One that has a \`measurementId\` already keeps that. Where the asset store knows none, it is an error (\`MEASUREMENT_NOT_DEFINED\`).

*To DCM Format*: the record loses \`measurementId\`. What it is stored by has to be right beforehand, as scripts or look-ups in front have put it there: \`modelId\`, \`modelIdPath\` (a path that begins with \`/\` and ends with that model), \`pointId\`, and \`hasQuality\`, which is true or false. Otherwise it is an error (\`DCM_FIELDS_NOT_VALID\`). A record that is in the output format already goes on as it is and is not looked at in that way.

*Tags*: \`attr.assetTags\` has the tags of the record's asset that are of one of the Asset Tag Groups, \`attr.measurementTags\` those of the definition of what it measures, by key; empty where asset or definition are not known, or have none. What stood there before is replaced. Without groups nothing is added. A definition is that of the point with the \`measurementId\`, in the model of the record or, where it says none, of its asset. A Record Filter behind it reads them by \`assetTag('key')\` and \`measurementTag('key')\`. A record without \`assetId\` for which the asset has to be asked is an error (\`KEY_NOT_VALID\`).

It keeps no state. Assets and definitions are asked for once and kept, per thread, and changes are heeded within seconds. While no instance of the service can be asked, the stage waits, some five minutes; then it is an error of the records that need what is not known (\`ASSETS_UNREACHABLE\`). Late and duplicate records are like others; a missing value does not matter. It takes no part in stream lineage. EnOS names two of its three formats and none of their layouts: Original Format, what becomes of ids, and that the group of a tag is the beginning of its key are decisions of Penstock.`,
  config,
  errors: [
    { code: 'RECORD_FORMAT_NOT_VALID', when: 'The record is not in the input format.' },
    { code: 'MEASUREMENT_NOT_DEFINED', when: 'The asset store knows no `measurementId` of the point of the record.' },
    {
      code: 'DCM_FIELDS_NOT_VALID',
      when: 'The record is to become one in DCM Format, and `modelId`, `modelIdPath`, `pointId` or `hasQuality` is not right.',
    },
    { code: 'KEY_NOT_VALID', when: '`assetId`, whose asset has to be asked for, is not a text.' },
  ],
  changes: (given) => [
    ...(converts(given) ? ['pointId', 'measurementId'] : []),
    ...(given.assetTagGroups.length + given.measurementTagGroups.length > 0 ? ['attr'] : []),
  ],
  deterministic: false,
  lookUps: [assetOf, definitionOf],
  create: (given, context) => {
    const [assets, definitions] = [context.lookUp(assetOf), context.lookUp(definitionOf)];
    const [assetTags, measurementTags] = [tagPicker(given.assetTagGroups), tagPicker(given.measurementTagGroups)];
    const addTags = (record: StreamRecord, ofAsset: Tags, ofMeasurement: Tags): void => {
      if (given.assetTagGroups.length > 0) record.setAttr('assetTags', assetTags(ofAsset));
      if (given.measurementTagGroups.length > 0) record.setAttr('measurementTags', measurementTags(ofMeasurement));
    };
    return {
      process: (record, out) => {
        const conversion = conversionOf(given, record);
        if (conversion === undefined) {
          out.error(record, 'RECORD_FORMAT_NOT_VALID', formatProblem(given));
          return;
        }
        if (lacksAsset(given, record)) {
          out.error(record, 'KEY_NOT_VALID', '"assetId" must be a text: the asset is looked up by it.');
          return;
        }
        const [{ value: asset } = NOTHING] = assets.of(record);
        const [{ value: definition } = NOTHING] = definitions.of(record);
        const { from, to } = conversion;
        if (from === 'DCM' && to === 'MEASUREMENT') {
          if (!hasMeasurement(record)) {
            const measurementId = definition?.measurementId ?? '';
            if (measurementId === '') {
              const what = `The asset store knows no measurement of point "${record.pointId ?? ''}" of model "${record.modelId ?? record.modelIdPath ?? ''}". Give the point its measurementId there.`;
              out.error(record, 'MEASUREMENT_NOT_DEFINED', what);
              return;
            }
            record.set('measurementId', measurementId);
          }
          record.remove('pointId');
        }
        if (from === 'MEASUREMENT' && to === 'DCM') {
          const problem = dcmProblem(record);
          if (problem !== undefined) {
            out.error(record, 'DCM_FIELDS_NOT_VALID', `${problem}, as the record is stored by it in DCM Format.`);
            return;
          }
          record.remove('measurementId');
        }
        addTags(record, asset?.tags ?? {}, definition?.tags ?? {});
        out.emit(record);
      },
    };
  },
});

type Tags = Readonly<Record<string, string>>;

/** Where nothing was asked. */
const NOTHING = { value: undefined };
