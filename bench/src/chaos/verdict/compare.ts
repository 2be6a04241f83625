import { crc32 } from 'node:zlib';

/** An output record as a comparison needs it. */
export interface ComparedRecord {
  /** Order is compared among records of the same key. */
  readonly key: string;
  /** Tells the record apart from all others of the same output. */
  readonly id: string;
  /** Equal exactly for equal content. */
  readonly content: string;
}

export interface Verdict {
  expected: number;
  actual: number;
  lost: number;
  duplicated: number;
  /** Content differs from the reference, or the reference has no such record at all. */
  wrong: number;
  outOfOrder: number;
  /** The first few findings, for people. */
  readonly examples: string[];
}

const MAX_EXAMPLES = 5;
const MAX_EXAMPLE_LENGTH = 400;

export const emptyVerdict = (): Verdict => ({
  expected: 0,
  actual: 0,
  lost: 0,
  duplicated: 0,
  wrong: 0,
  outOfOrder: 0,
  examples: [],
});

export const isFlawless = (verdict: Verdict): boolean =>
  verdict.lost === 0 && verdict.duplicated === 0 && verdict.wrong === 0 && verdict.outOfOrder === 0;

export const addVerdicts = (verdicts: readonly Verdict[]): Verdict => {
  const sum = emptyVerdict();
  for (const verdict of verdicts) {
    sum.expected += verdict.expected;
    sum.actual += verdict.actual;
    sum.lost += verdict.lost;
    sum.duplicated += verdict.duplicated;
    sum.wrong += verdict.wrong;
    sum.outOfOrder += verdict.outOfOrder;
    sum.examples.push(...verdict.examples);
  }
  return sum;
};

interface Expected {
  readonly key: string;
  readonly position: number;
  readonly checksum: number;
  seen: number;
}

/** Compares one output, record by record, with what it should hold. First all `expect`, then all `see`, then `judge`. */
export class Comparison {
  readonly #name: string;
  readonly #expected = new Map<string, Expected>();
  readonly #positions = new Map<string, number>();
  readonly #reached = new Map<string, number>();
  readonly #verdict = emptyVerdict();

  constructor(name: string) {
    this.#name = name;
  }

  expect({ key, id, content }: ComparedRecord): void {
    if (this.#expected.has(id)) throw new Error(`the reference of ${this.#name} has record ${id} twice`);
    const position = this.#positions.get(key) ?? 0;
    this.#positions.set(key, position + 1);
    this.#expected.set(id, { key, position, checksum: crc32(content), seen: 0 });
    this.#verdict.expected++;
  }

  see({ key, id, content }: ComparedRecord, where: string): void {
    this.#verdict.actual++;
    const expected = this.#expected.get(id);
    if (expected === undefined) {
      this.#verdict.wrong++;
      this.#example(`${where}: the reference has no record ${id}: ${content}`);
      return;
    }
    expected.seen++;
    if (expected.seen > 1) {
      this.#verdict.duplicated++;
      this.#example(`${where}: record ${id} comes again: ${content}`);
      return;
    }
    if (expected.checksum !== crc32(content) || expected.key !== key) {
      this.#verdict.wrong++;
      this.#example(`${where}: record ${id} is not as the reference has it: ${content}`);
    }
    if (expected.position < (this.#reached.get(key) ?? -1)) {
      this.#verdict.outOfOrder++;
      this.#example(`${where}: record ${id} comes after later ones of ${key}`);
    } else this.#reached.set(key, expected.position);
  }

  judge(): Verdict {
    for (const [id, { seen, key }] of this.#expected) {
      if (seen > 0) continue;
      this.#verdict.lost++;
      this.#example(`record ${id} of ${key} is missing`);
    }
    return this.#verdict;
  }

  #example(text: string): void {
    if (this.#verdict.examples.length < MAX_EXAMPLES) {
      this.#verdict.examples.push(`${this.#name}: ${text}`.slice(0, MAX_EXAMPLE_LENGTH));
    }
  }
}
