import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../store/store.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;

/** Samples older than `afterMs` are kept one per `stepMs`: counters add up, so what is left says how much in between. */
interface SampleStep {
  readonly afterMs: number;
  readonly stepMs: number;
}

export const SAMPLE_STEPS: readonly SampleStep[] = [
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
  for (const step of SAMPLE_STEPS) await keepLastOfSteps(db, sql`samples`, step, { since, now });
};

/** Samples of stages are taken by the minute. Older ones are kept one an hour. */
const STAGE_SAMPLE_STEP: SampleStep = { afterMs: 24 * HOUR_MS, stepMs: HOUR_MS };

/** How far apart samples of stages of an age are, ms. */
export const stageSampleStepAt = (ageMs: number): number =>
  ageMs > STAGE_SAMPLE_STEP.afterMs ? STAGE_SAMPLE_STEP.stepMs : 60_000;

/** The same for samples of stages; those that are too old or too many are removed like other rows. */
export const thinStageSamples = (
  db: Database,
  period: { readonly since: number; readonly now: number },
): Promise<void> => keepLastOfSteps(db, sql`stage_samples`, STAGE_SAMPLE_STEP, period);

const keepLastOfSteps = async (
  db: Database,
  table: SQL,
  { afterMs, stepMs }: SampleStep,
  { since, now }: { readonly since: number; readonly now: number },
): Promise<void> => {
  // Whole steps only: one that is cut in the middle would lose its last sample to the next round.
  const until = floorTo(now - afterMs, stepMs);
  const from = since === 0 ? 0 : floorTo(since - afterMs, stepMs) - stepMs;
  if (until <= from) return;
  await db.execute(sql`
    delete from ${table} where id in (
      select id from (
        select id, row_number() over (partition by pipeline_id, worker_id, at / ${stepMs}::bigint order by at desc, id desc) as place
        from ${table} where at >= ${from} and at < ${until}
      ) ranked where place > 1)`);
};

const floorTo = (at: number, step: number): number => Math.floor(at / step) * step;
