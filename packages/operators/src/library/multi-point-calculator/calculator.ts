import {
  type Emitter,
  type EventTime,
  ExpressionError,
  type LookUpAnswers,
  nameOfReference,
  type PointReference,
  type ScheduleSlot,
  type Store,
  StreamRecord,
} from '@penstock/engine';
import type { AssetFacts, JsonObject, JsonValue } from '@penstock/model';
import { hasKey, hasTime, hasValue, isSelected } from '../../shared/points/guards.ts';
import { isOfModel } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { type CalculatedRow, compileCalculatedRow, pointsRead } from './calculated-row.ts';
import type { Config } from './config.ts';
import { type LatestValues, valueAt, withValue } from './latest-values.ts';

/** Keeps the values of the points of an asset, and works out the rows when they are triggered. */
export class MultiPointCalculator {
  readonly #rows: readonly CalculatedRow[];
  readonly #table: PointTable<PointReference>;
  readonly #attributeIds: readonly string[];
  readonly #store: Store<LatestValues>;
  readonly #eventTime: EventTime;
  readonly #assets: LookUpAnswers<AssetFacts>;

  constructor(config: Config, store: Store<LatestValues>, eventTime: EventTime, assets: LookUpAnswers<AssetFacts>) {
    const { inputOutput, triggerMode } = config;
    this.#rows = inputOutput.map((row) => compileCalculatedRow(row, triggerMode));
    const read = inputOutput.flatMap((row) => pointsRead(row, triggerMode));
    this.#table = new PointTable(
      [...new Map(read.map((point) => [nameOfReference(point), point])).values()],
      (point) => point,
    );
    this.#attributeIds = [
      ...new Set(
        this.#rows.flatMap(({ variables }) => variables.flatMap((one) => (one.kind === 'attribute' ? [one.id] : []))),
      ),
    ];
    this.#store = store;
    this.#eventTime = eventTime;
    this.#assets = assets;
  }

  process(record: StreamRecord, out: Emitter): void {
    const points = this.#table.rowsFor(record);
    if (!isSelected(points, record, out)) return;
    const value = record.get('value');
    if (!hasValue(value, record, out)) return;
    if (!hasKey(record, out) || !hasTime(record, this.#eventTime, out)) return;
    const { assetId, time } = record;
    const known = this.#store.get([assetId]);
    const state: LatestValues = {
      orgId: record.get('orgId'),
      modelId: record.modelId,
      modelIdPath: record.modelIdPath,
      points: known?.points ?? new Map<string, never>(),
      attributes: this.#attributesOf(record),
      lastSlot: known?.lastSlot ?? Number.NEGATIVE_INFINITY,
    };
    const names = points.map(nameOfReference);
    for (const name of names) state.points.set(name, withValue(state.points.get(name) ?? [], [time, value]));
    this.#store.put([assetId], state);
    const triggered = this.#rows.filter(({ trigger }) => trigger !== undefined && names.includes(trigger));
    if (triggered.length === 0) {
      out.drop(record, 'kept-for-calculation');
      return;
    }
    for (const row of triggered) this.#put(row, state, assetId, time, record, out);
  }

  /** A slot of the clock: every row for every asset of its model, with what is the latest. */
  scheduled(slot: ScheduleSlot, out: Emitter): void {
    this.#store.forEach((state, [assetId]) => {
      if (state.lastSlot >= slot.at) return;
      state.lastSlot = slot.at;
      this.#store.put([assetId], state);
      for (const row of this.#rows)
        if (isOfModel(state, row.modelId)) this.#put(row, state, assetId, slot.at, undefined, out);
    });
  }

  #put(
    row: CalculatedRow,
    state: LatestValues,
    assetId: string,
    time: number,
    record: StreamRecord | undefined,
    out: Emitter,
  ): void {
    // By the clock what counts is the latest, also where a device's own clock is ahead.
    const asOf = record === undefined ? Number.POSITIVE_INFINITY : time;
    const make = (fields: JsonObject): StreamRecord =>
      record === undefined ? StreamRecord.from(fields) : record.derive(fields);
    const fields = outputOf(state, row, assetId, time);
    let value: JsonValue | undefined;
    try {
      value = row.evaluate(
        row.variables.map((one) =>
          one.kind === 'attribute' ? state.attributes[one.id] : valueAt(state.points.get(one.name), asOf),
        ),
      );
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      out.error(make({ ...fields, value: null }), 'EXPRESSION_FAILED', `${row.outputId}: ${error.message}`);
      return;
    }
    if (value === undefined) {
      out.drop(make({ ...fields, value: null }), 'no-result');
      return;
    }
    const result = make({ ...fields, value, quality: 0, attr: {} });
    result.isMerged = true;
    out.emit(result);
  }

  #attributesOf(record: StreamRecord): JsonObject {
    if (this.#attributeIds.length === 0) return {};
    const attributes = this.#assets.of(record)[0]?.value?.attributes ?? {};
    return Object.fromEntries(
      this.#attributeIds.flatMap((id) => {
        const value = Object.hasOwn(attributes, id) ? attributes[id] : undefined;
        return value === undefined ? [] : [[id, value]];
      }),
    );
  }
}

const outputOf = (
  { orgId, modelId, modelIdPath }: LatestValues,
  { outputId }: CalculatedRow,
  assetId: string,
  time: number,
): JsonObject => ({
  ...(orgId === undefined ? {} : { orgId }),
  ...(modelId === undefined ? {} : { modelId }),
  ...(modelIdPath === undefined ? {} : { modelIdPath }),
  assetId,
  pointId: outputId,
  time,
});
