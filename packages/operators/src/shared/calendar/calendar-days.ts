import { ExpressionError, MAX_INSTANT, zoneOffset } from '@penstock/engine';

const DAY_MS = 86_400_000;
/** No clock on earth is further from UTC than this, with room. */
const MARGIN_MS = 26 * 3_600_000;
/** Starts of days that are remembered; finding one asks the time zone some 28 times. */
const MAX_KNOWN = 1000;

/** A day of a time zone: [start, end), Unix ms. 23 or 25 hours long where clocks are changed. */
export interface CalendarDay {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with the name of a time zone; undefined where nothing is. */
export const timeZoneProblem = (zone: string): string | undefined => {
  try {
    zoneOffset(zone, 0);
    return undefined;
  } catch (error) {
    // The only way to ask.
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
};

/**
 * The days of a time zone. A day begins at the first instant at which the clocks of the zone show its date: where they
 * leave out midnight (Cairo, Havana), that is when they go on; a date that a zone has left out altogether has no length.
 */
export class CalendarDays {
  readonly #zone: string;
  readonly #starts = new Map<number, number>();
  #last: CalendarDay = { start: 0, end: 0 };

  /** Throws `ExpressionError` for what is no time zone. */
  constructor(zone: string) {
    zoneOffset(zone, 0);
    this.#zone = zone;
  }

  /** The day that an instant is in. Records come day by day, so mostly the answer is that of before. */
  dayOf(instant: number): CalendarDay {
    const last = this.#last;
    if (instant >= last.start && instant < last.end) return last;
    let date = this.#dateOf(instant);
    // A clock that is put back across midnight shows a date twice: the day has begun the first time.
    while (this.#startOf(date) > instant) date -= 1;
    while (this.#startOf(date + 1) <= instant) date += 1;
    this.#last = { start: this.#startOf(date), end: this.#startOf(date + 1) };
    return this.#last;
  }

  /** Days since 1970-01-01 that the date of an instant is. */
  #dateOf(instant: number): number {
    return Math.floor((instant + zoneOffset(this.#zone, clamped(instant))) / DAY_MS);
  }

  #startOf(date: number): number {
    const known = this.#starts.get(date);
    if (known !== undefined) return known;
    let before = date * DAY_MS - MARGIN_MS;
    let within = date * DAY_MS + MARGIN_MS;
    while (within - before > 1) {
      const middle = Math.floor((before + within) / 2);
      if (this.#dateOf(middle) >= date) within = middle;
      else before = middle;
    }
    if (this.#starts.size >= MAX_KNOWN) this.#starts.clear();
    this.#starts.set(date, within);
    return within;
  }
}

/** Times far beyond all calendars are given the offset of the last day there is. */
const clamped = (instant: number): number => Math.max(-MAX_INSTANT, Math.min(MAX_INSTANT, instant));
