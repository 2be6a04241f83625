import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DesiredRun, Heartbeat, PipelineState, TaskProgress } from '@penstock/model';
import fc from 'fast-check';
import type { Action, Evidence, RunView } from '../supervision/decision.ts';
import { DEFAULT_POLICY as P } from '../supervision/policy.ts';
import { backoffOf, NO_SUPERVISION, noteFailure } from '../supervision/supervision.ts';
import { decideStandalone as decide } from './decide-standalone.ts';
import type { StandaloneEvidence, StandaloneLaunch, StandaloneSupervision } from './standalone-records.ts';

const NOW = 1_800_000_000_000;
const launch: StandaloneLaunch = {
  launchId: 'l1',
  kind: 'standalone',
  host: 'here',
  at: NOW - 30_000,
  pid: 42,
  processStartedAt: 's',
};
const alive: StandaloneEvidence = { kind: 'alive', pid: 42, processStartedAt: 's' };
const dead: StandaloneEvidence = { kind: 'dead', exit: { code: null, signal: 'SIGKILL' } };
const away: StandaloneEvidence = { kind: 'out-of-sight', host: 'there' };

const task = (over: Partial<TaskProgress> = {}): TaskProgress => ({
  part: 0,
  topic: 't',
  partition: 0,
  committedOffset: 100,
  endOffset: 200,
  lag: 100,
  stalledMs: 0,
  ...over,
});
const heartbeat = (over: Partial<Heartbeat> = {}): Heartbeat => ({
  runId: 'r',
  workerId: 'w',
  pid: 42,
  host: 'here',
  startedAt: NOW - 30_000,
  sequence: 9,
  phase: 'running',
  tasks: [task()],
  stages: {},
  recordsRead: 0,
  bytesRead: 0,
  recordsWritten: 0,
  rssMb: 100,
  cpuMs: 100,
  events: [],
  ...over,
});
const run = (
  over: Partial<RunView<StandaloneSupervision>> = {},
  supervision: Partial<StandaloneSupervision> = { launch, launches: 1 },
): RunView<StandaloneSupervision> => ({
  desired: 'run',
  desiredAt: NOW - 30_000,
  state: 'RUNNING',
  hasRun: true,
  kafkaRate: 1000,
  supervision: { ...NO_SUPERVISION, ...supervision },
  ...over,
});
const seen = (
  process: StandaloneEvidence | undefined,
  over: Partial<Evidence<StandaloneEvidence>> = {},
): Evidence<StandaloneEvidence> => ({
  ...(process === undefined ? {} : { process }),
  heard: { at: NOW - 1000, heartbeat: heartbeat() },
  listeningSince: 0,
  ...over,
});
const unheard = { listeningSince: 0 };
const kinds = (actions: readonly Action[]): string[] =>
  actions.map((action) =>
    action.kind === 'observe' ? action.observation : action.kind === 'terminate' ? action.how : action.kind,
  );

const failure = { code: 'X', message: 'x', retryable: true };
/** One look at a run: how it stands, what is seen of it, and what follows. What follows upon what is told in stories. */
interface Look {
  readonly given: RunView<StandaloneSupervision>;
  readonly seen: Evidence<StandaloneEvidence>;
  readonly decides: string;
}

const cases: Readonly<Record<string, Look>> = {
  'starts a worker where there is none': { given: run({ state: 'STARTING' }, {}), seen: unheard, decides: 'spawn' },
  'waits for its turn after a failure': {
    given: run({ state: 'STARTING' }, { notBefore: NOW + 1 }),
    seen: unheard,
    decides: 'nothing',
  },
  'says that a worker is gone while it waits': {
    given: run({}, { notBefore: NOW + 1, lastFailure: failure }),
    seen: unheard,
    decides: 'workerLost',
  },
  'leaves a healthy worker alone': { given: run(), seen: seen(alive), decides: 'nothing' },
  'is RUNNING only when the worker says so': {
    given: run({ state: 'STARTING' }),
    seen: seen(alive),
    decides: 'workerRunning',
  },
  'is not RUNNING while the worker restores its state': {
    given: run({ state: 'STARTING' }),
    seen: seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ phase: 'starting' }) } }),
    decides: 'nothing',
  },
  'is not RUNNING by the process alone': {
    given: run({ state: 'STARTING' }),
    seen: { process: alive, listeningSince: 0 },
    decides: 'nothing',
  },
  'says that a running worker has died': { given: run(), seen: seen(dead), decides: 'workerLost' },
  'replaces a worker that is silent while its process lives': {
    given: run(),
    seen: seen(alive, { heard: { at: NOW - P.heartbeatTimeoutMs - 1, heartbeat: heartbeat() } }),
    decides: 'workerLost, kill',
  },
  'does not count silence from before it could listen': {
    given: run(),
    seen: seen(alive, {
      heard: { at: NOW - P.heartbeatTimeoutMs - 1, heartbeat: heartbeat() },
      listeningSince: NOW - 1000,
    }),
    decides: 'nothing',
  },
  'gives a new process longer until its first word': {
    given: run({ state: 'STARTING' }, { launch: { ...launch, at: NOW - P.heartbeatTimeoutMs - 1 } }),
    seen: { process: alive, listeningSince: 0 },
    decides: 'nothing',
  },
  'replaces a process that never says a word': {
    given: run({ state: 'STARTING' }, { launch: { ...launch, at: NOW - P.firstHeartbeatTimeoutMs - 1 } }),
    seen: { process: alive, listeningSince: 0 },
    decides: 'kill',
  },
  'replaces a worker that stands still before its backlog': {
    given: run(),
    seen: seen(alive, {
      heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ stalledMs: P.stalledLimitMs + 1 })] }) },
    }),
    decides: 'workerLost, kill',
  },
  'lets a worker stand still at rate 0': {
    given: run({ kafkaRate: 0 }),
    seen: seen(alive, {
      heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ stalledMs: P.stalledLimitMs + 1 })] }) },
    }),
    decides: 'nothing',
  },
  'lets a worker stand still without backlog': {
    given: run(),
    seen: seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ lag: 0, stalledMs: 1e9 })] }) } }),
    decides: 'nothing',
  },
  'leaves a worker alone of which one task moves': {
    given: run(),
    seen: seen(alive, {
      heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ stalledMs: 1e9 }), task({ partition: 1 })] }) },
    }),
    decides: 'nothing',
  },
  'replaces a worker that never gets ready': {
    given: run(
      { state: 'STARTING' },
      {
        launch: { ...launch, at: NOW - P.startupLimitMs - 1 },
        startup: { since: NOW - P.startupLimitMs - 1, progress: 0 },
      },
    ),
    seen: seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ phase: 'starting' }) } }),
    decides: 'kill',
  },
  'gives up on what cannot be mended': {
    given: run({ hasRun: false, state: 'STARTING' }, { givenUp: failure }),
    seen: unheard,
    decides: 'startFailed',
  },
  'gives up on what has run before': {
    given: run({ state: 'STARTING' }, { givenUp: failure }),
    seen: unheard,
    decides: 'workerFailed',
  },
  'starts again after an intent that came to nothing': {
    given: run({ state: 'STARTING' }),
    seen: seen({ kind: 'never-started' }),
    decides: 'spawn',
  },
  'finishes when the source has ended': {
    given: run(),
    seen: seen({ kind: 'dead', exit: { code: 0, signal: null } }, { sourceFinished: true }),
    decides: 'finished',
  },
  'does not finish by a worker that was killed after its source had ended': {
    given: run(),
    seen: seen(dead, { sourceFinished: true }),
    decides: 'workerLost',
  },
  'goes on at once after the service itself asked the worker to end': {
    given: run({}, { launch, asked: { graceful: NOW - 1000 } }),
    seen: seen({ kind: 'dead', exit: { code: 0, signal: null } }),
    decides: 'workerLost, spawn',
  },
  'pauses by the heartbeat first': {
    given: run({ desired: 'pause', desiredAt: NOW, state: 'PAUSING' }),
    seen: seen(alive),
    decides: 'nothing',
  },
  'then by a signal': {
    given: run({ desired: 'pause', desiredAt: NOW - P.signalAfterMs - 1, state: 'PAUSING' }),
    seen: seen(alive),
    decides: 'graceful',
  },
  'then by force': {
    given: run({ desired: 'pause', desiredAt: NOW - P.killAfterMs - 1, state: 'PAUSING' }),
    seen: seen(alive),
    decides: 'kill',
  },
  'does not repeat a signal every second': {
    given: run(
      { desired: 'pause', desiredAt: NOW - P.killAfterMs - 1, state: 'PAUSING' },
      { launch, asked: { kill: NOW - 1000 } },
    ),
    seen: seen(alive),
    decides: 'nothing',
  },
  'is paused when the process is gone': {
    given: run({ desired: 'pause', state: 'PAUSING' }),
    seen: seen(dead),
    decides: 'workerStopped',
  },
  'clears when a stopped process is gone': {
    given: run({ desired: 'stop', state: 'STOPPING' }),
    seen: seen(dead),
    decides: 'clear',
  },
  'clears where there never was a worker': {
    given: run({ desired: 'stop', state: 'STOPPING' }, {}),
    seen: unheard,
    decides: 'clear',
  },
  'waits before it tries a failed clearing again': {
    given: run({ desired: 'stop', state: 'STOPPING' }, { clearing: { failures: 1, notBefore: NOW + 1 } }),
    seen: unheard,
    decides: 'nothing',
  },
  'trusts the heartbeat of a worker on another host': { given: run(), seen: seen(away), decides: 'nothing' },
  'takes a silent worker on another host for dead': {
    given: run({}, { launch: { ...launch, at: NOW - 90_000 } }),
    seen: seen(away, { heard: { at: NOW - P.outOfSightTimeoutMs - 1, heartbeat: heartbeat() } }),
    decides: 'workerLost',
  },
  'fences a worker on another host that does not stop': {
    given: run({ desired: 'stop', desiredAt: NOW - P.killAfterMs - 1, state: 'STOPPING' }),
    seen: seen(away),
    decides: 'fence',
  },
};

for (const [name, { given, seen, decides }] of Object.entries(cases))
  test(name, () => {
    assert.equal(kinds(decide(given, seen, NOW, P).actions).join(', ') || 'nothing', decides);
  });

test('a fatal exit is given up at once, with the reason of the worker', () => {
  const reason = { code: 'DOCUMENT_INVALID', message: 'no', retryable: false };
  const evidence = seen(
    { kind: 'dead', exit: { code: 3, signal: null } },
    { heard: { at: NOW, heartbeat: heartbeat({ phase: 'failed', failure: reason }) } },
  );
  const { actions, supervision } = decide(run(), evidence, NOW, P);
  assert.deepEqual(actions, [{ kind: 'observe', observation: 'workerFailed', reason }]);
  assert.deepEqual(supervision.givenUp, reason);
});

test('back-off doubles to a minute', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 8, 100].map((failures) => backoffOf(failures, P)),
    [1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000],
  );
});

test('failures in a row without progress end the run; progress starts the count again', () => {
  let supervision: StandaloneSupervision = NO_SUPERVISION;
  for (let round = 1; round < P.maxFailures; round++) {
    supervision = noteFailure(supervision, failure, 100, NOW, P);
    assert.deepEqual([supervision.failures, supervision.givenUp], [round, undefined]);
  }
  const progressed = noteFailure(supervision, failure, 101, NOW, P);
  assert.deepEqual([progressed.failures, progressed.givenUp], [1, undefined]);
  const ended = noteFailure(supervision, failure, 100, NOW, P);
  assert.equal(ended.givenUp?.retryable, false);
  assert.match(ended.givenUp?.message ?? '', /given up after 8 failures in a row/);
});

test('ten minutes of health forget earlier failures', () => {
  const long = { launch: { ...launch, at: NOW - P.healthyAfterMs - 1 }, failures: 5, lastFailure: failure };
  const { supervision } = decide(run({}, long), seen(alive), NOW, P);
  assert.deepEqual([supervision.failures, supervision.lastFailure], [0, undefined]);
});

const anyEvidence: fc.Arbitrary<StandaloneEvidence> = fc.oneof(
  fc.constant<StandaloneEvidence>({ kind: 'never-started' }),
  fc.constant(alive),
  fc.constant<StandaloneEvidence>({ kind: 'alive', pid: 43, processStartedAt: 'other' }),
  fc.constant(away),
  fc.record({
    kind: fc.constant('dead' as const),
    exit: fc.record({ code: fc.constantFrom(0, 1, 3, null), signal: fc.constantFrom('SIGKILL', null) }),
  }),
);
const anyRun = fc.record({
  desired: fc.constantFrom<DesiredRun>('run', 'pause', 'stop'),
  desiredAgo: fc.integer({ min: 0, max: 200_000 }),
  state: fc.constantFrom<PipelineState>('STARTING', 'RUNNING', 'PAUSING', 'STOPPING'),
  hasRun: fc.boolean(),
  kafkaRate: fc.constantFrom(0, 1000),
  hasLaunch: fc.boolean(),
  failures: fc.integer({ min: 0, max: 9 }),
  notBefore: fc.integer({ min: NOW - 10_000, max: NOW + 10_000 }),
  asked: fc.option(fc.record({ graceful: fc.integer({ min: NOW - 60_000, max: NOW }) }), { nil: undefined }),
});
const anyHeard = fc.option(
  fc.record({
    ago: fc.integer({ min: 0, max: 200_000 }),
    phase: fc.constantFrom(
      'starting' as const,
      'running' as const,
      'draining' as const,
      'stopped' as const,
      'failed' as const,
    ),
    stalledMs: fc.integer({ min: 0, max: 200_000 }),
    lag: fc.integer({ min: 0, max: 3 }),
  }),
  { nil: undefined },
);

test('never starts a worker, nor forgets or clears after one, without evidence that it is gone', () => {
  fc.assert(
    fc.property(
      anyRun,
      anyEvidence,
      anyHeard,
      fc.integer({ min: 0, max: NOW }),
      fc.boolean(),
      (given, process, heard, listeningSince, sourceFinished) => {
        const view = run(
          { ...given, desiredAt: NOW - given.desiredAgo },
          {
            launches: 1,
            failures: given.failures,
            notBefore: given.notBefore,
            ...(given.hasLaunch ? { launch } : {}),
            ...(given.hasLaunch && given.asked !== undefined ? { asked: given.asked } : {}),
          },
        );
        const evidence: Evidence<StandaloneEvidence> = {
          listeningSince,
          sourceFinished,
          ...(given.hasLaunch ? { process } : {}),
          ...(heard === undefined || !given.hasLaunch
            ? {}
            : {
                heard: {
                  at: NOW - heard.ago,
                  heartbeat: heartbeat({
                    phase: heard.phase,
                    tasks: [task({ lag: heard.lag, stalledMs: heard.stalledMs })],
                  }),
                },
              }),
        };
        const { actions, supervision } = decide(view, evidence, NOW, P);
        const lastWord = Math.max(launch.at, NOW - (heard?.ago ?? NOW), listeningSince);
        const isGone =
          !given.hasLaunch ||
          process.kind === 'dead' ||
          process.kind === 'never-started' ||
          (process.kind === 'out-of-sight' && NOW - lastWord > P.outOfSightTimeoutMs);
        const spawns = actions.filter(({ kind }) => kind === 'spawn').length;
        assert.ok(spawns <= 1);
        if (!isGone) {
          assert.deepEqual(
            actions.filter(({ kind }) => kind === 'spawn' || kind === 'clear').map(({ kind }) => kind),
            [],
          );
          assert.notEqual(supervision.launch, undefined);
          assert.ok(!kinds(actions).includes('workerStopped'));
        }
        if (given.desired !== 'run') assert.equal(spawns, 0);
        if (spawns === 1) assert.equal(supervision.launch, undefined);
        // Every action is one that is still right when it is taken a second time by another instance.
        assert.deepEqual(
          decide(
            { ...view, supervision },
            given.hasLaunch && supervision.launch === undefined ? { listeningSince } : evidence,
            NOW,
            P,
          ).supervision,
          supervision,
        );
      },
    ),
    { numRuns: 3000 },
  );
});

for (const [by, evidence, rssMb] of [
  ['as the machine tells', { ...alive, residentMb: 2049 }, 100],
  ['as it says itself, where the machine does not tell', alive, 2049],
] as const)
  test(`a worker that takes more memory than its CU is ended and started again, ${by}`, () => {
    const known = { launch: { ...launch, memoryMb: 2048 }, launches: 1 };
    const heard = { at: NOW, heartbeat: heartbeat({ rssMb }) };
    const seen = { process: evidence, heard, listeningSince: NOW - 60_000 };
    const { actions } = decide(run({}, known), seen, NOW, P);
    assert.deepEqual(
      actions.map(({ kind }) => kind),
      ['observe', 'terminate'],
    );
    assert.match(JSON.stringify(actions), /WORKER_MEMORY_LIMIT.*2049 MiB.*2048 MiB/);
    const within = { ...seen, process: { ...alive, residentMb: 2048 } };
    assert.deepEqual(decide(run({}, known), within, NOW, P).actions, []);
    assert.deepEqual(decide(run({}), seen, NOW, P).actions, [], 'launches of the first edition are left alone');
  });
