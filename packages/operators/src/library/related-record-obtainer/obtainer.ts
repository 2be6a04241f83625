import type { Emitter, EventTime, LookUpAnswers, PointReference, Store, StreamRecord } from '@penstock/engine';
import type { TreePlace } from '@penstock/model';
import { listOfRecords, MERGED_TOO_LARGE } from '../../shared/merged-records.ts';
import type { OutputName } from '../../shared/points/addressing.ts';
import { hasKey, hasTime, isSelected } from '../../shared/points/guards.ts';
import { applyOutputPoint, outputPointOf } from '../../shared/points/output-point.ts';
import { isOfModel, pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';
import { forEachRow } from '../../shared/points/process-rows.ts';
import { isOnTree, type RelatedRow } from './config.ts';
import type { RelatedRecord } from './related-records.ts';

const ATTRIBUTE = 'relatedRecordObtainer';
export const KEPT = 'kept-as-related';
export const NOTHING = 'nothing-related';

interface CompiledRow {
  readonly input: PointReference;
  readonly related: PointReference;
  readonly isOnTree: boolean;
  /** Rows with the same one are put together. */
  readonly outputPoint: string;
  readonly output: OutputName;
}

/** What a record triggers under one output point: the records' texts. */
interface Obtained {
  readonly output: OutputName;
  readonly texts: readonly string[];
}

interface ObtainerContext {
  readonly eventTime: EventTime;
  readonly places: LookUpAnswers<readonly TreePlace[]>;
  readonly store: Pick<Store<RelatedRecord>, 'get' | 'put'>;
}

/** Keeps the newest record of each related point, and puts them out with the records that ask for them. */
export class RelatedRecordObtainer {
  readonly #context: ObtainerContext;
  readonly #triggers: PointTable<CompiledRow>;
  readonly #related: PointTable<CompiledRow>;

  constructor(rows: readonly RelatedRow[], context: ObtainerContext) {
    const compiled = rows.map(compileRow);
    this.#context = context;
    this.#triggers = new PointTable(compiled, ({ input }) => input);
    this.#related = new PointTable(compiled, ({ related }) => related);
  }

  process(record: StreamRecord, out: Emitter): void {
    const rows = this.#triggers.rowsFor(record);
    const isRelated = this.#related.rowsFor(record).length > 0;
    if (!isSelected(isRelated ? [record] : rows, record, out) || !hasKey(record, out)) return;
    if (isRelated) {
      if (!hasTime(record, this.#context.eventTime, out)) return;
      const { assetId, pointId, time, modelId = '', modelIdPath = '' } = record;
      const known = this.#context.store.get([assetId, pointId]);
      if (known === undefined || time >= known.time)
        this.#context.store.put([assetId, pointId], { time, modelId, modelIdPath, record: record.toJson() });
    }
    if (rows.length === 0) out.drop(record, KEPT);
    else this.#putOut(rows, record, record.assetId, out);
  }

  #putOut(rows: readonly CompiledRow[], record: StreamRecord, assetId: string, out: Emitter): void {
    const obtained = this.#obtain(rows, record, assetId);
    if (obtained.length === 0) {
      out.drop(record, NOTHING);
      return;
    }
    const made: { readonly output: OutputName; readonly list: string }[] = [];
    for (const { output, texts } of obtained) {
      const records = listOfRecords(texts, `asset "${assetId}"`);
      if ('problem' in records) {
        out.error(record, MERGED_TOO_LARGE, records.problem);
        return;
      }
      made.push({ output, list: records.list });
    }
    forEachRow(made, record, out, ({ output, list }, each) => {
      applyOutputPoint(each, output);
      each.setAttrJson(ATTRIBUTE, `{"relatedRecords":${list}}`);
      out.emit(each);
    });
  }

  /** For each output point for which there is something: the records by asset, then point, each once. */
  #obtain(rows: readonly CompiledRow[], record: StreamRecord, assetId: string): Obtained[] {
    const answers = this.#context.places.of(record);
    let nth = 0;
    const outputs = new Map<string, { readonly output: OutputName; readonly found: Map<string, RelatedRecord> }>();
    for (const row of rows) {
      const places = row.isOnTree ? (answers[nth++]?.value ?? []) : undefined;
      const assetIds = places === undefined ? [assetId] : places.flatMap((place) => place.assetIds);
      const group = outputs.get(row.outputPoint) ?? { output: row.output, found: new Map<string, RelatedRecord>() };
      outputs.set(row.outputPoint, group);
      for (const id of assetIds) {
        const entry = this.#context.store.get([id, row.related.pointId]);
        if (entry !== undefined && isOfModel(entry, row.related.modelId))
          group.found.set(JSON.stringify([id, row.related.pointId]), entry);
      }
    }
    return [...outputs.values()].flatMap(({ output, found }) =>
      found.size === 0
        ? []
        : [{ output, texts: [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry.record) }],
    );
  }
}

const compileRow = (row: RelatedRow): CompiledRow => {
  const input = pointReferenceOf(row.inputPoint);
  const output = pointReferenceOf(row.outputPoint);
  return {
    input,
    related: pointReferenceOf(row.relatedPoint),
    isOnTree: isOnTree(row),
    outputPoint: JSON.stringify([output.modelId, output.pointId]),
    output: outputPointOf(input, output),
  };
};
