import type { Page } from 'playwright-core';

/** Longer frames are seen as a stutter. */
export const LONG_MS = 50;

/** Times between frames while something was done, in ms. */
export interface FrameTimes {
  readonly frames: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly longestMs: number;
  /** Frames of more than 50 ms. */
  readonly long: number;
  /** Of the page's own scripts without a break: what they, and not the machine, take of a frame. */
  readonly longestTaskMs: number;
}

/** Notes when each frame begins, and tasks of more than 50 ms, until it is asked for them. */
const WATCH = `(() => {
  const times = [];
  const tasks = [];
  let isOver = false;
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  const note = (at) => { times.push(at); if (!isOver) requestAnimationFrame(note); };
  requestAnimationFrame(note);
  window.frameTimes = () => { isOver = true; observer.disconnect(); return { times, tasks }; };
})()`;

/** Does something with the page and tells how its frames came meanwhile. */
export const frameTimesOf = async (page: Page, work: () => Promise<void>): Promise<FrameTimes> => {
  await page.evaluate(WATCH);
  await work();
  const { times, tasks } = (await page.evaluate('window.frameTimes()')) as {
    readonly times: readonly number[];
    readonly tasks: readonly number[];
  };
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return {
    frames: gaps.length,
    medianMs: at(0.5),
    p95Ms: at(0.95),
    longestMs: at(1),
    long: gaps.filter((gap) => gap > LONG_MS).length,
    longestTaskMs: Math.max(0, ...tasks),
  };
};
