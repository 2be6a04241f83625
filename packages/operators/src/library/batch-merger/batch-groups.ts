import type { Emitter, StageContext, StreamRecord } from '@penstock/engine';
import { listOfRecords, MERGED_TOO_LARGE } from '../../shared/merged-records.ts';
import { isSelected } from '../../shared/points/guards.ts';
import { applyOutputPoint, type OutputPoint, outputPointOf } from '../../shared/points/output-point.ts';
import { pointReferenceOf } from '../../shared/points/point-reference.ts';
import { PointTable } from '../../shared/points/point-table.ts';

export interface BatchMergerRow {
  readonly inputPoint: string;
  readonly outputPoint: string;
}

interface CompiledRow extends BatchMergerRow {
  readonly output: OutputPoint;
}

/** Records of a batch that become one. */
interface Group {
  readonly key: string;
  readonly members: StreamRecord[];
  /** How the last of them is renamed. */
  output: OutputPoint;
}

/** What the last record of a group becomes. */
interface Merged {
  readonly output: OutputPoint;
  /** JSON. */
  readonly attribute: string;
}

export const MERGED = 'merged-into-group';

const ATTRIBUTE = 'crossBatch';

/** Makes one record of all records of a batch that have the same key and the same output point. */
export class BatchGroups {
  readonly #table: PointTable<CompiledRow>;
  readonly #context: Pick<StageContext, 'keyOf'>;

  constructor(rows: readonly BatchMergerRow[], context: Pick<StageContext, 'keyOf'>) {
    this.#table = new PointTable(rows.map(compileRow), ({ inputPoint }) => pointReferenceOf(inputPoint));
    this.#context = context;
  }

  process(records: readonly StreamRecord[], out: Emitter): void {
    const groups = new Map<string, Group>();
    const taken = records.filter((record) => this.#take(record, groups, out));
    const becomes = new Map<StreamRecord, Merged[]>();
    const problems = new Map<StreamRecord, string>();
    // What groups hold is written down before the first record is changed: it may be in several of them.
    for (const { key, members, output } of groups.values()) {
      const merged = listOfRecords(
        members.map((member) => member.toJson()),
        `key "${key}"`,
      );
      const last = members.at(-1) as StreamRecord;
      if ('problem' in merged) for (const member of members) problems.set(member, merged.problem);
      else {
        const attribute = `{"groupedRecords":${merged.list},"enableCache":false,"key":${JSON.stringify(key)}}`;
        becomes.set(last, [...(becomes.get(last) ?? []), { output, attribute }]);
      }
    }
    for (const record of taken) putOut(record, becomes.get(record) ?? [], problems.get(record), out);
  }

  /** Adds a record to its groups; false where it belongs to none. */
  #take(record: StreamRecord, groups: Map<string, Group>, out: Emitter): boolean {
    const rows = this.#table.rowsFor(record);
    if (!isSelected(rows, record, out)) return false;
    const key = this.#context.keyOf(record, out);
    if (key === undefined) return false;
    for (const { outputPoint, output } of rows) {
      const name = JSON.stringify([outputPoint, ...key]);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, { key: key.join('::'), members: [record], output });
      else if (group.members.at(-1) !== record) {
        group.members.push(record);
        group.output = output;
      }
    }
    return true;
  }
}

const putOut = (record: StreamRecord, becomes: readonly Merged[], problem: string | undefined, out: Emitter): void => {
  if (problem !== undefined) out.error(record, MERGED_TOO_LARGE, problem);
  else if (becomes.length === 0) out.drop(record, MERGED);
  // The copies are made first, since what goes on is changed.
  const copies = becomes.map((_, index) => (index < becomes.length - 1 ? record.copy() : record));
  becomes.forEach(({ output, attribute }, index) => {
    const copy = copies[index] as StreamRecord;
    applyOutputPoint(copy, output);
    copy.setAttrJson(ATTRIBUTE, attribute);
    out.emit(copy);
  });
};

const compileRow = ({ inputPoint, outputPoint }: BatchMergerRow): CompiledRow => ({
  inputPoint,
  outputPoint,
  output: outputPointOf(pointReferenceOf(inputPoint), pointReferenceOf(outputPoint)),
});
