import { randomAt } from './noise.ts';
import { assetIdOf, MODEL_ID, MODEL_ID_PATH, POINTS, readingsOf } from './wind-farm.ts';

/** A Kafka record to be written: key assetId + pointId, partition by assetId (contract G.1, D.4). */
export interface FeedRecord {
  /** Unix ms at which the record reaches Kafka; later than the event time inside where it is late. */
  readonly arrivesAt: number;
  readonly assetId: string;
  readonly key: string;
  readonly value: string;
}

/** What goes wrong on the way from a sensor, as shares of all readings. */
export const FAULTS = { missing: 0.005, late: 0.01, outOfRange: 0.003, nullValue: 0.002, malformed: 0.0005 } as const;

/** Late readings arrive this much after their time. */
const LATE_MS = { from: 3_000, to: 45_000 } as const;

// Series numbers far away from those of the wind farm's curves.
const FAULT_SERIES = 1_000_000;
const DETAIL_SERIES = 2_000_000;

/** What broken sensors are known to send: a stuck-high register, a lost probe, a wrapped counter. */
const IMPOSSIBLE = [65_535, -999.9, 9_999] as const;

/** The readings of one turbine at a moment, with faults: a function of seed, turbine and time. */
export const feedOf = (seed: number, orgId: string, turbine: number, timeMs: number): FeedRecord[] => {
  const assetId = assetIdOf(turbine);
  const readings = readingsOf(seed, turbine, timeMs);
  return POINTS.flatMap(({ pointId, decimals }, index) => {
    const series = turbine * POINTS.length + index;
    const fault = faultOf(randomAt(seed, FAULT_SERIES + series, timeMs));
    if (fault === 'missing') return [];
    const detail = randomAt(seed, DETAIL_SERIES + series, timeMs);
    const sound = Number((readings[index] ?? 0).toFixed(decimals));
    const impossible = IMPOSSIBLE[Math.floor(detail * IMPOSSIBLE.length)] ?? IMPOSSIBLE[0];
    const value = fault === 'nullValue' ? null : fault === 'outOfRange' ? impossible : sound;
    const text = JSON.stringify({
      orgId,
      modelId: MODEL_ID,
      modelIdPath: MODEL_ID_PATH,
      assetId,
      pointId,
      time: timeMs,
      value,
      quality: 0,
      attr: {},
    });
    const lateBy = fault === 'late' ? LATE_MS.from + detail * (LATE_MS.to - LATE_MS.from) : 0;
    return [
      {
        arrivesAt: Math.round(timeMs + lateBy),
        assetId,
        key: `${assetId}${pointId}`,
        value: fault === 'malformed' ? spoil(text, detail) : text,
      },
    ];
  });
};

const faultOf = (dice: number): keyof typeof FAULTS | undefined => {
  let threshold = 0;
  for (const [fault, share] of Object.entries(FAULTS) as [keyof typeof FAULTS, number][]) {
    threshold += share;
    if (dice < threshold) return fault;
  }
  return undefined;
};

/** Cut short, JSON in a text of JSON, or not JSON at all. */
const spoil = (text: string, detail: number): string => {
  if (detail < 0.5) return text.slice(0, Math.floor(text.length * (0.2 + detail)));
  return detail < 0.75 ? JSON.stringify(text) : `ERR ${text.slice(1, 40)}`;
};
