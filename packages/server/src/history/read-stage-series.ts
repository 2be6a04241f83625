import { and, asc, desc, eq, gte, lt, sql } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { stageSamples } from '../store/schema.ts';
import type { SeriesRange } from './series.ts';
import { decodeStageCounters, type StageSample } from './stage-sample.ts';
import { type StageSeries, stageSeriesOf } from './stage-series.ts';

/** Samples that one answer is made from, at most, and numbers in it. */
const MAX_SAMPLES = 2000;
const MAX_VALUES = 250_000;

export interface KeptStageSeries extends StageSeries {
  /** Time of the oldest sample that is kept at all; null: there is none. */
  readonly keptFrom: number | null;
  /** Before this time samples of the range are left out, since they are too many; null: none are. */
  readonly cutBefore: number | null;
}

type Row = Pick<typeof stageSamples.$inferSelect, 'at' | 'workerId' | 'countedSince' | 'counters'>;

/** Rows of another version of the program say nothing to this one. */
const sampleOf = ({ counters, ...row }: Row): StageSample[] => {
  const decoded = decodeStageCounters(counters);
  return decoded === undefined ? [] : [{ ...row, ...decoded }];
};

/** Series of all stages and edges of a pipeline over a range. */
export const readStageSeries = async (
  db: Database,
  pipelineId: string,
  range: SeriesRange,
): Promise<KeptStageSeries> => {
  const own = eq(stageSamples.pipelineId, pipelineId);
  // The last of each step of each worker says all there is to know: counters add up.
  const step = sql`${stageSamples.at} / ${range.stepMs}::bigint`;
  const ranked = db
    .select({
      id: stageSamples.id,
      at: stageSamples.at,
      workerId: stageSamples.workerId,
      countedSince: stageSamples.countedSince,
      counters: stageSamples.counters,
      place:
        sql<number>`row_number() over (partition by ${stageSamples.workerId}, ${step} order by ${stageSamples.at} desc, ${stageSamples.id} desc)`.as(
          'place',
        ),
    })
    .from(stageSamples)
    .where(and(own, gte(stageSamples.at, range.from), lt(stageSamples.at, range.to)))
    .as('ranked');
  const newest = await db
    .select()
    .from(ranked)
    .where(eq(ranked.place, 1))
    .orderBy(desc(ranked.at), desc(ranked.id))
    .limit(MAX_SAMPLES + 1);
  const isCut = newest.length > MAX_SAMPLES;
  const [before] = isCut
    ? newest.slice(-1)
    : await db
        .select()
        .from(stageSamples)
        .where(and(own, lt(stageSamples.at, range.from)))
        .orderBy(desc(stageSamples.at), desc(stageSamples.id))
        .limit(1);
  const rows = newest.slice(0, MAX_SAMPLES).reverse();
  const [oldest] = await db
    .select({ at: stageSamples.at })
    .from(stageSamples)
    .where(own)
    .orderBy(asc(stageSamples.at))
    .limit(1);
  const [earlier] = before === undefined ? [] : sampleOf(before);
  const series = stageSeriesOf(rows.flatMap(sampleOf), earlier, range);
  const bounded = withinValues(series);
  const isShort = bounded.times.length < series.times.length;
  return {
    ...bounded,
    keptFrom: oldest?.at ?? null,
    cutBefore: isShort ? (bounded.times[0] ?? range.to) : isCut ? (rows[0]?.at ?? null) : null,
  };
};

/** The newest steps, as many as make an answer of a bounded size. */
const withinValues = (series: StageSeries): StageSeries => {
  const columns = 5 * series.stages.length + series.edges.length + 5 * series.parts.length;
  const steps = Math.max(1, Math.floor(MAX_VALUES / Math.max(1, columns)));
  if (series.times.length <= steps) return series;
  const newest = <T extends object>(row: T): T =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, Array.isArray(value) ? value.slice(-steps) : value]),
    ) as T;
  return {
    times: series.times.slice(-steps),
    stages: series.stages.map(newest),
    edges: series.edges.map(newest),
    parts: series.parts.map(newest),
  };
};
