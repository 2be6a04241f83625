import { randomAt } from './noise.ts';
import { HOUR, MINUTE, powerCurve, rowOf, SERIES, windOfRow } from './wind.ts';

/** How many kWh a meter counts as 1: it hangs on a current transformer. */
export const METER_SCALE = 100;

const STEP = 10 * MINUTE;

/** Energy of a row's wind since a month began, in kWh at the multiples of a step; as far as it was asked for. */
interface Counted {
  readonly seed: number;
  readonly month: number;
  readonly power: number[];
  readonly energy: number[];
}
/** By row: of the last month and seed that were asked for. */
const counted = new Map<number, Counted>();

/**
 * What the meter of a turbine reads at a moment, in 100 kWh: what the wind of its row brings, since the turbulence of a
 * turbine evens out. Meters are read and set back to 0 when a month begins (UTC). Like all readings a function of the
 * seed and the time, so that a farm that was switched off and on again has not forgotten anything.
 */
export const meterOf = (seed: number, turbine: number, timeMs: number): number => {
  const date = new Date(timeMs);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const row = rowOf(turbine);
  const { power, energy } = countedUntil(seed, row, month, timeMs);
  const step = Math.floor((timeMs - month) / STEP);
  const part = (timeMs - month) / STEP - step;
  const [from = 0, to = 0] = [power[step], power[step + 1]];
  const within = ((from * part + ((to - from) * part ** 2) / 2) * STEP) / HOUR;
  // No two turbines make quite the same of a wind.
  const skill = 0.97 + 0.06 * randomAt(seed, (turbine + 1) * 100 + SERIES.meter, 0);
  return (((energy[step] ?? 0) + within) * skill) / METER_SCALE;
};

const countedUntil = (seed: number, row: number, month: number, timeMs: number): Counted => {
  const known = counted.get(row);
  const isSame = known !== undefined && known.seed === seed && known.month === month;
  const found = isSame ? known : { seed, month, power: [powerAt(seed, row, month)], energy: [0] };
  counted.set(row, found);
  const { power, energy } = found;
  for (let step = power.length; month + (step - 1) * STEP <= timeMs; step++) {
    const next = powerAt(seed, row, month + step * STEP);
    energy.push((energy[step - 1] ?? 0) + ((((power[step - 1] ?? 0) + next) / 2) * STEP) / HOUR);
    power.push(next);
  }
  return found;
};

/** In kW. */
const powerAt = (seed: number, row: number, timeMs: number): number => powerCurve(windOfRow(seed, row, timeMs));
