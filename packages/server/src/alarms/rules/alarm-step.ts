import { type AlarmState, type Condition, type NoticeKind, normalSince, type Patience } from './alarm-state.ts';

export interface Step {
  /** The very same object where nothing has changed: then there is nothing to write. */
  readonly next: AlarmState;
  /** What people are told, if anything. */
  readonly notice?: NoticeKind;
}

/**
 * One look at an alarm: from where it stood and what is seen now to where it stands and what is told. Pure; quiet while
 * nothing changes, and while a condition comes and goes in less time than it takes to recover.
 */
export const stepAlarm = (before: AlarmState, condition: Condition, now: number, patience: Patience): Step => {
  switch (condition.kind) {
    case 'unknown':
      return unknown(before, condition.overdueMs, now, patience);
    case 'idle':
      return idle(before, now);
    case 'bad':
      return bad(withoutGap(before, now), now, patience);
    case 'good':
      return good(withoutGap(before, now), now, patience);
  }
};

/** Clocks may be set back: no time has passed then. */
const elapsed = (since: number, now: number): number => Math.max(0, now - since);

/** Time in which nothing was known counts for nothing: what had begun before goes on as if it had not been. */
const withoutGap = (before: AlarmState, now: number): AlarmState => {
  if (before.unknownSince === null || before.state === 'no-data') return before;
  const gap = elapsed(before.unknownSince, now);
  return {
    ...before,
    unknownSince: null,
    badSince: before.badSince === null ? null : before.badSince + gap,
    goodSince: before.goodSince === null ? null : before.goodSince + gap,
  };
};

const bad = (before: AlarmState, now: number, patience: Patience): Step => {
  // Told already: it is the same trouble, whether it seemed to pass or nothing was known of it in between.
  if (before.wasRaised) {
    if (before.state === 'alerting') return { next: before };
    return { next: { ...before, state: 'alerting', since: now, badSince: now, goodSince: null, unknownSince: null } };
  }
  const badSince = before.state === 'pending' && before.badSince !== null ? before.badSince : now;
  if (elapsed(badSince, now) >= patience.badMs) {
    const next: AlarmState = {
      ...before,
      state: 'alerting',
      since: now,
      badSince,
      goodSince: null,
      unknownSince: null,
      wasRaised: true,
    };
    return { next, notice: 'raised' };
  }
  if (before.state === 'pending') return { next: before };
  return { next: { ...before, state: 'pending', since: now, badSince, goodSince: null, unknownSince: null } };
};

const good = (before: AlarmState, now: number, patience: Patience): Step => {
  if (!before.wasRaised && !before.wasNoData) {
    if (before.state === 'normal') return { next: before };
    return { next: normalSince(now) };
  }
  const goodSince = before.state === 'recovering' && before.goodSince !== null ? before.goodSince : now;
  if (elapsed(goodSince, now) >= patience.goodMs) return { next: normalSince(now), notice: 'recovered' };
  if (before.state === 'recovering') return { next: before };
  return { next: { ...before, state: 'recovering', since: now, badSince: null, goodSince, unknownSince: null } };
};

const unknown = (before: AlarmState, overdueMs: number, now: number, patience: Patience): Step => {
  if (before.state === 'no-data') return { next: before };
  if (overdueMs < patience.unknownMs)
    return before.unknownSince === null ? { next: { ...before, unknownSince: now } } : { next: before };
  const isTold = patience.tellsNoData && !before.wasNoData;
  const next: AlarmState = {
    ...before,
    state: 'no-data',
    since: now,
    badSince: null,
    goodSince: null,
    unknownSince: before.unknownSince ?? now,
    wasNoData: before.wasNoData || isTold,
  };
  return isTold ? { next, notice: 'no-data' } : { next };
};

/** Whoever was told of trouble is told that nobody looks any more. */
const idle = (before: AlarmState, now: number): Step => {
  if (before.wasRaised || before.wasNoData) return { next: normalSince(now), notice: 'ended' };
  if (before.state === 'normal' && before.unknownSince === null) return { next: before };
  return { next: normalSince(now) };
};
