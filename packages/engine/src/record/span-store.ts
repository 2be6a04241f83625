/** Records whose spans are remembered: more than a task has under way at once. */
const SLOTS = 4096;

/** What is remembered of a record beside the spans of its fields. */
interface ScannedShape {
  /** Which fields it has, as bits. */
  readonly present: number;
  /** Position of the closing brace. */
  readonly close: number;
  /** False for `{}`. */
  readonly hasMembers: boolean;
}

/**
 * Where the fields of the last few thousand scanned records are in their bytes, so that a record which is changed and
 * written soon after it was read need not be scanned again. One block of memory instead of twenty numbers per record,
 * into which the scanner writes as it goes.
 */
export class SpanStore {
  /** From `slot` on: the starts of the fields' values, then their ends; valid for fields that are present. */
  readonly spans: Int32Array;
  readonly #fields: number;
  readonly #width: number;
  #next = 0;

  constructor(fields: number) {
    this.#fields = fields;
    this.#width = 2 * fields + 3;
    this.spans = new Int32Array(SLOTS * this.#width);
  }

  /** Where the next record's spans go; what is there is that of the oldest record. */
  get slot(): number {
    return (this.#next % SLOTS) * this.#width;
  }

  /** Keeps the record whose spans were written to `slot`; gives the ticket to find it by. */
  keep({ present, close, hasMembers }: ScannedShape): number {
    const shape = this.slot + 2 * this.#fields;
    this.spans[shape] = present;
    this.spans[shape + 1] = close;
    this.spans[shape + 2] = hasMembers ? 1 : 0;
    return this.#next++;
  }

  /** The slot of a ticket; undefined where newer records have taken its place. */
  slotOf(ticket: number): number | undefined {
    return this.#next - ticket >= SLOTS ? undefined : (ticket % SLOTS) * this.#width;
  }

  shapeAt(slot: number): ScannedShape {
    const shape = slot + 2 * this.#fields;
    return {
      present: this.spans[shape] as number,
      close: this.spans[shape + 1] as number,
      hasMembers: this.spans[shape + 2] === 1,
    };
  }

  startAt(slot: number, field: number): number {
    return this.spans[slot + field] as number;
  }

  endAt(slot: number, field: number): number {
    return this.spans[slot + this.#fields + field] as number;
  }
}
