import { type Issue, pointer } from '@penstock/model';

/** Problems told at most; as many are looked for as are there. */
export const MAX_PROBLEMS = 50;

/** A place, and what is wrong there, as whoever sent it knows the place. */
export type TellPlace = (path: string, message: string) => readonly [path: string, message: string];

/** What is wrong with entries, by where they stand in what was sent. */
export class Problems {
  readonly issues: Issue[] = [];
  /** Those that are not told, too. */
  total = 0;
  readonly #tell: TellPlace | undefined;

  constructor(tell?: TellPlace) {
    this.#tell = tell;
  }

  /** `at` is a JSON Pointer into what was sent. */
  add(code: string, at: string, text: string): void {
    this.total += 1;
    if (this.issues.length === MAX_PROBLEMS) return;
    const [path, message] = this.#tell?.(at, text) ?? [at, text];
    this.issues.push({ code, severity: 'error', path, message });
  }

  /** Those of others as well, as they have told them. */
  take({ issues, total }: Problems): void {
    this.issues.push(...issues.slice(0, MAX_PROBLEMS - this.issues.length));
    this.total += total;
  }
}

/** An entry with the place it was read from, as a JSON Pointer. */
export interface Placed<T> {
  readonly at: string;
  readonly value: T;
}

export const placed = <T>(at: string, value: T): Placed<T> => ({ at, value });

/** The place of a part of an entry. */
export const within = (at: string, ...segments: readonly (string | number)[]): string => at + pointer(...segments);
