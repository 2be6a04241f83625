import type { Emitter, PointReference, Store, StreamRecord } from '@penstock/engine';
import { hasKey, isSelected } from '../../shared/points/guards.ts';
import { applyOutputPoint, type OutputPoint, outputPointOf } from '../../shared/points/output-point.ts';
import { isOfModel, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';

export interface RestorerRow {
  readonly inputPoint: string;
  readonly restorePoint: string;
  readonly outputPoint: string;
}

interface CompiledRow {
  readonly trigger: PointReference;
  readonly restore: PointReference;
  readonly output: OutputPoint;
}

/** Puts out, in place of a record of a trigger, what was captured of other points of its asset. */
export class RecordRestorer {
  readonly #table: PointTable<CompiledRow>;
  readonly #captured: Pick<Store<string>, 'get'>;

  constructor(rows: readonly RestorerRow[], captured: Pick<Store<string>, 'get'>) {
    this.#table = new PointTable(rows.map(compileRow), ({ trigger }) => trigger);
    this.#captured = captured;
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out) || !hasKey(record, out)) return;
    const { assetId } = record;
    const restored = rows.flatMap((row) => this.#restored(row, record, assetId));
    if (restored.length === 0) out.drop(record, 'nothing-captured');
    for (const one of restored) out.emit(one);
  }

  /** The captured record under the output point; none where there is none of that model. */
  #restored({ restore, output }: CompiledRow, trigger: StreamRecord, assetId: string): StreamRecord[] {
    const text = this.#captured.get([assetId, restore.pointId]);
    if (text === undefined) return [];
    const restored = trigger.deriveFromJson(text);
    if (!isOfModel(restored, restore.modelId)) return [];
    // Its time is not that of the trigger, by whose way it goes on.
    restored.isMerged = true;
    applyOutputPoint(restored, output);
    return [restored];
  }
}

const compileRow = ({ inputPoint, restorePoint, outputPoint }: RestorerRow): CompiledRow => {
  const restore = pointReferenceOf(restorePoint);
  return {
    trigger: pointReferenceOf(inputPoint),
    restore,
    output: outputPointOf(restore, pointReferenceOf(outputPoint)),
  };
};
