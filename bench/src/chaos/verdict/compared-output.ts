import type { JsonObject } from '@penstock/model';
import type { OutputCheck, SeenRecord } from '../scenario.ts';
import { type ComparedRecord, Comparison, type Verdict } from './compare.ts';

/** An output of which the reference knows every record. */
export class ComparedOutput implements OutputCheck {
  readonly #comparison: Comparison;
  readonly #nameOf: (record: JsonObject) => ComparedRecord;

  /** `nameOf`: what is expected and what is seen are called the same; asked in the order of the output. */
  constructor(name: string, nameOf: (record: JsonObject) => ComparedRecord) {
    this.#comparison = new Comparison(name);
    this.#nameOf = nameOf;
  }

  expect(record: ComparedRecord): void {
    this.#comparison.expect(record);
  }

  see({ key, record }: SeenRecord, where: string): void {
    this.#comparison.see({ ...this.#nameOf(record), key }, where);
  }

  judge(): Verdict {
    return this.#comparison.judge();
  }
}
