/** Times until kills of one kind were overcome, in seconds. */
export interface Recovery {
  readonly median: number;
  readonly max: number;
}

/** Gathers how long it took to overcome kills, by kind. */
export class Recoveries {
  readonly #byVictim = new Map<string, number[]>();

  add(victim: string, milliseconds: number): void {
    const times = this.#byVictim.get(victim);
    if (times === undefined) this.#byVictim.set(victim, [milliseconds]);
    else times.push(milliseconds);
  }

  /** 0 where none was waited for. */
  get slowestMs(): number {
    return Math.max(0, ...[...this.#byVictim.values()].flat());
  }

  /** Of the kinds that were waited for at least once. */
  summary(): Record<string, Recovery> {
    return Object.fromEntries(
      [...this.#byVictim].map(([victim, times]) => [
        victim,
        { median: seconds(medianOf(times)), max: seconds(Math.max(...times)) },
      ]),
    );
  }
}

const medianOf = (times: readonly number[]): number => {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
};

const seconds = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;
