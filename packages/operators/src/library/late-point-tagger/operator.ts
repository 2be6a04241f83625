import { defineProcessor, type Emitter, type KeyedState, type StreamRecord } from '@penstock/engine';
import { isJsonObject, type JsonValue } from '@penstock/model';
import Type from 'typebox';
import { tableField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { keyNotValid, notSelected, timeNotValid } from '../../shared/outcomes.ts';
import {
  applyOutputPoint,
  changedPointFields,
  type OutputPoint,
  outputPointOf,
} from '../../shared/points/output-point.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { checkPointColumns, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { NOT_SELECTED } from '../../shared/points/process-rows.ts';
import { reportMissingKey, reportMissingTime } from '../../shared/points/record-errors.ts';
import { DataQuality, tagQuality } from '../../shared/quality/data-quality.ts';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn, outputPoint: outputPointColumn },
    { title: 'Input/Output', description: 'The points to watch.', group: 'Input/Output' },
  ),
  cacheType: cacheTypeField,
});

/** The newest event time seen of one asset and point, in Unix ms. */
interface NewestSeen {
  readonly time: number;
}

const decode = (stored: JsonValue): NewestSeen => {
  if (!isJsonObject(stored) || typeof stored.time !== 'number') throw new Error('The stored state has no time.');
  return { time: stored.time };
};

/** Emits the record once per row, tagged. */
const emitTagged = (
  rows: readonly { output: OutputPoint }[],
  record: StreamRecord,
  isLate: boolean,
  out: Emitter,
): void => {
  tagQuality(record, isLate ? DataQuality.late : 0);
  for (let i = 0; i < rows.length; i++) {
    const emitted = i === rows.length - 1 ? record : record.copy();
    applyOutputPoint(emitted, (rows[i] as { output: OutputPoint }).output);
    out.emit(emitted);
  }
};

class LatePointTagger {
  readonly #table: PointTable<{ input: ReturnType<typeof pointReferenceOf>; output: OutputPoint }>;
  readonly #state: KeyedState<NewestSeen>;

  constructor(rows: readonly { inputPoint: string; outputPoint: string }[], state: KeyedState<NewestSeen>) {
    const compiled = rows.map((row) => {
      const input = pointReferenceOf(row.inputPoint);
      return { input, output: outputPointOf(input, pointReferenceOf(row.outputPoint)) };
    });
    this.#table = new PointTable(compiled, (row) => row.input);
    this.#state = state;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (rows.length === 0) {
      out.drop(record, NOT_SELECTED);
      return;
    }
    const { assetId, pointId, time } = record;
    if (assetId === undefined || pointId === undefined) {
      reportMissingKey(record, out);
      return;
    }
    if (time === undefined) {
      reportMissingTime(record, out);
      return;
    }
    const newest = this.#state.get(assetId, pointId);
    const isLate = newest !== undefined && time < newest.time;
    if (newest === undefined || time > newest.time) this.#state.put(assetId, pointId, { time });
    emitTagged(rows, record, isLate, out);
  }
}

export const latePointTagger = defineProcessor<typeof config, NewestSeen>({
  ...operatorNames('processor', 'Late Point Tagger'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'quality',
  keywords: ['late', 'out of order', 'timeliness', 'quality', 'dq'],
  summary: 'Tags records that are older than one seen before of the same asset and point.',
  description: `For each asset and input point it keeps the newest \`time\` seen. A record with an older time is late: its \`dq\` is or-ed with 5. Otherwise \`dq\` stays as it is, or becomes 0 where there was none. The record goes on under the output point either way; nothing is dropped for being late.

The first record of an asset and point is never late, and neither is one with the same time as the newest (a duplicate). A record no row applies to is dropped (\`not-selected\`). Without a valid \`time\`, \`assetId\` or \`pointId\` a record is an error (\`TIME_NOT_VALID\`, \`KEY_NOT_VALID\`) and does not touch the state.

State per asset and input point: the newest time. Get Stage State shows \`assetId\`, \`pointId\`, \`time\`.`,
  config,
  errors: [keyNotValid, timeNotValid],
  drops: [notSelected],
  check: ({ inputOutput }) => checkPointColumns(inputOutput, ['inputPoint', 'outputPoint']),
  changes: ({ inputOutput }) => [...changedPointFields(inputOutput), 'dq'],
  state: {
    keyFields: () => ['assetId', 'pointId'],
    encode: (state) => ({ time: state.time }),
    decode,
    toItem: (state, assetId, pointId) => ({ assetId, pointId, time: state.time }),
  },
  lineage: ({ inputOutput }) => ({
    inputs: inputOutput.map((row) => pointReferenceOf(row.inputPoint)),
    outputs: inputOutput.map((row) => pointReferenceOf(row.outputPoint)),
  }),
  create: ({ inputOutput }, context) => new LatePointTagger(inputOutput, context.state),
});
