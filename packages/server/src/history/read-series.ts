import { and, asc, desc, eq, gte, inArray, lt, or } from 'drizzle-orm';
import type { Database } from '../store/open-store.ts';
import { runEvents, runs, samples } from '../store/schema.ts';
import { type CounterSample, type SeriesPoint, type SeriesRange, seriesOf } from './series.ts';

/** Something that explains a turn in a series. */
export interface SeriesMarker {
  readonly at: number;
  readonly kind: 'start' | 'running' | 'end' | 'worker' | 'release' | 'rate' | 'pause' | 'stop' | 'reset';
  readonly runId: string | null;
  /** Of an end: why, where something had gone wrong. Of the others: the code of their event. */
  readonly code: string | null;
  readonly message: string | null;
}

export interface Series {
  readonly points: readonly SeriesPoint[];
  readonly markers: readonly SeriesMarker[];
  /** Time of the oldest sample that is kept at all; null: there is none. */
  readonly keptFrom: number | null;
  /** Before this time samples or markers of the range are left out, since they are too many; null: none are. */
  readonly cutBefore: number | null;
}

/** Samples and markers that one answer is made from, at most. */
const MAX_SAMPLES = 20_000;
const MAX_MARKERS = 500;

const EVENT_KINDS: Readonly<Record<string, SeriesMarker['kind']>> = {
  RELEASED: 'release',
  RATE_CHANGED: 'rate',
  PAUSE_ACCEPTED: 'pause',
  STOP_ACCEPTED: 'stop',
  OFFSET_RESET: 'reset',
  STATE_RESET: 'reset',
};

/** The series of a pipeline over a range: steps, and what happened meanwhile. */
export const readSeries = async (db: Database, pipelineId: string, range: SeriesRange): Promise<Series> => {
  const own = eq(samples.pipelineId, pipelineId);
  const inRange = and(own, gte(samples.at, range.from), lt(samples.at, range.to));
  const newest = await db
    .select()
    .from(samples)
    .where(inRange)
    .orderBy(desc(samples.at), desc(samples.id))
    .limit(MAX_SAMPLES + 1);
  const isCut = newest.length > MAX_SAMPLES;
  const [before] = isCut
    ? newest.slice(-1)
    : await db
        .select()
        .from(samples)
        .where(and(own, lt(samples.at, range.from)))
        .orderBy(desc(samples.at), desc(samples.id))
        .limit(1);
  const rows = newest.slice(0, MAX_SAMPLES).reverse();
  const [oldest] = await db.select({ at: samples.at }).from(samples).where(own).orderBy(asc(samples.at)).limit(1);
  const all = [
    ...(await markersOfRuns(db, pipelineId, range)),
    ...(await markersOfEvents(db, pipelineId, range)),
    ...markersOfWorkers(rows, before, range),
  ].toSorted((a, b) => a.at - b.at);
  const markers = all.slice(-MAX_MARKERS);
  const cuts = [isCut ? rows[0]?.at : undefined, all.length > MAX_MARKERS ? markers[0]?.at : undefined];
  const cutBefore = Math.max(...cuts.map((at) => at ?? Number.NEGATIVE_INFINITY));
  return {
    points: seriesOf(rows, before, range),
    markers,
    keptFrom: oldest?.at ?? null,
    cutBefore: Number.isFinite(cutBefore) ? cutBefore : null,
  };
};

const markersOfRuns = async (db: Database, pipelineId: string, { from, to }: SeriesRange): Promise<SeriesMarker[]> => {
  const within = (column: typeof runs.createdAt | typeof runs.runningAt | typeof runs.endedAt) =>
    and(gte(column, from), lt(column, to));
  const rows = await db
    .select()
    .from(runs)
    .where(
      and(eq(runs.pipelineId, pipelineId), or(within(runs.createdAt), within(runs.runningAt), within(runs.endedAt))),
    )
    .orderBy(desc(runs.createdAt))
    .limit(MAX_MARKERS);
  const isIn = (at: number | null): at is number => at !== null && at >= from && at < to;
  return rows.flatMap(
    ({ runId, createdAt, runningAt, endedAt, endedAs, reasonCode, reasonMessage }): SeriesMarker[] => {
      const plain = { runId, code: null, message: null };
      const failed = endedAs?.includes('ERROR') === true;
      return [
        ...(isIn(createdAt) ? [{ at: createdAt, kind: 'start' as const, ...plain }] : []),
        ...(isIn(runningAt) ? [{ at: runningAt, kind: 'running' as const, ...plain }] : []),
        ...(isIn(endedAt)
          ? [
              {
                at: endedAt,
                kind: 'end' as const,
                runId,
                ...(failed ? { code: reasonCode, message: reasonMessage } : { code: null, message: null }),
              },
            ]
          : []),
      ];
    },
  );
};

const markersOfEvents = async (
  db: Database,
  pipelineId: string,
  { from, to }: SeriesRange,
): Promise<SeriesMarker[]> => {
  const rows = await db
    .select()
    .from(runEvents)
    .where(
      and(
        eq(runEvents.pipelineId, pipelineId),
        inArray(runEvents.code, Object.keys(EVENT_KINDS)),
        gte(runEvents.at, from),
        lt(runEvents.at, to),
      ),
    )
    .orderBy(desc(runEvents.id))
    .limit(MAX_MARKERS);
  return rows.flatMap(({ at, code, message, runId }) => {
    const kind = EVENT_KINDS[code];
    return kind === undefined ? [] : [{ at, kind, runId, code, message }];
  });
};

/** Where another worker goes on: counters begin anew there, whatever the mode and whyever it was replaced. */
const markersOfWorkers = (
  rows: readonly (CounterSample & { readonly runId: string })[],
  before: CounterSample | undefined,
  { from }: SeriesRange,
): SeriesMarker[] => {
  let last = before?.workerId ?? null;
  return rows.flatMap(({ at, workerId, countedSince, runId }) => {
    const isOther = workerId !== null && workerId !== last;
    if (workerId !== null) last = workerId;
    if (!isOther) return [];
    return [{ at: Math.max(from, countedSince ?? at), kind: 'worker' as const, runId, code: null, message: null }];
  });
};
