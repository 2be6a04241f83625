/**
 * Where an alarm stands:
 * - `normal`: nothing to tell;
 * - `pending`: the condition holds, but not for long enough;
 * - `alerting`: it has held long enough, and was told;
 * - `recovering`: it no longer holds, but not for long enough to say so;
 * - `no-data`: whoever should report does not, so that nobody knows.
 */
export const ALARM_STATES = ['normal', 'pending', 'alerting', 'recovering', 'no-data'] as const;
export type AlarmStateName = (typeof ALARM_STATES)[number];

export const isAlarmStateName = (text: string): text is AlarmStateName => ALARM_STATES.some((state) => state === text);

/** What people are told: at most once each between two times that all was normal. */
export const NOTICE_KINDS = ['raised', 'no-data', 'recovered', 'ended'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** All that is remembered of an alarm. Times are Unix ms; null where they have no meaning in the state. */
export interface AlarmState {
  readonly state: AlarmStateName;
  /** When this state began. */
  readonly since: number;
  /** Since when the condition holds without a break that is known of. */
  readonly badSince: number | null;
  /** Since when it no longer holds. */
  readonly goodSince: number | null;
  /** Since when nothing is known. */
  readonly unknownSince: number | null;
  /** Whether people were told, since all was normal last, that it is raised, or that nothing is known. */
  readonly wasRaised: boolean;
  readonly wasNoData: boolean;
}

/** What is seen of an alarm's condition now. An unknown one is never taken for one of the others. */
export type Condition =
  | { readonly kind: 'bad' }
  | { readonly kind: 'good' }
  /** `overdueMs`: for how long somebody should have reported and has not; 0 while it is right that nothing is known. */
  | { readonly kind: 'unknown'; readonly overdueMs: number }
  /** There is nothing that could be watched: the pipeline is not meant to run. */
  | { readonly kind: 'idle' };

/** How long things have to last, in ms. */
export interface Patience {
  /** The condition, before it is told. */
  readonly badMs: number;
  /** Its absence, before that is told. */
  readonly goodMs: number;
  /** Not knowing, before that is told. */
  readonly unknownMs: number;
  /** Whether people are told that nothing is known: where two alarms know from the same report, one of them does. */
  readonly tellsNoData: boolean;
}

export const normalSince = (now: number): AlarmState => ({
  state: 'normal',
  since: now,
  badSince: null,
  goodSince: null,
  unknownSince: null,
  wasRaised: false,
  wasNoData: false,
});
