import { sql } from 'drizzle-orm';
import type { Database } from '../store/store.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;

/** Samples older than `afterMs` are kept one per `stepMs`: counters add up, so what is left says how much in between. */
export const SAMPLE_STEPS: readonly { readonly afterMs: number; readonly stepMs: number }[] = [
  { afterMs: 6 * HOUR_MS, stepMs: 60_000 },
  { afterMs: 3 * DAY_MS, stepMs: 600_000 },
  { afterMs: 14 * DAY_MS, stepMs: HOUR_MS },
];

/** How far apart samples of an age are, ms. */
export const sampleStepAt = (ageMs: number): number =>
  SAMPLE_STEPS.findLast(({ afterMs }) => ageMs > afterMs)?.stepMs ?? 15_000;

/**
 * Thins out what has grown older since `since` (Unix ms; 0: everything), and removes what is older than `days`. The
 * last sample of each step stays, of each worker: what one that was replaced had counted is not lost.
 */
export const thinSamples = async (
  db: Database,
  options: { readonly days: number; readonly since: number; readonly now: number },
): Promise<void> => {
  const { days, since, now } = options;
  await db.execute(sql`delete from samples where at < ${now - days * DAY_MS}`);
  for (const { afterMs, stepMs } of SAMPLE_STEPS) {
    // Whole steps only: one that is cut in the middle would lose its last sample to the next round.
    const until = floorTo(now - afterMs, stepMs);
    const from = since === 0 ? 0 : floorTo(since - afterMs, stepMs) - stepMs;
    if (until <= from) continue;
    await db.execute(sql`
      delete from samples where id in (
        select id from (
          select id, row_number() over (partition by pipeline_id, worker_id, at / ${stepMs}::bigint order by at desc, id desc) as place
          from samples where at >= ${from} and at < ${until}
        ) ranked where place > 1)`);
  }
};

const floorTo = (at: number, step: number): number => Math.floor(at / step) * step;
