import { meterOf } from './meter.ts';
import { wander } from './noise.ts';
import {
  arrivalAt,
  CUT_IN,
  CUT_OUT,
  dayCycle,
  HOUR,
  MINUTE,
  powerCurve,
  RATED_POWER_KW,
  RATED_WIND,
  rowOf,
  SECOND,
  SERIES,
  windOfRow,
} from './wind.ts';

export const TURBINES = 40;
export const MODEL_ID = 'WindTurbine';
export const MODEL_ID_PATH = '/Equipment/WindTurbine';

/** The points of a turbine, in the order of `readingsOf`: unit, and decimals a real sensor would send. */
export const POINTS = [
  { pointId: 'WNAC.WindSpeed', unit: 'm/s', decimals: 2 },
  { pointId: 'WNAC.WindDirection', unit: 'deg', decimals: 1 },
  { pointId: 'WNAC.NacelleDirection', unit: 'deg', decimals: 1 },
  { pointId: 'WNAC.AmbientTemp', unit: 'degC', decimals: 1 },
  { pointId: 'WNAC.NacelleTemp', unit: 'degC', decimals: 1 },
  { pointId: 'WNAC.Vibration', unit: 'mm/s', decimals: 3 },
  { pointId: 'WROT.RotorSpeed', unit: 'rpm', decimals: 2 },
  { pointId: 'WROT.PitchAngle', unit: 'deg', decimals: 1 },
  { pointId: 'WTRM.GearboxOilTemp', unit: 'degC', decimals: 1 },
  { pointId: 'WGEN.GeneratorSpeed', unit: 'rpm', decimals: 0 },
  { pointId: 'WGEN.ActivePower', unit: 'kW', decimals: 1 },
  { pointId: 'WCNV.GridVoltage', unit: 'V', decimals: 1 },
  { pointId: 'ammeter', unit: '100 kWh', decimals: 4 },
] as const;

export const assetIdOf = (turbine: number): string => `wtg${String(turbine + 1).padStart(5, '0')}`;

/**
 * What the sensors of one turbine read at a moment, in the order of `POINTS`: a function of the seed and the time.
 * The values hang together as in a real turbine: wind drives rotor and power, power heats the drive train, the
 * nacelle follows the wind's direction, temperatures follow the day.
 */
export const readingsOf = (seed: number, turbine: number, timeMs: number): number[] => {
  const own = (series: number): number => (turbine + 1) * 100 + series;
  const row = rowOf(turbine);
  const arrival = arrivalAt(row, timeMs);
  const gusty = windOfRow(seed, row, timeMs) + 0.8 * wander(seed, own(SERIES.turbulence), timeMs, MINUTE);
  const steadyWind = Math.max(0, gusty);
  const windSpeed = Math.max(0, steadyWind + 0.5 * wander(seed, own(SERIES.flutter), timeMs, 7 * SECOND));

  const power = powerCurve(steadyWind);
  const load = power / RATED_POWER_KW;
  const turns = steadyWind >= CUT_IN && steadyWind < CUT_OUT;
  const rotorSpeed = turns ? Math.min(15.5, 6 + ((steadyWind - CUT_IN) / (RATED_WIND - CUT_IN)) * 9.5) : 0.2;
  const pitch = turns ? Math.max(0, steadyWind - RATED_WIND) * 2.2 : 86;

  const farmDirection = 240 + 45 * wander(seed, SERIES.direction, arrival, 3 * HOUR);
  const windDirection = farmDirection + 9 * wander(seed, own(SERIES.vane), timeMs, 90 * SECOND);
  const ambient = 9 + 6 * dayCycle(timeMs) + 3 * wander(seed, SERIES.weather, timeMs, 6 * HOUR);
  return [
    windSpeed,
    (windDirection + 360) % 360,
    (farmDirection + 360) % 360,
    ambient,
    ambient + 8 + 14 * load,
    0.4 + 1.6 * (rotorSpeed / 15.5) + 0.25 * wander(seed, own(SERIES.shake), timeMs, 5 * SECOND),
    rotorSpeed,
    pitch,
    44 + 0.2 * ambient + 22 * load,
    rotorSpeed * 97,
    turns ? power : -4.5,
    690 * (1 + 0.012 * wander(seed, own(SERIES.voltage), timeMs, 30 * SECOND)),
    meterOf(seed, turbine, timeMs),
  ];
};
