import type { Role } from './mode.ts';
import { costOf, type ProcessCost } from './process-cost.ts';

/** One look at all processes of a pipeline, and at how far it had come then. */
export interface Look {
  /** Monotonic, ms. */
  readonly at: number;
  readonly records: number;
  readonly costs: ReadonlyMap<number, ProcessCost>;
}

export const lookAt = (processes: ReadonlyMap<number, Role>, records: number): Look => ({
  at: performance.now(),
  records,
  costs: new Map([...processes.keys()].map((pid) => [pid, costOf(pid)])),
});

/** CPU time in ms between two looks. */
export interface Spent {
  readonly driver: number;
  readonly executors: number;
  readonly workers: number;
  readonly together: number;
}

export const spentBetween = (processes: ReadonlyMap<number, Role>, from: Look, to: Look): Spent => {
  const of = (role: Role): number =>
    [...processes].reduce(
      (sum, [pid, has]) =>
        has === role ? sum + (to.costs.get(pid)?.cpuMs ?? 0) - (from.costs.get(pid)?.cpuMs ?? 0) : sum,
      0,
    );
  const [driver, executors, workers] = [of('driver'), of('executor'), of('worker')];
  return { driver, executors, workers, together: driver + executors + workers };
};

const SHOWN = 7;

/** For people: which threads the time went to, in ms per second, a line for each process. */
export const threadLines = (processes: ReadonlyMap<number, Role>, from: Look, to: Look): string[] =>
  [...processes].map(([pid, role]) => {
    const seconds = (to.at - from.at) / 1000;
    const before = from.costs.get(pid)?.threads;
    const spent = [...(to.costs.get(pid)?.threads ?? [])]
      .map(([name, ms]) => [name, (ms - (before?.get(name) ?? 0)) / seconds] as const)
      .filter(([, ms]) => ms >= 0.05)
      .sort(([, a], [, b]) => b - a)
      .slice(0, SHOWN);
    return `${role} ${pid}, ms/s by thread: ${spent.map(([name, ms]) => `${name} ${ms.toFixed(1)}`).join(', ')}`;
  });
