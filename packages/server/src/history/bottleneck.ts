import type { PartCounts, StageSample } from './stage-sample.ts';

/** What time is spent on that could hold a pipeline back. */
export interface Limit {
  /** `rate`: the pipeline's own rate; `commit`: sending output and committing; `read`: getting records from Kafka. */
  readonly kind: 'stage' | 'commit' | 'rate' | 'read';
  /** Of kind `stage`. */
  readonly stage: string | null;
  /** Part of the plan. */
  readonly part: number;
}

export const BottleneckCode = {
  Stage: 'BOTTLENECK_STAGE',
  Commit: 'BOTTLENECK_COMMIT',
  Rate: 'BOTTLENECK_RATE',
  Read: 'BOTTLENECK_READ',
  None: 'BOTTLENECK_NONE',
  NotRunning: 'BOTTLENECK_NOT_RUNNING',
  TooEarly: 'BOTTLENECK_TOO_EARLY',
  NotMeasured: 'BOTTLENECK_NOT_MEASURED',
  LagUnknown: 'BOTTLENECK_LAG_UNKNOWN',
  Waits: 'BOTTLENECK_WAITS',
} as const;
export type BottleneckCode = (typeof BottleneckCode)[keyof typeof BottleneckCode];

export interface Bottleneck {
  /** `limited`: something holds it back; `keeps-up`: nothing does; `unknown`: what there is says neither. */
  readonly state: 'limited' | 'keeps-up' | 'unknown';
  readonly code: BottleneckCode;
  readonly params: Readonly<Record<string, string | number>>;
  readonly limit: Limit | null;
  /** Of the time that the part of the limit spends on records, 0 to 1. */
  readonly share: number | null;
  /** Time that was looked at; null where it is not known. */
  readonly windowMs: number | null;
  /** What the time of each part was spent on, most first; shares of a part add up to 1. */
  readonly shares: readonly (Limit & { readonly share: number })[];
}

/** Shorter windows say little. */
export const LEAST_WINDOW_MS = 10_000;
/** A backlog that is worked off in this time is none. */
const KEEPS_UP_MS = 10_000;
/** Reading at this share of the rate is reading as fast as one may. */
const AT_THE_RATE = 0.8;
/** Where not even one task is busy for this share of the time, it is waiting that takes it. */
const BUSY = 0.5;

export const unknown = (
  code: BottleneckCode,
  params: Bottleneck['params'] = {},
  windowMs: number | null = null,
  shares: Bottleneck['shares'] = [],
): Bottleneck => ({ state: 'unknown', code, params, limit: null, share: null, windowMs, shares });

/**
 * What holds a running pipeline back, from two samples of one worker. The part that is furthest behind the source and
 * has a backlog counts: what comes before it would only add to that. `kafkaRate`: messages/s that the source may give.
 */
export const bottleneckOf = (before: StageSample, now: StageSample, kafkaRate: number): Bottleneck => {
  const windowMs = now.at - before.at;
  if (before.workerId !== now.workerId || windowMs < LEAST_WINDOW_MS) return unknown(BottleneckCode.TooEarly);
  if (now.parts === undefined || before.parts === undefined) return unknown(BottleneckCode.NotMeasured);
  const isAtTheRate = ((now.recordsRead - before.recordsRead) / windowMs) * 1000 >= AT_THE_RATE * kafkaRate;
  const parts = [...now.parts]
    .map(([part, counts]) => spentBy(part, counts, before.parts?.get(part), isAtTheRate))
    .sort((a, b) => b.part - a.part);
  const shares = parts.flatMap(({ spent }) => sharesOf(spent)).sort((a, b) => b.share - a.share);
  if (parts.some(({ lag }) => lag === null)) return unknown(BottleneckCode.LagUnknown, {}, windowMs, shares);
  const behind = parts.find((part) => isBehind(part, windowMs));
  if (behind === undefined) return { ...unknown(BottleneckCode.None, {}, windowMs, shares), state: 'keeps-up' };
  const busyMs = parts.flatMap(({ spent }) => spent).reduce((total, { ms }) => total + ms, 0);
  const limited = (limit: Limit, share: number, code: BottleneckCode, params: Bottleneck['params']): Bottleneck => ({
    state: 'limited',
    code,
    params: { ...params, lag: behind.lag ?? 0 },
    limit,
    share: Math.round(share * 1000) / 1000,
    windowMs,
    shares,
  });
  if (busyMs < BUSY * windowMs) {
    if (behind.idleMs < behind.rateMs) return unknown(BottleneckCode.Waits, {}, windowMs, shares);
    const share = behind.openMs === 0 ? 0 : Math.min(1, behind.idleMs / behind.openMs);
    return limited({ kind: 'read', stage: null, part: behind.part }, share, BottleneckCode.Read, {
      percent: percent(share),
    });
  }
  const [most] = sharesOf(behind.spent);
  // Its backlog waits for threads that the parts before it keep busy.
  const worst = most ?? shares[0];
  if (worst === undefined) return unknown(BottleneckCode.Waits, {}, windowMs, shares);
  const { share, ...limit } = worst;
  const params = { percent: percent(share), ...(limit.stage === null ? {} : { stage: limit.stage }) };
  if (limit.kind === 'rate') return limited(limit, share, BottleneckCode.Rate, { ...params, kafkaRate });
  return limited(limit, share, limit.kind === 'stage' ? BottleneckCode.Stage : BottleneckCode.Commit, params);
};

interface Spent {
  readonly limit: Limit;
  readonly ms: number;
}

interface PartSpent extends Pick<PartCounts, 'lag' | 'openMs' | 'idleMs' | 'rateMs' | 'commits'> {
  readonly part: number;
  /** Offsets its position has moved on by; null where that is not known. */
  readonly moved: number | null;
  readonly spent: readonly Spent[];
}

const spentBy = (part: number, now: PartCounts, before: PartCounts | undefined, isAtTheRate: boolean): PartSpent => {
  const since = (what: 'openMs' | 'idleMs' | 'rateMs' | 'commitMs' | 'commits'): number =>
    Math.max(0, now[what] - (before?.[what] ?? 0));
  const of = (kind: Limit['kind'], ms: number, stage: string | null = null): Spent => ({
    limit: { kind, stage, part },
    ms,
  });
  const stages = [...now.stages].map(([name, { busyMs }]) =>
    of('stage', Math.max(0, busyMs - (before?.stages.get(name)?.busyMs ?? 0)), name),
  );
  // Waiting for the end of a batch, or for a slower task of it, looks the same as waiting for the rate.
  const rate = now.isOfSource && isAtTheRate ? [of('rate', since('rateMs'))] : [];
  const isMoveKnown = now.offset !== null && before !== undefined && before.offset !== null;
  return {
    part,
    lag: now.lag,
    openMs: since('openMs'),
    idleMs: since('idleMs'),
    rateMs: since('rateMs'),
    commits: since('commits'),
    moved: isMoveKnown ? Number(now.offset) - Number(before.offset) : null,
    spent: [...stages, of('commit', since('commitMs')), ...rate],
  };
};

/** Whether it has more to do than it gets done, rather than what is always under way. */
const isBehind = ({ lag, moved, openMs, idleMs, commits }: PartSpent, windowMs: number): boolean => {
  if (lag === null || lag === 0) return false;
  // Nothing was committed: with tasks that wait for records this is a long commit interval, not a backlog.
  if (moved === null || moved <= 0) return idleMs < openMs / 2;
  const commitEveryMs = commits === 0 ? windowMs : openMs / commits;
  return (lag / moved) * windowMs > Math.max(KEEPS_UP_MS, 2 * commitEveryMs);
};

const sharesOf = (spent: readonly Spent[]): (Limit & { readonly share: number })[] => {
  const total = spent.reduce((all, { ms }) => all + ms, 0);
  if (total === 0) return [];
  return spent
    .map(({ limit, ms }) => ({ ...limit, share: Math.round((ms / total) * 1000) / 1000 }))
    .sort((a, b) => b.share - a.share);
};

const percent = (share: number): number => Math.round(share * 100);
