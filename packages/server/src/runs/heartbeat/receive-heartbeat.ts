import type { Clock } from '@penstock/engine';
import { type Heartbeat, type HeartbeatReply, isOfSource, type RunEvent, topicsText } from '@penstock/model';
import { type Modes, parseSupervision, type SupervisionPolicy } from '@penstock/modes';
import { eq } from 'drizzle-orm';
import { encodeStageCounters, stageCountersOf, sum } from '../../history/stage-sample.ts';
import type { Database, Store } from '../../store/open-store.ts';
import { pipelines, runReports, runs, samples, stageSamples } from '../../store/schema.ts';
import { recordEvent } from '../../use-case/record-event.ts';
import { parseDesired } from '../run-store.ts';
import { isTokenOf } from '../run-token.ts';
import { exchangeSnapshot } from '../snapshot-requests.ts';
import { heldBackOf } from '../stalled-partitions.ts';
import { admitEvents, EVENTS_PER_MINUTE, NO_EVENTS } from './admit-events.ts';
import { clipHeartbeat } from './clip-heartbeat.ts';

/** Length of the steps of the offset and lag series. */
export const SAMPLE_MS = 15_000;
/** And of those of the stages. */
const STAGE_SAMPLE_MS = 60_000;

export interface HeartbeatDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly policy: SupervisionPolicy;
  readonly modes: Modes;
  /** Events of a worker that are kept, per run. */
  readonly eventsPerMinute?: number;
}

/** Records per second, smoothed over a few heartbeats. */
export interface Rates {
  readonly inPerSecond: number;
  readonly outPerSecond: number;
}

/** A heartbeat as it is kept: with the rates it shows against the one before, and without the records it brought. */
export type StoredHeartbeat = Omit<Heartbeat, 'snapshot'> & {
  readonly rates?: Rates;
  /** When this worker was first sampled (Unix ms); absent before that. */
  readonly sampledSince?: number;
  /** The same of its stages. */
  readonly stagesSince?: number;
};

/** Whether a worker may report for a run, found out before its report is read. Errors of `receiveHeartbeat` are the same. */
export const admitReporter = async (
  deps: Pick<HeartbeatDeps, 'store'>,
  runId: string,
  token: string,
): Promise<'admitted' | Exclude<Heard['kind'], 'answered'>> => {
  const [run] = await deps.store.db
    .select({ endedAt: runs.endedAt, tokenHash: runs.tokenHash })
    .from(runs)
    .where(eq(runs.runId, runId));
  return refusalOf(run, token) ?? 'admitted';
};

const refusalOf = (
  run: { readonly endedAt: number | null; readonly tokenHash: string | null } | undefined,
  token: string,
): Exclude<Heard['kind'], 'answered'> | undefined => {
  if (run === undefined) return 'unknown-run';
  if (run.endedAt !== null || run.tokenHash === null) return 'over';
  return isTokenOf(token, run.tokenHash) ? undefined : 'wrong-token';
};

export type Heard =
  | { readonly kind: 'answered'; readonly reply: HeartbeatReply; readonly phaseChanged: boolean }
  | { readonly kind: 'unknown-run' }
  | { readonly kind: 'wrong-token' }
  /** The run is over. */
  | { readonly kind: 'over' };

/**
 * Takes in one heartbeat: evidence, events, and now and then a sample, in one transaction; and says what is wanted.
 * Any instance can, whoever holds the run's lease.
 */
export const receiveHeartbeat = (
  deps: HeartbeatDeps,
  runId: string,
  token: string,
  received: Heartbeat,
): Promise<Heard> => {
  const heartbeat = clipHeartbeat(received);
  return deps.store.db.transaction(async (tx): Promise<Heard> => {
    const run = await lockRun(tx, runId);
    const refusal = refusalOf(run, token);
    if (run === undefined || refusal !== undefined) return { kind: refusal ?? 'unknown-run' };
    let snapshot: HeartbeatReply['snapshot'];
    const supervision = parseSupervision(run.launcherState);
    const mode = deps.modes.of(run.executionMode);
    const answer = (desired: HeartbeatReply['desired'], phaseChanged: boolean): Heard => ({
      kind: 'answered',
      reply: {
        desired,
        kafkaRate: run.kafkaRate,
        intervalMs: deps.policy.heartbeatIntervalMs,
        ...(snapshot === undefined ? {} : { snapshot }),
      },
      phaseChanged,
    });
    if (!mode.belongs(heartbeat, supervision)) return answer('exit', false);
    const report = await lockReport(tx, runId);
    const before = report === undefined ? undefined : (JSON.parse(report.heartbeat) as StoredHeartbeat);
    if (mode.isOutdated(heartbeat, before)) return answer('exit', false);
    const now = deps.clock.now();
    snapshot = await exchangeSnapshot(tx, run, heartbeat, now);
    const desired = mode.wish(parseDesired(run.desired), supervision);
    const isSameWorker = before?.workerId === heartbeat.workerId;
    if (isSameWorker && before.sequence >= heartbeat.sequence) return answer(desired, false); // overtaken on the way
    const isChanged = !isSameWorker || before.phase !== heartbeat.phase;
    if (isChanged) await noteWorker(tx, heartbeat);
    const admitted = admitEvents(
      newEvents(heartbeat, isSameWorker ? before : undefined),
      report ?? NO_EVENTS,
      now,
      deps.eventsPerMinute ?? EVENTS_PER_MINUTE,
    );
    const { snapshot: _records, ...kept } = heartbeat;
    const rates = ratesOf(heartbeat, isSameWorker ? before : undefined, report?.heartbeatAt ?? null, now);
    const past = isSameWorker ? before : undefined;
    // Also when a worker comes to another phase: the last of its counters would be missing in the series otherwise.
    const isFirst = past === undefined || sourceTasksOf(past) === undefined;
    const isDue = isFirst || past?.phase !== heartbeat.phase;
    const sample = isDue || isSampleDue(report?.heartbeatAt ?? null, now, SAMPLE_MS) ? sampleOf(heartbeat) : undefined;
    const isStageDue = isDue || isSampleDue(report?.heartbeatAt ?? null, now, STAGE_SAMPLE_MS);
    // A worker that was sampled before anybody noted since when: that stays unknown.
    const first = sample !== undefined && isFirst ? now : undefined;
    const sampledSince = past?.sampledSince ?? first;
    const stagesSince = past?.stagesSince ?? first;
    const stored = {
      ...kept,
      rates,
      ...(sampledSince === undefined ? {} : { sampledSince }),
      ...(stagesSince === undefined ? {} : { stagesSince }),
    };
    const row = { heartbeat: JSON.stringify(stored), heartbeatAt: now, ...admitted.window };
    await tx
      .insert(runReports)
      .values({ runId, ...row })
      .onConflictDoUpdate({ target: runReports.runId, set: row });
    for (const event of admitted.events) await recordEvent(tx, { ...event, pipelineId: run.pipelineId, runId });
    const held = heldBackSinceNow(heartbeat, isSameWorker ? before : undefined);
    if (held !== undefined)
      await recordEvent(tx, { at: now, severity: 'warning', ...held, pipelineId: run.pipelineId, runId });
    if (sample !== undefined)
      await tx
        .insert(samples)
        .values({ pipelineId: run.pipelineId, at: now, countedSince: sampledSince ?? null, ...sample });
    if (sample !== undefined && isStageDue)
      await tx.insert(stageSamples).values({
        pipelineId: run.pipelineId,
        runId,
        at: now,
        workerId: heartbeat.workerId,
        countedSince: stagesSince ?? null,
        counters: encodeStageCounters(stageCountersOf(heartbeat)),
      });
    return answer(desired, isChanged);
  });
};

/** Heartbeats of one run follow one another; whoever reads the run in the meantime is not held up. */
const lockReport = async (db: Database, runId: string): Promise<typeof runReports.$inferSelect | undefined> => {
  const [report] = await db.select().from(runReports).where(eq(runReports.runId, runId)).for('update');
  return report;
};

/** The run itself is written only when it has another worker or that one has come to another phase. */
const noteWorker = async (db: Database, { runId, phase, workerId, pid, host, startedAt }: Heartbeat): Promise<void> => {
  await db
    .update(runs)
    .set({ phase, workerId, workerPid: pid, workerHost: host, workerStartedAt: startedAt })
    .where(eq(runs.runId, runId));
};

/** The pipeline's row first, as in all transactions that touch both (its events and samples refer to it). */
const lockRun = async (db: Database, runId: string): Promise<typeof runs.$inferSelect | undefined> => {
  const [known] = await db.select({ pipelineId: runs.pipelineId }).from(runs).where(eq(runs.runId, runId));
  if (known === undefined) return undefined;
  await db
    .select({ pipelineId: pipelines.pipelineId })
    .from(pipelines)
    .where(eq(pipelines.pipelineId, known.pipelineId))
    .for('key share');
  const [run] = await db.select().from(runs).where(eq(runs.runId, runId)).for('key share');
  return run;
};

/** Told once, when it begins to show; the run's view says it as long as it lasts. */
const heldBackSinceNow = (heartbeat: Heartbeat, before: Heartbeat | undefined): ReturnType<typeof heldBackOf> =>
  before === undefined || heldBackOf(before, 0) === undefined ? heldBackOf(heartbeat, 0) : undefined;

/** Events are sent again until they were acknowledged: those of the last heartbeat are known. */
const newEvents = (heartbeat: Heartbeat, before: Heartbeat | undefined): readonly RunEvent[] => {
  const known = new Set(before?.events.map(identityOf));
  return heartbeat.events.filter((event) => !known.has(identityOf(event)));
};

const identityOf = ({ at, code, message }: RunEvent): string => JSON.stringify([at, code, message]);

/** Weight of the past halves in this time. */
const RATE_HALF_LIFE_MS = 3000;

const ratesOf = (
  heartbeat: Heartbeat,
  before: StoredHeartbeat | undefined,
  lastAt: number | null,
  now: number,
): Rates => {
  if (before === undefined || lastAt === null) return { inPerSecond: 0, outPerSecond: 0 };
  const elapsedMs = now - lastAt;
  const past = before.rates ?? { inPerSecond: 0, outPerSecond: 0 };
  if (elapsedMs <= 0) return past;
  const weight = 0.5 ** (elapsedMs / RATE_HALF_LIFE_MS);
  const smooth = (old: number, records: number): number =>
    Math.round((old * weight + (1 - weight) * (Math.max(0, records) / elapsedMs) * 1000) * 10) / 10;
  return {
    inPerSecond: smooth(past.inPerSecond, heartbeat.recordsRead - before.recordsRead),
    outPerSecond: smooth(past.outPerSecond, heartbeat.recordsWritten - before.recordsWritten),
  };
};

/** The first heartbeat of each step, and the first of a worker that has positions: needs no memory of its own. */
const isSampleDue = (lastAt: number | null, now: number, stepMs: number): boolean =>
  lastAt === null || Math.floor(lastAt / stepMs) !== Math.floor(now / stepMs);

/** Undefined before the tasks know where they stand and how far there is to go. */
const sourceTasksOf = ({ tasks }: StoredHeartbeat): StoredHeartbeat['tasks'] | undefined => {
  const all = tasks.filter(isOfSource);
  // Slots of a clock are no offsets: beside topics they do not count.
  const reading = all.filter(({ topic }) => topic !== '');
  const source = reading.length > 0 ? reading : all;
  if (source.some(({ committedOffset, endOffset }) => committedOffset < 0 || endOffset < 0)) return undefined;
  return source.length === 0 ? undefined : source;
};

const sampleOf = (heartbeat: StoredHeartbeat) => {
  const source = sourceTasksOf(heartbeat);
  if (source === undefined) return undefined;
  return {
    runId: heartbeat.runId,
    topic: topicsText(source.map(({ topic }) => topic)),
    lag: sum(source.map((task) => Math.max(0, task.lag))),
    offset: sum(source.map((task) => task.committedOffset)),
    recordsIn: heartbeat.recordsRead,
    recordsOut: heartbeat.recordsWritten,
    errors: errorsOf(heartbeat),
    dropped: droppedOf(heartbeat),
    workerId: heartbeat.workerId,
    rssMb: Math.round(heartbeat.rssMb),
    eventLagMs: eventLagOf(heartbeat),
    ...commitsOf(heartbeat),
  };
};

/** Of the partition of a source that is furthest behind; null: none has said. */
const eventLagOf = ({ tasks }: Pick<Heartbeat, 'tasks'>): number | null => {
  const lags = tasks.filter(isOfSource).flatMap(({ eventLagMs }) => eventLagMs ?? []);
  return lags.length === 0 ? null : Math.max(...lags);
};

/** Over all tasks since the worker started; null from workers that do not measure time. */
const commitsOf = ({ work }: Pick<Heartbeat, 'work'>): { commits: number | null; commitMs: number | null } => {
  if (work === undefined) return { commits: null, commitMs: null };
  const parts = Object.values(work);
  return { commits: sum(parts.map(({ commits }) => commits)), commitMs: sum(parts.map(({ commitMs }) => commitMs)) };
};

/** Error records over all stages and codes since the worker started. */
export const errorsOf = (heartbeat: Omit<Heartbeat, 'snapshot'>): number =>
  sum(Object.values(heartbeat.stages).flatMap((stage) => Object.values(stage.errors)));

/** Records dropped for a stated reason over all stages since the worker started. */
export const droppedOf = (heartbeat: Omit<Heartbeat, 'snapshot'>): number =>
  sum(Object.values(heartbeat.stages).flatMap((stage) => Object.values(stage.dropped)));
