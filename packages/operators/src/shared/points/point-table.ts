import type { PointReference, StreamRecord } from '@penstock/engine';
import { ANY_MODEL } from './point-reference.ts';

/** Rows that apply to records of one point id, and which of them apply to a model. */
interface PointEntry<R> {
  /** In the order of the table. A table may name one point id for a hundred thousand models. */
  readonly rows: readonly R[];
  /** By model id: indexes into `rows`. */
  readonly byModel: ReadonlyMap<string, readonly number[]>;
  /** By model id path, then model id: the rows that apply. */
  readonly byPath: Map<string, Map<string, readonly R[]>>;
  known: number;
  /** The latest answer: records of a topic rarely differ in model from one to the next. */
  lastPath: string | undefined;
  lastModel: string | undefined;
  lastRows: readonly R[];
}

/** Answers kept per point id; model paths come from data, so their number is not ours to trust. */
const MAX_KNOWN = 1000;
const NONE: readonly never[] = [];

/**
 * Which rows of an Input/Output table apply to a record (contract E.0): those with its `pointId` whose model id is a
 * segment of its `modelIdPath` (inheritance) or its `modelId`, and those of any model (`*`). Rows come in the order of the table.
 */
export class PointTable<R> {
  readonly #entries = new Map<string, PointEntry<R>>();

  constructor(rows: readonly R[], pointOf: (row: R) => PointReference) {
    const collected = new Map<string, { rows: R[]; byModel: Map<string, number[]> }>();
    for (const row of rows) {
      const { modelId, pointId } = pointOf(row);
      const entry = collected.get(pointId) ?? { rows: [], byModel: new Map<string, number[]>() };
      collected.set(pointId, entry);
      const indexes = entry.byModel.get(modelId) ?? [];
      entry.byModel.set(modelId, indexes);
      indexes.push(entry.rows.length);
      entry.rows.push(row);
    }
    for (const [pointId, { rows: own, byModel }] of collected)
      this.#entries.set(pointId, {
        rows: own,
        byModel,
        byPath: new Map(),
        known: 0,
        lastPath: undefined,
        lastModel: undefined,
        lastRows: NONE,
      });
  }

  /** Empty where none applies. The same list object for the same model, path and point. */
  rowsFor(record: StreamRecord): readonly R[] {
    const pointId = record.pointId;
    return pointId === undefined ? NONE : this.rowsOf(pointId, record.modelId ?? '', record.modelIdPath ?? '');
  }

  rowsOf(pointId: string, model: string, path: string): readonly R[] {
    const entry = this.#entries.get(pointId);
    if (entry === undefined) return NONE;
    if (entry.lastPath === path && entry.lastModel === model) return entry.lastRows;
    const rows = entry.byPath.get(path)?.get(model) ?? this.#decide(entry, path, model);
    entry.lastPath = path;
    entry.lastModel = model;
    entry.lastRows = rows;
    return rows;
  }

  #decide(entry: PointEntry<R>, path: string, model: string): readonly R[] {
    const indexes = new Set([model, ...path.split('/'), ANY_MODEL].flatMap((name) => entry.byModel.get(name) ?? []));
    const rows = [...indexes].sort((a, b) => a - b).map((index) => entry.rows[index] as R);
    if (entry.known >= MAX_KNOWN) {
      entry.byPath.clear();
      entry.known = 0;
    }
    let byModel = entry.byPath.get(path);
    if (byModel === undefined) {
      byModel = new Map();
      entry.byPath.set(path, byModel);
    }
    byModel.set(model, rows);
    entry.known++;
    return rows;
  }
}
