import { wander } from './noise.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const CUT_IN = 3;
export const RATED_WIND = 12;
export const CUT_OUT = 25;
export const RATED_POWER_KW = 2500;

/** Power by wind speed: nothing below cut-in and above cut-out, the cube in between, flat from rated wind on. */
export const powerCurve = (windSpeed: number): number => {
  if (windSpeed < CUT_IN || windSpeed >= CUT_OUT) return 0;
  if (windSpeed >= RATED_WIND) return RATED_POWER_KW;
  return (RATED_POWER_KW * (windSpeed ** 3 - CUT_IN ** 3)) / (RATED_WIND ** 3 - CUT_IN ** 3);
};

// Series numbers of the farm's own curves; a turbine's are 100 times its number plus these.
export const SERIES = {
  wind: 1,
  gusts: 2,
  direction: 3,
  weather: 4,
  turbulence: 10,
  flutter: 11,
  vane: 12,
  voltage: 13,
  shake: 14,
  meter: 15,
};

/** -1 at night, 1 in the early afternoon (UTC). */
export const dayCycle = (timeMs: number): number => Math.sin(((timeMs % DAY) / DAY - 0.35) * 2 * Math.PI);

const TURBINES_PER_ROW = 8;
export const rowOf = (turbine: number): number => Math.floor(turbine / TURBINES_PER_ROW);

/** When the weather of a moment has been in front of the farm: it reaches the rows one after the other. */
export const arrivalAt = (row: number, timeMs: number): number => timeMs - row * 45 * SECOND;

/** The wind that all turbines of a row have, in m/s: that of the farm, weakened by the rows in front. */
export const windOfRow = (seed: number, row: number, timeMs: number): number => {
  const arrival = arrivalAt(row, timeMs);
  const farmWind =
    8.5 +
    1.8 * dayCycle(arrival) +
    3.5 * wander(seed, SERIES.wind, arrival, 2 * HOUR) +
    1.2 * wander(seed, SERIES.gusts, arrival, 10 * MINUTE);
  return farmWind * (1 - 0.03 * row);
};
