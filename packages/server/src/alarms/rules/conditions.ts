import { type Heartbeat, isOfSource, type PipelineState } from '@penstock/model';
import { isHeldBack, standsStill } from '../../runs/stalled-partitions.ts';
import type { AlarmRule, AlarmSettings } from '../settings/alarm-settings.ts';
import type { Condition, Patience } from './alarm-state.ts';

/** A report that is older says nothing of now. */
const FRESH_MS = 30_000;
/** Nothing heard for this long, of whom something should be heard, is told. */
const NO_DATA_MS = 120_000;
/** So long things have to be well before that is told. */
const RECOVER_MS = 60_000;

/** What is known of a pipeline when its alarms are looked at. */
export interface PipelineFacts {
  readonly status: PipelineState;
  readonly statusSince: number;
  readonly reasonCode: string | null;
  /** The run that is not over and that nobody has asked to end. */
  readonly run?: {
    readonly runId: string;
    readonly kafkaRate: number;
    /** The last word of its worker. */
    readonly heard?: { readonly at: number; readonly heartbeat: Pick<Heartbeat, 'phase' | 'tasks' | 'waiting'> };
    /** Since when a report could have been heard (Unix ms): the run is there, and somebody listens. */
    readonly expectedSince: number;
  };
}

/** Numbers and names for people; nothing of records. */
export type AlarmFacts = Readonly<Record<string, string | number>>;

export interface Seen {
  readonly condition: Condition;
  readonly facts: AlarmFacts;
}

const GOOD: Condition = { kind: 'good' };
const BAD: Condition = { kind: 'bad' };
const IDLE: Condition = { kind: 'idle' };

/** What is seen of a rule's condition now; undefined where the settings have no such rule. */
export const seeRule = (
  rule: AlarmRule,
  settings: AlarmSettings,
  facts: PipelineFacts,
  now: number,
): Seen | undefined => {
  switch (rule) {
    case 'status':
      return settings.status === undefined ? undefined : seeStatus(settings.status.states, facts);
    case 'lag':
      return settings.lag === undefined ? undefined : seeReport(facts, now, lagOf(settings.lag));
    case 'progress':
      return settings.progress === undefined ? undefined : seeReport(facts, now, progressOf(settings.progress));
  }
};

/** How long the condition of a rule has to last. */
export const patienceOf = (rule: AlarmRule, settings: AlarmSettings): Patience => ({
  badMs: (settings[rule]?.forMinutes ?? 0) * 60_000,
  goodMs: RECOVER_MS,
  unknownMs: NO_DATA_MS,
  // The lag and the progress are known from the same report: its absence is told by one of them.
  tellsNoData: rule === 'lag' || settings.lag === undefined,
});

const seeStatus = (states: readonly PipelineState[], { status, reasonCode }: PipelineFacts): Seen => ({
  condition: states.includes(status) ? BAD : GOOD,
  facts: { status, ...(reasonCode === null ? {} : { reasonCode }) },
});

type Run = NonNullable<PipelineFacts['run']>;
type Report = NonNullable<Run['heard']>;
type Look = (report: Report, run: Run, ageMs: number) => Seen | undefined;

/** What a run's last report says, where there is one that counts. `look` answers undefined where it says nothing. */
const seeReport = ({ run, status }: PipelineFacts, now: number, look: Look): Seen => {
  if (run === undefined) return { condition: IDLE, facts: { status } };
  const heardAt = run.heard?.at ?? 0;
  const ageMs = Math.max(0, now - heardAt);
  if (run.heard === undefined || ageMs > FRESH_MS) {
    const overdueMs = Math.max(0, now - Math.max(heardAt, run.expectedSince));
    return { condition: { kind: 'unknown', overdueMs }, facts: { status } };
  }
  // While it starts, or waits for Kafka, its figures are none, or of before.
  const isAtWork = run.heard.heartbeat.phase === 'running' && run.heard.heartbeat.waiting === undefined;
  const seen = isAtWork ? look(run.heard, run, ageMs) : undefined;
  return seen ?? { condition: { kind: 'unknown', overdueMs: 0 }, facts: { status } };
};

const lagOf =
  ({ threshold, forMinutes }: { readonly threshold: number; readonly forMinutes: number }): Look =>
  ({ heartbeat }) => {
    const tasks = heartbeat.tasks.filter(isOfSource);
    const known = tasks.filter((task) => task.committedOffset >= 0 && task.endOffset >= 0 && task.lag >= 0);
    const lag = known.reduce((sum, task) => sum + task.lag, 0);
    const facts = { lag, threshold, forMinutes };
    // What is known of some partitions is the least there is: enough to be too much, not to be little.
    if (lag > threshold) return { condition: BAD, facts };
    const isWhole = tasks.length > 0 && known.length === tasks.length;
    return isWhole && tasks.every(({ trouble }) => trouble === undefined) ? { condition: GOOD, facts } : undefined;
  };

const progressOf =
  ({ forMinutes }: { readonly forMinutes: number }): Look =>
  ({ heartbeat }, { kafkaRate }, ageMs) => {
    // Nothing is meant to be read.
    if (kafkaRate === 0) return { condition: GOOD, facts: { partitions: 0, forMinutes } };
    const still = heartbeat.tasks.filter((task) => standsStill(task, ageMs) || isHeldBack(task, ageMs));
    const [first] = still;
    if (first === undefined) return { condition: GOOD, facts: { partitions: 0, forMinutes } };
    return {
      condition: BAD,
      facts: {
        partitions: still.length,
        topic: first.topic,
        partition: first.partition,
        waiting: still.reduce((sum, { lag, heldBack }) => sum + Math.max(0, lag) + (heldBack?.records ?? 0), 0),
        forMinutes,
      },
    };
  };
