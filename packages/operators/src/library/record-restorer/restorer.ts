import type { DataReference, Emitter, Store, StreamRecord } from '@penstock/engine';
import { type Addressing, idIn, type OutputName, type RowTable } from '../../shared/points/addressing.ts';
import { hasKeyBy, isSelected } from '../../shared/points/guards.ts';

export interface RestorerRow {
  readonly inputPoint: string;
  readonly restorePoint: string;
  readonly outputPoint: string;
}

interface CompiledRow {
  readonly trigger: DataReference;
  readonly restore: DataReference;
  readonly output: OutputName;
}

/** Puts out, in place of a record of a trigger, what was captured of other points of its asset. */
export class RecordRestorer {
  readonly #of: Addressing;
  readonly #table: RowTable<CompiledRow>;
  readonly #captured: Pick<Store<string>, 'get'>;

  constructor(of: Addressing, rows: readonly RestorerRow[], captured: Pick<Store<string>, 'get'>) {
    this.#of = of;
    this.#table = of.table(
      rows.map((row) => compileRow(of, row)),
      ({ trigger }) => trigger,
    );
    this.#captured = captured;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out) || !hasKeyBy(this.#of, record, out)) return;
    const { assetId } = record;
    const restored = rows.flatMap((row) => this.#restored(row, record, assetId));
    if (restored.length === 0) out.drop(record, 'nothing-captured');
    for (const one of restored) out.emit(one);
  }

  /** The captured record under the output point; none where there is none of that model. */
  #restored({ restore, output }: CompiledRow, trigger: StreamRecord, assetId: string): StreamRecord[] {
    const text = this.#captured.get([assetId, idIn(restore)]);
    if (text === undefined) return [];
    const restored = trigger.deriveFromJson(text);
    if (!this.#of.isOf(restored, restore)) return [];
    // Its time is not that of the trigger, by whose way it goes on.
    restored.isMerged = true;
    this.#of.rename(restored, output);
    return [restored];
  }
}

const compileRow = (of: Addressing, { inputPoint, restorePoint, outputPoint }: RestorerRow): CompiledRow => {
  const restore = of.referenceOf(restorePoint);
  return {
    trigger: of.referenceOf(inputPoint),
    restore,
    output: of.outputOf(restore, of.referenceOf(outputPoint)),
  };
};
