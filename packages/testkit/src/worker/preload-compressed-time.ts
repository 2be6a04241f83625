/**
 * Loaded before a program (`--import`): its clocks and timers, in all threads, go as fast as the file named by
 * `PENSTOCK_TEST_SPEED_FILE` says, and as ever while there is none.
 */
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';

/** How often a change of speed is looked for, and how exact intervals are, in real ms. */
const GRAIN_MS = 5;

const real = {
  dateNow: Date.now.bind(Date),
  performanceNow: performance.now.bind(performance),
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  delay: timersPromises.setTimeout,
};

const file = process.env.PENSTOCK_TEST_SPEED_FILE;
let factor = 1;
/** Simulated ms gained before `from`, which is when the present speed began. */
let gained = 0;
let from = real.performanceNow();

const ahead = (): number => gained + (real.performanceNow() - from) * (factor - 1);

const look = (): void => {
  if (file === undefined) return;
  let next = 1;
  try {
    next = Number(readFileSync(file, 'utf8')) || 1;
  } catch {
    // No file: time as it is.
  }
  if (next === factor) return;
  gained = ahead();
  from = real.performanceNow();
  factor = next;
};
real.setInterval(look, GRAIN_MS).unref();

Date.now = () => Math.floor(real.dateNow() + ahead());
performance.now = () => real.performanceNow() + ahead();

const setTimeoutCompressed = (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): NodeJS.Timeout =>
  real.setTimeout(work, ms / factor, ...args);

/** Looks at the clock, since an interval that was set before the speed changed goes with it. */
const setIntervalCompressed = (work: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): NodeJS.Timeout => {
  let due = performance.now() + ms;
  return real.setInterval(
    () => {
      if (performance.now() < due) return;
      due = performance.now() + ms;
      work(...args);
    },
    Math.min(ms, GRAIN_MS),
  );
};

const delayCompressed = <T>(ms = 0, value?: T, options?: { signal?: AbortSignal; ref?: boolean }): Promise<T> =>
  real.delay(ms / factor, value as T, options);

Object.assign(globalThis, { setTimeout: setTimeoutCompressed, setInterval: setIntervalCompressed });
Object.assign(timers, { setTimeout: setTimeoutCompressed, setInterval: setIntervalCompressed });
Object.assign(timersPromises, { setTimeout: delayCompressed });
syncBuiltinESMExports();
