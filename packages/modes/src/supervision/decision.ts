import type { DesiredRun, Heartbeat, PipelineState, RunFailure } from '@penstock/model';
import type { TerminateHow } from './launcher.ts';
import type { SupervisionPolicy } from './policy.ts';
import type { Supervision } from './supervision.ts';

/** A run as the database has it. */
export interface RunView<S extends Supervision = Supervision> {
  readonly desired: DesiredRun;
  /** Unix ms. */
  readonly desiredAt: number;
  readonly state: PipelineState;
  /** Whether this run was ever seen running. */
  readonly hasRun: boolean;
  readonly kafkaRate: number;
  readonly supervision: S;
}

export interface Evidence<E extends object = object> {
  /** What the mode's launcher sees of the launch. Absent where there is no launch to look at. */
  readonly process?: E;
  /** The last heartbeat, only if it is of the current launch. */
  readonly heard?: { readonly at: number; readonly heartbeat: Heartbeat };
  /** Unix ms since when this instance could have heard heartbeats at all: silence before proves nothing. */
  readonly listeningSince: number;
  /** Whether the worker has said that its source has no more records (`SOURCE_FINISHED`). */
  readonly sourceFinished?: boolean;
}

export type Action =
  | { readonly kind: 'spawn' }
  | { readonly kind: 'terminate'; readonly how: TerminateHow; readonly because?: RunFailure }
  /** Takes its tasks from a worker that cannot be seen, so that it can commit nothing any more; then forgets the launch. */
  | { readonly kind: 'fence' }
  /** Deletes state, internal topics and offsets; on success the supervisor observes `workerStopped`. */
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'observe';
      readonly observation:
        | 'workerRunning'
        | 'workerLost'
        | 'workerStopped'
        | 'startFailed'
        | 'workerFailed'
        | 'finished';
      readonly reason?: RunFailure;
    };

export interface Decision<S extends Supervision = Supervision> {
  /** To be stored before the actions are taken. */
  readonly supervision: S;
  readonly actions: readonly Action[];
}

/** What to do about one run, from what is known of it. Pure. */
export type Decide<V extends RunView = RunView, E extends object = object> = (
  run: V,
  evidence: Evidence<E>,
  now: number,
  policy: SupervisionPolicy,
) => Decision<V['supervision']>;

/** The event by which a worker says that its source has no more records (a source that is in the document itself). */
export const SOURCE_FINISHED = 'SOURCE_FINISHED';

/** There is certainly nothing at work: settles what is desired, or starts the next worker when it is its turn. */
export const withoutWorker = <S extends Supervision>(run: RunView<S>, now: number): Decision<S> => {
  const { supervision } = run;
  if (run.desired !== 'run') return { supervision, actions: settle(run, now) };
  if (supervision.givenUp !== undefined) return { supervision, actions: [failed(run, supervision.givenUp)] };
  const lost: readonly Action[] = run.state === 'RUNNING' ? [lostBecause(supervision.lastFailure)] : [];
  return { supervision, actions: now >= supervision.notBefore ? [...lost, { kind: 'spawn' }] : lost };
};

/** What completes a pause or a stop once nothing is at work. */
export const settle = ({ desired, supervision }: RunView, now: number): readonly Action[] => {
  if (desired === 'pause') return [{ kind: 'observe', observation: 'workerStopped' }];
  return now >= (supervision.clearing?.notBefore ?? 0) ? [{ kind: 'clear' }] : [];
};

/** The end of a run that cannot be mended. */
export const failed = (run: RunView, reason: RunFailure): Action => ({
  kind: 'observe',
  observation: run.hasRun ? 'workerFailed' : 'startFailed',
  reason,
});

export const lostBecause = (reason: RunFailure | undefined): Action => ({
  kind: 'observe',
  observation: 'workerLost',
  ...(reason === undefined ? {} : { reason }),
});

/** Says that a running pipeline does not run at the moment; nothing where that is known already. */
export const lostIfRunning = (run: RunView, reason: RunFailure | undefined): readonly Action[] =>
  run.state === 'RUNNING' ? [lostBecause(reason)] : [];

/** Asks whatever is at work to end; asks again only after a while. */
export const ask = <S extends Supervision>(
  run: RunView<S>,
  how: TerminateHow,
  now: number,
  policy: SupervisionPolicy,
  because?: RunFailure,
): Decision<S> => {
  const { supervision } = run;
  const earlier = supervision.asked?.[how === 'kill' ? 'kill' : 'graceful'];
  if (earlier !== undefined && now - earlier < policy.signalAfterMs) return { supervision, actions: [] };
  const reason = because === undefined ? {} : { because };
  return {
    supervision: { ...supervision, asked: { ...supervision.asked, [how]: now, ...reason } },
    actions: [{ kind: 'terminate', how, ...reason }],
  };
};

/** Every task that has backlog stands still. At rate 0 that is what was asked for. */
export const isStalled = (heartbeat: Heartbeat, kafkaRate: number, policy: SupervisionPolicy): boolean => {
  const backlogged = heartbeat.tasks.filter((task) => task.lag > 0);
  return (
    kafkaRate > 0 &&
    heartbeat.phase === 'running' &&
    backlogged.length > 0 &&
    backlogged.every((task) => task.stalledMs > policy.stalledLimitMs)
  );
};
