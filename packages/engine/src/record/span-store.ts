import { FIELD_COUNT, type MeasurementScanner } from './measurement-scanner.ts';

/** Records whose spans are remembered: more than a task has under way at once. */
const SLOTS = 4096;
const WIDTH = 2 * FIELD_COUNT + 3;
const PRESENT = 2 * FIELD_COUNT;
const CLOSE = PRESENT + 1;
const HAS_MEMBERS = PRESENT + 2;

/**
 * Where the fields of the last few thousand scanned records are in their bytes, so that a record which is changed and
 * written soon after it was read need not be scanned again. One block of memory instead of twenty numbers per record.
 */
export class SpanStore {
  readonly #spans = new Int32Array(SLOTS * WIDTH);
  #next = 0;

  /** Keeps the spans of the scanner's last record; gives the ticket to find them by. */
  keep(scanner: MeasurementScanner): number {
    const ticket = this.#next++;
    const at = (ticket % SLOTS) * WIDTH;
    const spans = this.#spans;
    for (let i = 0; i < FIELD_COUNT; i++) {
      spans[at + i] = scanner.valueStart[i] as number;
      spans[at + FIELD_COUNT + i] = scanner.valueEnd[i] as number;
    }
    spans[at + PRESENT] = scanner.present;
    spans[at + CLOSE] = scanner.close;
    spans[at + HAS_MEMBERS] = scanner.hasMembers ? 1 : 0;
    return ticket;
  }

  /** Puts the spans back into the scanner; false where newer records have taken their place. */
  recall(ticket: number, scanner: MeasurementScanner): boolean {
    if (this.#next - ticket > SLOTS) return false;
    const at = (ticket % SLOTS) * WIDTH;
    const spans = this.#spans;
    for (let i = 0; i < FIELD_COUNT; i++) {
      scanner.valueStart[i] = spans[at + i] as number;
      scanner.valueEnd[i] = spans[at + FIELD_COUNT + i] as number;
    }
    scanner.present = spans[at + PRESENT] as number;
    scanner.close = spans[at + CLOSE] as number;
    scanner.hasMembers = spans[at + HAS_MEMBERS] === 1;
    return true;
  }
}
