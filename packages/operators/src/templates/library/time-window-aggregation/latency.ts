import { UNIT_MS } from '../../../shared/windows/window-length.ts';

const LATENCY = /^\s*(\d{1,5})\s*(s|m|h|seconds?|minutes?|hours?)?\s*$/i;
const UNITS = { s: UNIT_MS.SECOND, m: UNIT_MS.MINUTE, h: UNIT_MS.HOUR } as const;

/** Reads a latency such as `0 second`, `5 minutes` or `1h`, in ms; what is wrong with it as a text. */
export const parseLatency = (text: string): number | string => {
  const [, count, unit = 's'] = LATENCY.exec(text) ?? [];
  const latency = Number(count) * UNITS[unit.slice(0, 1).toLowerCase() as keyof typeof UNITS];
  if (count === undefined || latency % UNIT_MS.MINUTE !== 0 || latency > 60 * UNIT_MS.MINUTE)
    return `"${text}" is no latency. Write "0 second", or whole minutes up to 60: "5 minutes".`;
  return latency;
};
