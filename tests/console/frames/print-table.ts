import { type FrameTimes, LONG_MS } from './frame-times.ts';

const ms = (value: number): string => value.toFixed(1);

/** Figures in lines, for people. */
export const printTable = (scenes: Readonly<Record<string, FrameTimes>>): void => {
  const titles = ['scene', 'frames', 'median ms', '95 % ms', 'longest ms', `over ${LONG_MS} ms`, 'longest task ms'];
  const rows = Object.entries(scenes).map(([scene, times]) => [
    scene,
    String(times.frames),
    ms(times.medianMs),
    ms(times.p95Ms),
    ms(times.longestMs),
    String(times.long),
    times.longestTaskMs === 0 ? `under ${LONG_MS}` : ms(times.longestTaskMs),
  ]);
  for (const row of [titles, ...rows]) process.stdout.write(`| ${row.join(' | ')} |\n`);
};
