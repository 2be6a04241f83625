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
const cases: readonly [
  name: string,
  run: RunView<StandaloneSupervision>,
  evidence: Evidence<StandaloneEvidence>,
  expected: readonly string[],
][] = [
  ['starts a worker where there is none', run({ state: 'STARTING' }, {}), unheard, ['spawn']],
  ['waits for its turn after a failure', run({ state: 'STARTING' }, { notBefore: NOW + 1 }), unheard, []],
  [
    'says that a worker is gone while it waits',
    run({}, { notBefore: NOW + 1, lastFailure: failure }),
    unheard,
    ['workerLost'],
  ],
  ['leaves a healthy worker alone', run(), seen(alive), []],
  ['is RUNNING only when the worker says so', run({ state: 'STARTING' }), seen(alive), ['workerRunning']],
  [
    'is not RUNNING while the worker restores its state',
    run({ state: 'STARTING' }),
    seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ phase: 'starting' }) } }),
    [],
  ],
  ['is not RUNNING by the process alone', run({ state: 'STARTING' }), { process: alive, listeningSince: 0 }, []],
  ['says that a running worker has died', run(), seen(dead), ['workerLost']],
  [
    'replaces a worker that is silent while its process lives',
    run(),
    seen(alive, { heard: { at: NOW - P.heartbeatTimeoutMs - 1, heartbeat: heartbeat() } }),
    ['workerLost', 'kill'],
  ],
  [
    'does not count silence from before it could listen',
    run(),
    seen(alive, { heard: { at: NOW - P.heartbeatTimeoutMs - 1, heartbeat: heartbeat() }, listeningSince: NOW - 1000 }),
    [],
  ],
  [
    'gives a new process longer until its first word',
    run({ state: 'STARTING' }, { launch: { ...launch, at: NOW - P.heartbeatTimeoutMs - 1 } }),
    { process: alive, listeningSince: 0 },
    [],
  ],
  [
    'replaces a process that never says a word',
    run({ state: 'STARTING' }, { launch: { ...launch, at: NOW - P.firstHeartbeatTimeoutMs - 1 } }),
    { process: alive, listeningSince: 0 },
    ['kill'],
  ],
  [
    'replaces a worker that stands still before its backlog',
    run(),
    seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ stalledMs: P.stalledLimitMs + 1 })] }) } }),
    ['workerLost', 'kill'],
  ],
  [
    'lets a worker stand still at rate 0',
    run({ kafkaRate: 0 }),
    seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ stalledMs: P.stalledLimitMs + 1 })] }) } }),
    [],
  ],
  [
    'lets a worker stand still without backlog',
    run(),
    seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ lag: 0, stalledMs: 1e9 })] }) } }),
    [],
  ],
  [
    'leaves a worker alone of which one task moves',
    run(),
    seen(alive, {
      heard: { at: NOW, heartbeat: heartbeat({ tasks: [task({ stalledMs: 1e9 }), task({ partition: 1 })] }) },
    }),
    [],
  ],
  [
    'replaces a worker that never gets ready',
    run(
      { state: 'STARTING' },
      {
        launch: { ...launch, at: NOW - P.startupLimitMs - 1 },
        startup: { since: NOW - P.startupLimitMs - 1, progress: 0 },
      },
    ),
    seen(alive, { heard: { at: NOW, heartbeat: heartbeat({ phase: 'starting' }) } }),
    ['kill'],
  ],
  [
    'gives up on what cannot be mended',
    run({ hasRun: false, state: 'STARTING' }, { givenUp: failure }),
    unheard,
    ['startFailed'],
  ],
  ['gives up on what has run before', run({ state: 'STARTING' }, { givenUp: failure }), unheard, ['workerFailed']],
  [
    'starts again after an intent that came to nothing',
    run({ state: 'STARTING' }),
    seen({ kind: 'never-started' }),
    ['spawn'],
  ],
  [
    'finishes when the source has ended',
    run(),
    seen({ kind: 'dead', exit: { code: 0, signal: null } }, { sourceFinished: true }),
    ['finished'],
  ],
  [
    'does not finish by a worker that was killed after its source had ended',
    run(),
    seen(dead, { sourceFinished: true }),
    ['workerLost'],
  ],
  [
    'goes on at once after the service itself asked the worker to end',
    run({}, { launch, asked: { graceful: NOW - 1000 } }),
    seen({ kind: 'dead', exit: { code: 0, signal: null } }),
    ['workerLost', 'spawn'],
  ],
  ['pauses by the heartbeat first', run({ desired: 'pause', desiredAt: NOW, state: 'PAUSING' }), seen(alive), []],
  [
    'then by a signal',
    run({ desired: 'pause', desiredAt: NOW - P.signalAfterMs - 1, state: 'PAUSING' }),
    seen(alive),
    ['graceful'],
  ],
  [
    'then by force',
    run({ desired: 'pause', desiredAt: NOW - P.killAfterMs - 1, state: 'PAUSING' }),
    seen(alive),
    ['kill'],
  ],
  [
    'does not repeat a signal every second',
    run(
      { desired: 'pause', desiredAt: NOW - P.killAfterMs - 1, state: 'PAUSING' },
      { launch, asked: { kill: NOW - 1000 } },
    ),
    seen(alive),
    [],
  ],
  ['is paused when the process is gone', run({ desired: 'pause', state: 'PAUSING' }), seen(dead), ['workerStopped']],
  ['clears when a stopped process is gone', run({ desired: 'stop', state: 'STOPPING' }), seen(dead), ['clear']],
  ['clears where there never was a worker', run({ desired: 'stop', state: 'STOPPING' }, {}), unheard, ['clear']],
  [
    'waits before it tries a failed clearing again',
    run({ desired: 'stop', state: 'STOPPING' }, { clearing: { failures: 1, notBefore: NOW + 1 } }),
    unheard,
    [],
  ],
  ['trusts the heartbeat of a worker on another host', run(), seen(away), []],
  [
    'takes a silent worker on another host for dead',
    run({}, { launch: { ...launch, at: NOW - 90_000 } }),
    seen(away, { heard: { at: NOW - P.outOfSightTimeoutMs - 1, heartbeat: heartbeat() } }),
    ['workerLost'],
  ],
  [
    'fences a worker on another host that does not stop',
    run({ desired: 'stop', desiredAt: NOW - P.killAfterMs - 1, state: 'STOPPING' }),
    seen(away),
    ['fence'],
  ],
];

for (const [name, view, evidence, expected] of cases) {
  test(name, () => {
    assert.deepEqual(kinds(decide(view, evidence, NOW, P).actions), expected);
  });
}

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
