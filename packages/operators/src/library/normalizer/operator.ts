import { defineProcessor, type Emitter, type StreamRecord } from '@penstock/engine';
import { AppError, isJsonObject } from '@penstock/model';
import Type from 'typebox';
import { choiceField } from '../../shared/config/fields.ts';
import { LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { timeNotValid } from '../../shared/outcomes.ts';
import { isNeeded, lineage } from './needed-points.ts';
import { measuredIn, recordOf } from './upload.ts';

const config = Type.Object({
  normalizerType: choiceField(
    { ORIGIN: 'Origin Normalizer', CAL: 'Cal Normalizer' },
    {
      title: 'Normalizer Type',
      description:
        'Origin Normalizer: from uploads of devices to the records that pipelines read. Cal Normalizer: from what pipelines put out to what is stored.',
      default: 'ORIGIN',
      group: 'Basic',
    },
  ),
});

const NOT_NEEDED = 'not-in-lineage';

/** Puts out what of the upload is needed; an upload that cannot be read is an error as a whole, to be replayed as one. */
const takeApart = (record: StreamRecord, isWanted: (pointId: string) => boolean, out: Emitter): void => {
  try {
    const measured = measuredIn(record, isWanted);
    if (measured.length === 0) {
      out.drop(record, NOT_NEEDED);
      return;
    }
    const records = measured.map((one) => recordOf(record, one));
    for (const one of records) out.emit(one);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    out.error(record, error.code, error.message);
  }
};

export const normalizer = defineProcessor<typeof config>({
  ...operatorNames('processor', 'Normalizer'),
  library: LIBRARY,
  version: 1,
  libraries: ['0.3.0', '0.4.0'],
  category: 'format',
  keywords: ['origin', 'cal', 'lineage', 'data reader', 'data writer', 'convert', 'format', 'split'],
  summary:
    'Converts between the formats of the measurement topics, and keeps only the points that released pipelines need.',
  description: `The core of the pipelines that bring data in and out, Data Reader and Data Writer.

*Origin Normalizer* reads \`MEASURE_POINT_ORIGIN_{orgId}\`, where each message is an upload of a device: \`{ orgId, modelId, modelIdPath, payload: [{ assetId, time, measurepoints: { … } }] }\`. It makes one record of each measured value, in the order of the upload and in the format of \`MEASURE_POINT_INTERNAL_{orgId}\`: \`orgId\`, \`modelId\` and \`modelIdPath\` of the upload, \`assetId\` and \`time\` of the entry, or of the upload where the entry has none; \`pointId\`, \`value\`, \`quality\` and an empty \`attr\`. A value is what stands at the point; where that is an object with \`value\`, it is that, with its \`quality\`. Otherwise \`quality\` is 0. Null and lists are values like others, and digits stay as they are. Only points go on that a released pipeline reads. A message without a payload that has a \`measurementId\` is a record of the data format of library 0.4.0 already: it goes on as it is where a released pipeline reads that measurement.

*Cal Normalizer* reads the internal topic and keeps the points and measurements that a released pipeline puts out, for \`MEASURE_POINT_CAL_{orgId}\`. Records go on as they are but for \`attr\`, which is emptied: what operators have put there is theirs, and may hold whole other records.

Which points these are is the *lineage*, recorded when a pipeline is released: the input and output points in the tables of all its stages, of all released pipelines of the organisation and of the same message channel. Operators that take no part in lineage (Point Selector, Partitioner, Record Sorter By Time, Stream Selector, scripts without rows) add nothing to it. A point applies to records of its model and of those that inherit from it. A pipeline counts from its release on, whether or not it runs, with the version that is released, until it is deleted or a release names other points.

The lineage is there before the first record. When it changes, every task goes by the new one a few seconds later, from a batch on, never within one, and without a restart; an event of the run says which revision is in use. What is dropped before a release is not brought back by it. Results therefore depend on when a record is worked on, and one that is worked off again after a crash goes by the lineage of then. While no instance of the service answers, tasks go on with what they have; one that begins waits for it (\`WAITING_FOR_REFERENCE\`), without a limit.

An upload, or a record, of which no point is needed is dropped (\`not-in-lineage\`); points beside others that are needed are left out without being counted. An upload that cannot be taken apart is one error as a whole, with the place that is wrong, and nothing of it goes on, so that it can be replayed as a whole; what nobody needs is only looked at for its form. It keeps no state: late and duplicate records pass like others. The format of the CAL topics, that records of the format of 0.4.0 may stand in ORIGIN topics, what an entry of the payload may leave out, and that uploads are errors as a whole are decisions of Penstock, for EnOS says nothing of them.`,
  config,
  errors: [
    { code: 'PAYLOAD_NOT_VALID', when: '`payload` of an upload is no list of objects with `measurepoints`.' },
    {
      code: 'KEY_NOT_VALID',
      when: 'An entry of an upload with a needed point has no `assetId`, and neither has the upload.',
    },
    timeNotValid,
  ],
  drops: [
    { reason: NOT_NEEDED, when: 'No released pipeline reads, or for the Cal Normalizer puts out, a point of it.' },
  ],
  references: [lineage],
  makesRecords: true,
  deterministic: false,
  changes: ({ normalizerType }) => (normalizerType === 'ORIGIN' ? 'any' : ['attr']),
  create: ({ normalizerType }, context) => {
    const reference = context.reference(lineage);
    if (normalizerType === 'ORIGIN')
      return {
        process: (record, out) => {
          const { inputs } = reference.current;
          // A record of the format of 0.4.0 is one already.
          if (record.measurementId !== undefined && record.get('payload') === undefined) {
            if (isNeeded(inputs, record)) out.emit(record);
            else out.drop(record, NOT_NEEDED);
            return;
          }
          const [model, path] = [record.modelId ?? '', record.modelIdPath ?? ''];
          takeApart(record, (pointId) => inputs.points.rowsOf(pointId, model, path).length > 0, out);
        },
      };
    return {
      process: (record, out) => {
        if (!isNeeded(reference.current.outputs, record)) return out.drop(record, NOT_NEEDED);
        const attr = record.get('attr');
        if (attr !== undefined && !(isJsonObject(attr) && Object.keys(attr).length === 0)) record.set('attr', {});
        out.emit(record);
      },
    };
  },
});
