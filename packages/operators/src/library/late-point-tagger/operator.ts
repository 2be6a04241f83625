import {
  decodeKeyWatermark,
  defineProcessor,
  type Emitter,
  type EventTime,
  encodeKeyWatermark,
  type KeyedState,
  KeyWatermark,
  type ProcessorDefinition,
  type StreamRecord,
} from '@penstock/engine';
import { isJsonObject, type JsonValue } from '@penstock/model';
import Type from 'typebox';
import { tableField } from '../../shared/config/fields.ts';
import { CLASSIC_LIBRARIES, LIBRARY } from '../../shared/libraries.ts';
import { operatorNames } from '../../shared/operator-names.ts';
import { keyNotValid, notSelected, timeNotValid, timeTooFarAhead } from '../../shared/outcomes.ts';
import type { Addressing, OutputName, RowTable } from '../../shared/points/addressing.ts';
import { hasKeyBy, hasTime, isSelected } from '../../shared/points/guards.ts';
import { POINTS } from '../../shared/points/point-addressing.ts';
import { cacheTypeField, inputPointColumn, outputPointColumn } from '../../shared/points/point-columns.ts';
import { DataQuality, tagQuality } from '../../shared/quality/data-quality.ts';

const config = Type.Object({
  inputOutput: tableField(
    { inputPoint: inputPointColumn, outputPoint: outputPointColumn },
    { title: 'Input/Output', description: 'The points to watch.', group: 'Input/Output' },
  ),
  cacheType: cacheTypeField,
});

/** A number where records come one way: then it is just the newest time. */
const encode = (mark: KeyWatermark): JsonValue => ({ time: encodeKeyWatermark(mark) });

const decode = (stored: JsonValue): KeyWatermark => {
  if (!isJsonObject(stored)) throw new Error('The stored state has no time.');
  return decodeKeyWatermark(stored.time);
};

/** Emits the record once per row, tagged. */
const emitTagged = (
  of: Addressing,
  rows: readonly { output: OutputName }[],
  record: StreamRecord,
  isLate: boolean,
  out: Emitter,
): void => {
  tagQuality(record, isLate ? DataQuality.late : 0);
  for (let i = 0; i < rows.length; i++) {
    const emitted = i === rows.length - 1 ? record : record.copy();
    of.rename(emitted, (rows[i] as { output: OutputName }).output);
    out.emit(emitted);
  }
};

class LatePointTagger {
  readonly #of: Addressing;
  readonly #table: RowTable<{ readonly output: OutputName }>;
  readonly #state: KeyedState<KeyWatermark>;

  readonly #eventTime: EventTime;

  constructor(
    of: Addressing,
    rows: readonly { inputPoint: string; outputPoint: string }[],
    state: KeyedState<KeyWatermark>,
    eventTime: EventTime,
  ) {
    this.#of = of;
    const compiled = rows.map((row) => {
      const input = of.referenceOf(row.inputPoint);
      return { input, output: of.outputOf(input, of.referenceOf(row.outputPoint)) };
    });
    this.#table = of.table(compiled, (row) => row.input);
    this.#state = state;
    this.#eventTime = eventTime;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out) || !hasKeyBy(this.#of, record, out) || !hasTime(record, this.#eventTime, out))
      return;
    const { assetId, time } = record;
    const id = this.#of.idOf(record) ?? '';
    const mark = this.#state.get(assetId, id) ?? new KeyWatermark();
    const isNewest = time > mark.newest;
    this.#eventTime.advance(mark, record, time);
    if (isNewest || this.#eventTime.hasFlows) this.#state.put(assetId, id, mark);
    emitTagged(this.#of, rows, record, time < mark.own, out);
  }
}

/** Its definition for one of the data formats. */
export const latePointTaggerBy = (of: Addressing): Omit<ProcessorDefinition<typeof config, KeyWatermark>, 'kind'> => ({
  ...operatorNames('processor', 'Late Point Tagger'),
  library: LIBRARY,
  version: 1,
  libraries: CLASSIC_LIBRARIES,
  category: 'quality',
  keywords: ['late', 'out of order', 'timeliness', 'quality', 'dq'],
  summary: 'Tags records that are older than one seen before of the same asset and point.',
  description: `For each asset and input point it keeps the newest \`time\` seen. A record with an older time is late: its \`dq\` is or-ed with 5. Otherwise \`dq\` stays as it is, or becomes 0 where there was none. The record goes on under the output point either way; nothing is dropped for being late. Where records of an asset and point come by several partitions of a source that is not partitioned by the asset, a record is compared with those that came by its own partition.

The first record of an asset and point is never late, and neither is one with the same time as the newest (a duplicate). A record no row applies to is dropped (\`not-selected\`). Without a valid \`time\`, \`assetId\` or \`pointId\` a record is an error (\`TIME_NOT_VALID\`, \`KEY_NOT_VALID\`) and does not touch the state; so is one whose time lies further ahead of the clock than the pipeline accepts (\`TIME_TOO_FAR_AHEAD\`).

State per asset and input point: the newest time. Get Stage State shows \`assetId\`, \`pointId\`, \`time\`.`,
  config,
  errors: [keyNotValid, timeNotValid, timeTooFarAhead],
  drops: [notSelected],
  check: ({ inputOutput }) => of.check(inputOutput, ['inputPoint', 'outputPoint']),
  changes: ({ inputOutput }) => [...of.changedFields(inputOutput), 'dq'],
  requires: () => of.key,
  state: {
    encode,
    decode,
    toItem: (mark, assetId, id) => ({ assetId, [of.idField]: id, time: mark.newest }),
  },
  lineage: ({ inputOutput }) => ({
    inputs: inputOutput.map((row) => of.referenceOf(row.inputPoint)),
    outputs: inputOutput.map((row) => of.referenceOf(row.outputPoint)),
  }),
  create: ({ inputOutput }, context) => new LatePointTagger(of, inputOutput, context.state, context.eventTime),
});

export const latePointTagger = defineProcessor(latePointTaggerBy(POINTS));
