import type { Emitter, StageContext, Store, StreamRecord } from '@penstock/engine';
import { listOfRecords, MERGED_TOO_LARGE } from '../../shared/merged-records.ts';
import type { Addressing, OutputName, RowTable } from '../../shared/points/addressing.ts';
import { hasKeyBy, hasTime, isSelected } from '../../shared/points/guards.ts';
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
  readonly output: OutputName | undefined;
}

type MergerStore = Pick<Store<LatestRecord>, 'get' | 'put' | 'range'>;
type MergerContext = Pick<StageContext, 'keyOf' | 'eventTime'>;

const ATTRIBUTE = 'latestRecordMerger';

/** Rows whose records put something out. */
export const triggersOf = <R extends MergerRow>(rows: readonly R[]): R[] => rows.filter(({ isTrigger }) => isTrigger);

/** Top-level fields of a trigger's record that its copy has changed. */
export const changedByMerger = (of: Addressing, rows: readonly MergerRow[]): string[] => [
  ...of.changedFields(triggersOf(rows)),
  'attr',
];

/** Keeps the newest record of each point under its tag, and puts all of a tag out when one of its triggers arrives. */
export class LatestRecordMerger {
  readonly #of: Addressing;
  readonly #table: RowTable<CompiledRow>;
  readonly #context: MergerContext;
  readonly #latest: MergerStore;

  constructor(of: Addressing, rows: readonly MergerRow[], context: MergerContext, latest: MergerStore) {
    this.#of = of;
    this.#table = of.table(
      rows.map((row) => compileRow(of, row)),
      ({ inputPoint }) => of.referenceOf(inputPoint),
    );
    this.#context = context;
    this.#latest = latest;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out) || !hasKeyBy(this.#of, record, out)) return;
    const { assetId } = record;
    const id = this.#of.idOf(record) ?? '';
    const [tag] = this.#context.keyOf(record, out) ?? [];
    if (tag === undefined || !hasTime(record, this.#context.eventTime, out)) return;
    const { time } = record;
    const known = this.#latest.get([tag, assetId, id], time);
    if (known === undefined || time >= known.time)
      this.#latest.put([tag, assetId, id], { time, record: record.toJson() });
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
      if (output !== undefined) this.#of.rename(copy, output);
      copy.setAttrJson(ATTRIBUTE, merged);
      out.emit(copy);
    });
  }
}

const compileRow = (of: Addressing, { inputPoint, isTrigger, outputPoint }: MergerRow): CompiledRow => ({
  inputPoint,
  output: isTrigger ? of.outputOf(of.referenceOf(inputPoint), of.referenceOf(outputPoint)) : undefined,
});
