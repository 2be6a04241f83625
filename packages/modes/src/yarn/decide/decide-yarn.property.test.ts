import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DesiredRun, nextState, type PipelineState, type WorkerPhase } from '@penstock/model';
import fc from 'fast-check';
import type { Action, Evidence } from '../../supervision/decision.ts';
import { DEFAULT_POLICY as P } from '../../supervision/policy.ts';
import { NO_SUPERVISION, released } from '../../supervision/supervision.ts';
import type { YarnEvidence, YarnSupervision } from '../yarn-records.ts';
import { decideYarn } from './decide-yarn.ts';

/** What may happen between two looks. */
type Happening =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'submitted' | 'submit-failed' | 'unreachable' | 'reachable' | 'forgotten' | 'service-ends' }
  | { readonly kind: 'yarn'; readonly state: string; readonly attempt: number }
  | { readonly kind: 'ends'; readonly state: 'FINISHED' | 'FAILED' | 'KILLED' }
  | { readonly kind: 'driver'; readonly phase: WorkerPhase; readonly attempt: number; readonly executors: number }
  | { readonly kind: 'desired'; readonly desired: 'pause' | 'stop' }
  | { readonly kind: 'fencing'; readonly works: boolean };

const what: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('time' as const), ms: fc.constantFrom(1000, 5000, 30_000, 700_000) }),
  fc.record({
    kind: fc.constantFrom('submitted', 'submit-failed', 'unreachable', 'reachable', 'service-ends', 'forgotten'),
  }) as fc.Arbitrary<Happening>,
  fc.record({ kind: fc.constant('submitted' as const) }),
  fc.record({
    kind: fc.constant('yarn' as const),
    state: fc.constantFrom('ACCEPTED', 'RUNNING'),
    attempt: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    kind: fc.constant('ends' as const),
    state: fc.constantFrom('FINISHED' as const, 'FAILED' as const, 'KILLED' as const),
  }),
  fc.record({
    kind: fc.constant('driver' as const),
    phase: fc.constantFrom<WorkerPhase>('starting', 'running', 'draining', 'stopped', 'failed'),
    attempt: fc.integer({ min: 1, max: 3 }),
    executors: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ kind: fc.constant('desired' as const), desired: fc.constantFrom('pause' as const, 'stop' as const) }),
  fc.record({ kind: fc.constant('fencing' as const), works: fc.boolean() }),
);

/** Several things may happen before anybody looks. */
const happening = fc.record({ what, isSeen: fc.boolean() });

/** A cluster and the run of one pipeline on it, in which actions have their effects. */
class World {
  now = 1_800_000_000_000;
  desired: DesiredRun = 'run';
  desiredAt = this.now;
  state: PipelineState = 'STARTING';
  hasRun = false;
  isOver = false;
  supervision: YarnSupervision = NO_SUPERVISION;
  launches = 0;
  isSubmitting = false;
  isReachable = true;
  canFence = true;
  /** Of the last launch. */
  application: { state: string; attempt: number } | undefined;
  isForgotten = false;
  accepted = 0;
  askedByService = 0;
  heard: Evidence<YarnEvidence>['heard'];

  get isAlive(): boolean {
    return this.application !== undefined && !['FINISHED', 'FAILED', 'KILLED'].includes(this.application.state);
  }

  take(what: Happening): void {
    switch (what.kind) {
      case 'time':
        this.now += what.ms;
        return;
      case 'submitted':
        if (!this.isSubmitting) return;
        this.isSubmitting = false;
        this.application = { state: 'ACCEPTED', attempt: 0 };
        this.accepted += 1;
        return;
      case 'submit-failed':
        this.isSubmitting = false;
        return;
      case 'unreachable':
      case 'reachable':
        this.isReachable = what.kind === 'reachable';
        return;
      case 'forgotten':
        // A ResourceManager started anew without its recovery store; its NodeManagers end what they have.
        if (this.application === undefined) return;
        this.isForgotten = true;
        this.application = { ...this.application, state: 'KILLED' };
        return;
      case 'service-ends':
        if (this.supervision.launch === undefined) return;
        this.supervision = { ...this.supervision, asked: { ...this.supervision.asked, graceful: this.now } };
        if (this.supervision.asked?.because === undefined) this.askedByService += 1;
        return;
      case 'yarn':
        if (this.isAlive) this.application = { state: what.state, attempt: what.attempt };
        return;
      case 'ends':
        if (this.isAlive && this.application !== undefined)
          this.application = { ...this.application, state: what.state };
        return;
      case 'driver':
        if (this.isAlive) this.heard = { at: this.now, heartbeat: heartbeatOf(what, this.now) };
        return;
      case 'desired': {
        const next = nextState(this.state, what.desired);
        if (next === undefined) return;
        this.state = next;
        this.desired = what.desired;
        this.desiredAt = this.now;
        return;
      }
      case 'fencing':
        this.canFence = what.works;
    }
  }

  evidence(): Evidence<YarnEvidence> {
    if (this.supervision.launch === undefined) return { listeningSince: 0 };
    return {
      process: this.#process(),
      listeningSince: 0,
      ...(this.heard === undefined ? {} : { heard: this.heard }),
    };
  }

  #process(): YarnEvidence {
    if (!this.isReachable) return { kind: 'unreachable', message: 'away' };
    const applicationId = 'application_1_0001';
    if (this.isForgotten) return { kind: 'lost', applicationId };
    if (this.application === undefined) return this.isSubmitting ? { kind: 'submitting' } : { kind: 'never-started' };
    const { state, attempt } = this.application;
    return {
      kind: 'application',
      application: {
        applicationId,
        state,
        finalStatus: state === 'FINISHED' ? 'SUCCEEDED' : state,
        diagnostics: '',
        queue: 'default',
        attempts: attempt,
        trackingUrl: '',
        startedAt: this.now,
        finishedAt: 0,
        memoryMb: 0,
        vcores: 0,
        containers: 0,
      },
    };
  }

  look(): void {
    const view = {
      desired: this.desired,
      desiredAt: this.desiredAt,
      state: this.state,
      hasRun: this.hasRun,
      kafkaRate: 1000,
      executors: 2,
      supervision: this.supervision,
    };
    const { supervision, actions } = decideYarn(view, this.evidence(), this.now, P);
    this.supervision = JSON.parse(JSON.stringify(supervision)) as YarnSupervision;
    for (const action of actions) if (!this.isOver) this.#act(action);
  }

  #act(action: Action): void {
    switch (action.kind) {
      case 'spawn':
        assert.ok(!this.isAlive && !this.isSubmitting, 'submitted while there may be an application');
        assert.equal(this.desired, 'run');
        assert.ok(this.accepted <= this.askedByService, 'a second application that the service did not cause');
        this.launches += 1;
        this.isSubmitting = true;
        this.application = undefined;
        this.isForgotten = false;
        this.heard = undefined;
        this.supervision = {
          ...this.supervision,
          launches: this.launches,
          launch: { launchId: `l${this.launches}`, kind: 'cluster', host: 'here', at: this.now, tag: 't' },
        };
        return;
      case 'terminate':
        // A kill of what is being submitted may come too late, and one of an application takes a while.
        return;
      case 'fence':
        assert.ok(!this.isAlive, 'fenced what may go on');
        this.supervision = this.canFence
          ? released(this.supervision)
          : {
              ...this.supervision,
              fencing: {
                since: this.supervision.fencing?.since ?? this.now,
                failures: 1,
                notBefore: this.now,
                message: 'away',
              },
            };
        return;
      case 'clear':
        assert.ok(!this.isAlive && !this.isSubmitting, 'cleared under an application');
        this.#observe('workerStopped');
        return;
      case 'observe':
        if (action.observation === 'workerRunning') {
          assert.equal(this.heard?.heartbeat.phase, 'running');
          assert.ok(this.now - (this.heard?.at ?? 0) <= P.heartbeatTimeoutMs, 'RUNNING by an old word');
        } else if (action.observation !== 'workerLost') {
          assert.ok(!this.isAlive && !this.isSubmitting, `${action.observation} while there may be an application`);
        }
        this.#observe(action.observation);
    }
  }

  #observe(observation: Parameters<typeof nextState>[1]): void {
    const next = nextState(this.state, observation);
    assert.notEqual(next, undefined, `${observation} in ${this.state}`);
    if (next === undefined) return;
    this.state = next;
    if (next === 'RUNNING') this.hasRun = true;
    this.isOver = !['STARTING', 'RUNNING', 'PAUSING', 'STOPPING'].includes(next);
  }
}

const heartbeatOf = (
  { phase, attempt, executors }: Extract<Happening, { kind: 'driver' }>,
  at: number,
): NonNullable<Evidence<YarnEvidence>['heard']>['heartbeat'] => ({
  runId: 'r',
  workerId: `w${attempt}`,
  pid: 1,
  host: 'node1',
  startedAt: at,
  sequence: 1,
  phase,
  ...(phase === 'failed' ? { failure: { code: 'X', message: 'x', retryable: attempt % 2 === 0 } } : {}),
  tasks: [],
  stages: {},
  recordsRead: 0,
  bytesRead: 0,
  recordsWritten: 0,
  rssMb: 1,
  cpuMs: 1,
  events: [],
  cluster: {
    tag: 't',
    applicationId: 'application_1_0001',
    attempt,
    executors: Array.from({ length: executors }, (_, index) => ({
      executorId: String(index),
      host: 'node1',
      containerId: `container_1_0001_0${attempt}_00000${index + 2}`,
      tasks: 1,
      jvmPid: 1,
      jvmRssMb: 1,
      jvmCpuMs: 1,
    })),
    batches: { intervalMs: 1000, completed: 1, waiting: 0, schedulingDelayMs: 0, processingMs: 1 },
  },
});

test('whatever happens in whatever order: no second application, nothing settled while there may be one', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 100 }), (happenings) => {
      const world = new World();
      world.look();
      for (const { what, isSeen } of happenings) {
        world.take(what);
        if (isSeen) world.look();
        if (world.isOver) return;
      }
    }),
    { numRuns: 5000 },
  );
});

test('whatever has happened: a stop comes to an end once the cluster and Kafka answer', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      const world = new World();
      world.look();
      for (const { what, isSeen } of happenings) {
        world.take(what);
        if (isSeen) world.look();
        if (world.isOver) return;
      }
      const calm: Happening[] = [
        { kind: 'reachable' },
        { kind: 'fencing', works: true },
        { kind: 'desired', desired: 'stop' },
        { kind: 'submitted' },
        { kind: 'time', ms: 700_000 },
        { kind: 'ends', state: 'KILLED' },
      ];
      for (const what of calm) world.take(what);
      for (let looks = 0; looks < 5 && !world.isOver; looks += 1) world.look();
      assert.ok(world.isOver, `still ${world.state}`);
    }),
    { numRuns: 1500 },
  );
});
