import type { Emitter, StageContext, StreamRecord } from '@penstock/engine';
import { listOfRecords, MERGED_TOO_LARGE } from '../../shared/merged-records.ts';
import type { Addressing, OutputName, RowTable } from '../../shared/points/addressing.ts';
import { isSelected } from '../../shared/points/guards.ts';

export interface BatchMergerRow {
  readonly inputPoint: string;
  readonly outputPoint: string;
}

interface CompiledRow extends BatchMergerRow {
  readonly output: OutputName;
}

/** Records of a batch that become one. */
interface Group {
  readonly key: string;
  readonly members: StreamRecord[];
  /** How the last of them is renamed. */
  output: OutputName;
}

/** What the last record of a group becomes. */
interface Merged {
  readonly output: OutputName;
  /** JSON. */
  readonly attribute: string;
}

export const MERGED = 'merged-into-group';

const ATTRIBUTE = 'crossBatch';

/** Makes one record of all records of a batch that have the same key and the same output point. */
export class BatchGroups {
  readonly #of: Addressing;
  readonly #table: RowTable<CompiledRow>;
  readonly #context: Pick<StageContext, 'keyOf'>;

  constructor(of: Addressing, rows: readonly BatchMergerRow[], context: Pick<StageContext, 'keyOf'>) {
    this.#of = of;
    this.#table = of.table(
      rows.map((row) => compileRow(of, row)),
      ({ inputPoint }) => of.referenceOf(inputPoint),
    );
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
    for (const record of taken) putOut(this.#of, record, becomes.get(record) ?? [], problems.get(record), out);
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

const putOut = (
  of: Addressing,
  record: StreamRecord,
  becomes: readonly Merged[],
  problem: string | undefined,
  out: Emitter,
): void => {
  if (problem !== undefined) out.error(record, MERGED_TOO_LARGE, problem);
  else if (becomes.length === 0) out.drop(record, MERGED);
  // The copies are made first, since what goes on is changed.
  const copies = becomes.map((_, index) => (index < becomes.length - 1 ? record.copy() : record));
  becomes.forEach(({ output, attribute }, index) => {
    const copy = copies[index] as StreamRecord;
    of.rename(copy, output);
    copy.setAttrJson(ATTRIBUTE, attribute);
    out.emit(copy);
  });
};

const compileRow = (of: Addressing, { inputPoint, outputPoint }: BatchMergerRow): CompiledRow => ({
  inputPoint,
  outputPoint,
  output: of.outputOf(of.referenceOf(inputPoint), of.referenceOf(outputPoint)),
});
