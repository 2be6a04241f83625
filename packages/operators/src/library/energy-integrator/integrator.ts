import { type Emitter, type EventTime, type KeyedState, type LookUpAnswers, StreamRecord } from '@penstock/engine';
import type { AssetFacts, JsonObject } from '@penstock/model';
import { type CalendarDay, CalendarDays } from '../../shared/calendar/calendar-days.ts';
import type { OutputName } from '../../shared/points/addressing.ts';
import { hasKey, hasTime, hasValue, isSelected, reportNotNumeric } from '../../shared/points/guards.ts';
import { pathToModel } from '../../shared/points/output-point.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { isWithin } from '../../shared/thresholds/threshold.ts';
import { addTo, totalOf } from '../../shared/windows/compensated-sum.ts';
import type { Limits } from '../cumulant-decomposer/limits.ts';
import type { Config, Method } from './config.ts';
import { compileEnergyRows, type EnergyRow } from './energy-row.ts';
import { type OpenSpan, openSpan, type PointEnergy, type RowEnergy } from './energy-state.ts';

const HOUR_MS = 3_600_000;

/** A record that has all it takes. */
interface Reading {
  readonly time: number;
  readonly value: number;
  readonly record: StreamRecord;
  readonly assetId: string;
}

/**
 * Energy per asset and point, by the rules of contract F.3. What lies between two records counts for the day, and for the
 * interval of the detailed output, that the later of them is in; a total goes out with the first record behind it.
 */
export class EnergyIntegrator {
  readonly #method: Method;
  readonly #days: CalendarDays;
  readonly #table: PointTable<EnergyRow>;
  /** Ids of the rows there are: what was kept for others is forgotten. */
  readonly #ids: ReadonlySet<string>;
  readonly #state: KeyedState<PointEnergy>;
  readonly #eventTime: EventTime;
  readonly #assets: LookUpAnswers<AssetFacts>;

  constructor(config: Config, state: KeyedState<PointEnergy>, eventTime: EventTime, assets: LookUpAnswers<AssetFacts>) {
    this.#method = config.method;
    this.#days = new CalendarDays(config.timeZone.trim());
    const rows = compileEnergyRows(config);
    this.#table = new PointTable(rows, ({ input }) => input);
    this.#ids = new Set(rows.map(({ id }) => id));
    this.#state = state;
    this.#eventTime = eventTime;
    this.#assets = assets;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out)) return;
    const value = record.get('value');
    if (!hasValue(value, record, out)) return;
    if (typeof value !== 'number') {
      reportNotNumeric(record, out);
      return;
    }
    if (!hasKey(record, out) || !hasTime(record, this.#eventTime, out)) return;
    const { assetId, pointId, time } = record;
    const state = this.#state.get(assetId, pointId) ?? newState();
    if (time <= state.newest) {
      out.drop(record, time === state.newest && value === state.newestValue ? 'duplicate' : 'late');
      return;
    }
    const asset = rows.some((row) => row.usesAttribute) ? this.#assets.of(record)[0]?.value : undefined;
    const day = this.#days.dayOf(time);
    for (const row of rows) this.#take(row, energyOf(state, row), { time, value, record, assetId }, day, asset, out);
    if (state.rows.size > rows.length)
      for (const id of state.rows.keys()) if (!this.#ids.has(id)) state.rows.delete(id);
    state.newest = time;
    state.newestValue = value;
    this.#state.put(assetId, pointId, state);
  }

  /** One row's part of a reading: what is over goes out, what lies between is added, and the base moves where it does. */
  #take(
    row: EnergyRow,
    energy: RowEnergy,
    reading: Reading,
    day: CalendarDay,
    asset: AssetFacts | undefined,
    out: Emitter,
  ): void {
    const limits = row.limitsFor(asset);
    const detailStart = row.detail === undefined ? 0 : intervalStart(reading.time, day, row.detail.interval);
    if (row.detail !== undefined && energy.detail !== undefined && energy.detail.start !== detailStart) {
      this.#put(energy.detail, row.detail.output, limits, reading, out);
      energy.detail = undefined;
    }
    if (energy.day !== undefined && energy.day.start !== day.start) {
      this.#put(energy.day, row.output, limits, reading, out);
      energy.day = undefined;
    }
    const between = this.#between(row, energy, reading, limits);
    if (between === 'nothing') return;
    energy.day ??= openSpan(day.start);
    count(energy.day, between);
    if (row.detail === undefined) return;
    energy.detail ??= openSpan(detailStart);
    count(energy.detail, between);
  }

  /** The energy between the base and a reading. The base is moved. */
  #between(row: EnergyRow, energy: RowEnergy, reading: Reading, limits: Limits): Between {
    return this.#method === 'METER_READING'
      ? metered(energy, reading, limits)
      : integrated(this.#method, row, energy, reading);
  }

  #put(span: OpenSpan, output: OutputName, { scale }: Limits, { record, assetId }: Reading, out: Emitter): void {
    const value = totalOf(span) * scale;
    const fields = outputOf(record, output, assetId, span);
    if (!Number.isFinite(value)) {
      const message = `The energy from ${new Date(span.start).toISOString()} on is beyond what a number can hold.`;
      out.error(StreamRecord.from({ ...fields, value: null }), 'RECORD_NUMBER_NOT_FINITE', message);
      return;
    }
    const total = record.derive({
      ...fields,
      value,
      quality: 0,
      attr: { energyIntegrator: { method: this.#method, scale, counted: span.counted, leftOut: span.left } },
    });
    total.isMerged = true;
    out.emit(total);
  }
}

/** `nothing`: there was no reading to begin with. */
type Between = 'nothing' | 'unchanged' | 'left-out' | { readonly energy: number };

const count = (span: OpenSpan, between: Exclude<Between, 'nothing'>): void => {
  if (between === 'unchanged') return;
  if (between === 'left-out') {
    span.left++;
    return;
  }
  addTo(span, between.energy);
  span.counted++;
};

/** Contract F.3, Meter reading. The base is the last reading that was another one: its time does not move with equal ones. */
const metered = (energy: RowEnergy, { time, value }: Reading, { minSlope, maxSlope }: Limits): Between => {
  const { base } = energy;
  if (base?.value === value) return 'unchanged';
  energy.base = { time, value, isValid: true };
  if (base === undefined) return 'nothing';
  const delta = value - base.value;
  const slope = (delta * HOUR_MS) / (time - base.time);
  return slope >= minSlope && slope <= maxSlope ? { energy: delta } : 'left-out';
};

/** Contract F.3, Power integral. */
const integrated = (method: Method, row: EnergyRow, energy: RowEnergy, { time, value }: Reading): Between => {
  const { base } = energy;
  const isValid = isWithin(row.threshold, value);
  energy.base = { time, value, isValid };
  if (base === undefined) return 'nothing';
  const isCounted = base.isValid && (method === 'INSTANT_POWER' || isValid);
  // Halved first: the sum of two powers may be beyond what their mean is not.
  const own = method === 'INSTANT_POWER' ? base.value : base.value / 2 + value / 2;
  const power = isCounted ? own : row.usesLastPower ? energy.lastPower : undefined;
  if (power === undefined) return 'left-out';
  energy.lastPower = power;
  return { energy: (power * (time - base.time)) / HOUR_MS };
};

/** Intervals begin with the day, and the last one of a day ends with it. */
const intervalStart = (time: number, day: CalendarDay, interval: number): number =>
  day.start + Math.floor((time - day.start) / interval) * interval;

const newState = (): PointEnergy => ({ newest: Number.NEGATIVE_INFINITY, newestValue: 0, rows: new Map() });

const energyOf = ({ rows }: PointEnergy, { id }: EnergyRow): RowEnergy => {
  const known = rows.get(id);
  if (known !== undefined) return known;
  const energy: RowEnergy = { base: undefined, lastPower: undefined, day: undefined, detail: undefined };
  rows.set(id, energy);
  return energy;
};

const outputOf = (record: StreamRecord, output: OutputName, assetId: string, span: OpenSpan): JsonObject => {
  const orgId = record.get('orgId');
  const { modelId, modelIdPath } = record;
  const model = output.modelId ?? modelId;
  const path = output.modelId === undefined ? modelIdPath : pathToModel(modelIdPath, output.modelId);
  return {
    ...(orgId === undefined ? {} : { orgId }),
    ...(model === undefined ? {} : { modelId: model }),
    ...(path === undefined ? {} : { modelIdPath: path }),
    assetId,
    pointId: output.id,
    time: span.start,
  };
};
