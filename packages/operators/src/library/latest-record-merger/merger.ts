import type { Emitter, StageContext, Store, StreamRecord } from '@penstock/engine';
import { listOfRecords, MERGED_TOO_LARGE } from '../../shared/merged-records.ts';
import { hasKey, hasTime, isSelected } from '../../shared/points/guards.ts';
import {
  applyOutputPoint,
  changedPointFields,
  type OutputPoint,
  outputPointOf,
} from '../../shared/points/output-point.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { forEachRow } from '../../shared/points/process-rows.ts';
import type { LatestRecord } from './latest-records.ts';

export interface MergerRow {
  readonly inputPoint: string;
  readonly isTrigger: boolean;
  /** Empty where the row triggers nothing. */
  readonly outputPoint: string;
}

interface CompiledRow {
  readonly inputPoint: string;
  /** Undefined: its records are kept and trigger nothing. */
  readonly output: OutputPoint | undefined;
}

type MergerStore = Pick<Store<LatestRecord>, 'get' | 'put' | 'range'>;
type MergerContext = Pick<StageContext, 'keyOf' | 'eventTime'>;

const ATTRIBUTE = 'latestRecordMerger';

/** Rows whose records put something out. */
export const triggersOf = <R extends MergerRow>(rows: readonly R[]): R[] => rows.filter(({ isTrigger }) => isTrigger);

/** Top-level fields of a trigger's record that its copy has changed. */
export const changedByMerger = (rows: readonly MergerRow[]): string[] => [
  ...changedPointFields(triggersOf(rows)),
  'attr',
];

/** Keeps the newest record of each point under its tag, and puts all of a tag out when one of its triggers arrives. */
export class LatestRecordMerger {
  readonly #table: PointTable<CompiledRow>;
  readonly #context: MergerContext;
  readonly #latest: MergerStore;

  constructor(rows: readonly MergerRow[], context: MergerContext, latest: MergerStore) {
    this.#table = new PointTable(rows.map(compileRow), ({ inputPoint }) => pointReferenceOf(inputPoint));
    this.#context = context;
    this.#latest = latest;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out) || !hasKey(record, out)) return;
    const { assetId, pointId } = record;
    const [tag] = this.#context.keyOf(record, out) ?? [];
    if (tag === undefined || !hasTime(record, this.#context.eventTime, out)) return;
    const { time } = record;
    const known = this.#latest.get([tag, assetId, pointId], time);
    if (known === undefined || time >= known.time)
      this.#latest.put([tag, assetId, pointId], { time, record: record.toJson() });
    const triggered = rows.filter(({ output }) => output !== undefined);
    if (triggered.length === 0) out.drop(record, 'kept-for-merge');
    else this.#putOut(triggered, record, tag, out);
  }

  #putOut(rows: readonly CompiledRow[], record: StreamRecord, tag: string, out: Emitter): void {
    const records = listOfRecords(
      this.#latest.range([tag]).map(([, { record: text }]) => text),
      `tag "${tag}"`,
    );
    if ('problem' in records) {
      out.error(record, MERGED_TOO_LARGE, records.problem);
      return;
    }
    const merged = `{"mergedTag":${JSON.stringify(tag)},"mergedRecords":${records.list}}`;
    forEachRow(rows, record, out, ({ output }, copy) => {
      if (output !== undefined) applyOutputPoint(copy, output);
      copy.setAttrJson(ATTRIBUTE, merged);
      out.emit(copy);
    });
  }
}

const compileRow = ({ inputPoint, isTrigger, outputPoint }: MergerRow): CompiledRow => ({
  inputPoint,
  output: isTrigger ? outputPointOf(pointReferenceOf(inputPoint), pointReferenceOf(outputPoint)) : undefined,
});
