import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterReport, Heartbeat, RunFailure } from '@penstock/model';
import type { Action, Evidence } from '../../supervision/decision.ts';
import { DEFAULT_POLICY as P } from '../../supervision/policy.ts';
import { NO_SUPERVISION } from '../../supervision/supervision.ts';
import type { ApplicationView, YarnEvidence, YarnLaunch, YarnRunView, YarnSupervision } from '../yarn-records.ts';
import { decideYarn } from './decide-yarn.ts';
import { shortDiagnostics } from './yarn-reasons.ts';

const NOW = 1_800_000_000_000;
const APPLICATION = 'application_1800000000000_0001';
const C = P.cluster;

const submitted: YarnLaunch = { launchId: 'l1', kind: 'cluster', host: 'here', at: NOW - 60_000, tag: 't1' };
const launch: YarnLaunch = { ...submitted, applicationId: APPLICATION };
const view = (over: Partial<ApplicationView> = {}): ApplicationView => ({
  applicationId: APPLICATION,
  state: 'RUNNING',
  finalStatus: 'UNDEFINED',
  diagnostics: '',
  queue: 'default',
  attempts: 1,
  trackingUrl: '',
  startedAt: NOW - 60_000,
  finishedAt: 0,
  memoryMb: 6144,
  vcores: 3,
  containers: 3,
  ...over,
});
const yarn = (over: Partial<ApplicationView> = {}): YarnEvidence => ({
  kind: 'application',
  application: view(over),
});
const waiting = yarn({ state: 'ACCEPTED', attempts: 0, containers: 0, waiting: 'the queue is full' });
const succeeded = yarn({ state: 'FINISHED', finalStatus: 'SUCCEEDED' });
const killed = yarn({ state: 'KILLED', finalStatus: 'KILLED', diagnostics: 'Application killed by user dr.who' });
const failedInYarn = yarn({ state: 'FAILED', finalStatus: 'FAILED', attempts: 4, diagnostics: 'failed 4 times' });
const away: YarnEvidence = { kind: 'unreachable', message: 'connect ECONNREFUSED' };
const lost: YarnEvidence = { kind: 'lost', applicationId: APPLICATION };

const executor = (executorId: string): ClusterReport['executors'][number] => ({
  executorId,
  host: 'node1',
  containerId: `container_1800000000000_0001_01_00000${executorId}`,
  tasks: 2,
  jvmPid: 7,
  jvmRssMb: 230,
  jvmCpuMs: 1,
});
const cluster = (over: Partial<ClusterReport> = {}): ClusterReport => ({
  tag: 't1',
  applicationId: APPLICATION,
  attempt: 1,
  executors: [executor('1'), executor('2')],
  batches: { intervalMs: 1000, completed: 5, waiting: 0, schedulingDelayMs: 1, processingMs: 300 },
  ...over,
});
const heartbeat = (over: Partial<Heartbeat> = {}): Heartbeat => ({
  runId: 'r',
  workerId: 'w',
  pid: 42,
  host: 'node1',
  startedAt: NOW - 30_000,
  sequence: 9,
  phase: 'running',
  tasks: [],
  stages: {},
  recordsRead: 0,
  bytesRead: 0,
  recordsWritten: 0,
  rssMb: 300,
  cpuMs: 100,
  events: [],
  cluster: cluster(),
  ...over,
});
const known = { view: view(), since: NOW - 30_000, drivers: 1 };
const run = (
  over: Partial<YarnRunView> = {},
  supervision: Partial<YarnSupervision> = { launch, launches: 1, application: known },
): YarnRunView => ({
  desired: 'run',
  desiredAt: NOW - 30_000,
  state: 'RUNNING',
  hasRun: true,
  kafkaRate: 1000,
  executors: 2,
  supervision: { ...NO_SUPERVISION, ...supervision },
  ...over,
});
const starting = (supervision?: Partial<YarnSupervision>): YarnRunView =>
  run({ state: 'STARTING', hasRun: false }, supervision ?? { launch, launches: 1, application: known });
const seen = (process: YarnEvidence, said: Partial<Heartbeat> | null = {}, agoMs = 1000): Evidence<YarnEvidence> => ({
  process,
  ...(said === null ? {} : { heard: { at: NOW - agoMs, heartbeat: heartbeat(said) } }),
  listeningSince: 0,
});
const kinds = (actions: readonly Action[]): string[] =>
  actions.map((action) =>
    action.kind === 'observe' ? action.observation : action.kind === 'terminate' ? action.how : action.kind,
  );

const fatal: RunFailure = { code: 'STATE_PARTITIONS_CHANGED', message: 'no', retryable: false };
const passing: RunFailure = { code: 'BATCH_FAILED', message: 'again', retryable: true };
const asking = (over: YarnSupervision['asked']): Partial<YarnSupervision> => ({
  launch,
  launches: 1,
  application: known,
  ...(over === undefined ? {} : { asked: over }),
});
const ended = (desired: 'pause' | 'stop', agoMs: number, over: Partial<YarnSupervision> = {}): YarnRunView =>
  run(
    { desired, desiredAt: NOW - agoMs, state: desired === 'pause' ? 'PAUSING' : 'STOPPING' },
    { launch, launches: 1, application: known, ...over },
  );

const fenced = (desired: 'pause' | 'stop'): YarnRunView => ({
  ...ended(desired, 0),
  supervision: { ...NO_SUPERVISION, launches: 1, application: known },
});

/** One look at a run: how it stands, what is seen of it, and what follows. What follows upon what is told in stories. */
interface Look {
  readonly given: YarnRunView;
  readonly seen: Evidence<YarnEvidence>;
  readonly decides: string;
  /** What people read beside the state; absent: nothing. */
  readonly tells?: string;
}

const cases: Readonly<Record<string, Look>> = {
  'submits where nothing was submitted': { given: starting({}), seen: { listeningSince: 0 }, decides: 'spawn' },
  'waits for a submission': {
    given: starting({ launch: submitted }),
    seen: seen({ kind: 'submitting' }, null),
    decides: 'nothing',
    tells: 'SUBMITTING',
  },
  'ends a submission that hangs': {
    given: starting({ launch: { ...submitted, at: NOW - C.submitLimitMs - 1 } }),
    seen: seen({ kind: 'submitting' }, null),
    decides: 'kill',
    tells: 'SUBMITTING',
  },
  'lets a submission end before it stops what comes of it': {
    given: run({ desired: 'stop', desiredAt: NOW, state: 'STOPPING' }, { launch: submitted }),
    seen: seen({ kind: 'submitting' }, null),
    decides: 'nothing',
    tells: 'SUBMITTING',
  },
  'ends a submission that keeps a stop waiting': {
    given: run({ desired: 'stop', desiredAt: NOW - P.signalAfterMs - 1, state: 'STOPPING' }, { launch: submitted }),
    seen: seen({ kind: 'submitting' }, null),
    decides: 'kill',
    tells: 'SUBMITTING',
  },
  'waits before it submits again after a submission in vain': {
    given: starting({ launch: submitted }),
    seen: seen({ kind: 'never-started' }, null),
    decides: 'nothing',
  },
  'clears after a stop where no application came to be': {
    given: run({ desired: 'stop', state: 'STOPPING' }, { launch: submitted }),
    seen: seen({ kind: 'never-started' }, null),
    decides: 'clear',
  },
  'is STARTING and says why while YARN has no room': {
    given: starting(),
    seen: seen(waiting, null),
    decides: 'nothing',
    tells: 'WAITING_FOR_CLUSTER',
  },
  'waits for resources without a limit': {
    given: starting(),
    seen: seen(waiting, null, 1e9),
    decides: 'nothing',
    tells: 'WAITING_FOR_CLUSTER',
  },
  'is not RUNNING by what YARN says': {
    given: starting(),
    seen: seen(yarn(), null),
    decides: 'nothing',
    tells: 'DRIVER_STARTING',
  },
  'is not RUNNING while executors are missing': {
    given: starting(),
    seen: seen(yarn(), { phase: 'starting', cluster: cluster({ executors: [executor('1')] }) }),
    decides: 'nothing',
    tells: 'WAITING_FOR_CLUSTER',
  },
  'is not RUNNING while state is restored': {
    given: starting(),
    seen: seen(yarn(), { phase: 'starting' }),
    decides: 'nothing',
  },
  'is RUNNING when the driver says so': { given: starting(), seen: seen(yarn()), decides: 'workerRunning' },
  'leaves a healthy application alone': { given: run(), seen: seen(yarn()), decides: 'nothing' },
  'says that a running application lacks an executor': {
    given: run(),
    seen: seen(yarn({ waiting: '1 container is missing' })),
    decides: 'nothing',
    tells: 'WAITING_FOR_CLUSTER',
  },
  'shows a standstill without doing anything about it': {
    given: run(),
    seen: seen(yarn(), {
      tasks: [
        {
          part: 0,
          topic: 't',
          partition: 0,
          committedOffset: 1,
          endOffset: 9,
          lag: 8,
          stalledMs: P.stalledLimitMs + 1,
        },
      ],
    }),
    decides: 'nothing',
    tells: 'WORKER_STALLED',
  },
  'kills a driver that is never ready': {
    given: starting({
      launch,
      application: known,
      startup: { attempt: 1, since: NOW - P.startupLimitMs - 1, progress: 0 },
    }),
    seen: seen(yarn(), { phase: 'starting' }),
    decides: 'kill',
    tells: 'DRIVER_START_TIMEOUT',
  },
  'does not count the time in which executors were missing': {
    given: starting({
      launch,
      application: known,
      startup: { attempt: 1, since: NOW - P.startupLimitMs - 1, progress: 0 },
    }),
    seen: seen(yarn(), { phase: 'starting', cluster: cluster({ executors: [] }) }),
    decides: 'nothing',
    tells: 'WAITING_FOR_CLUSTER',
  },
  'is not RUNNING by the word of an attempt that YARN has given up': {
    given: run(),
    seen: seen(yarn({ attempts: 2 })),
    decides: 'workerLost',
    tells: 'DRIVER_STARTING',
  },
  'is not RUNNING between two attempts': {
    given: run(),
    seen: seen(yarn({ state: 'ACCEPTED', attempts: 0 })),
    decides: 'workerLost',
    tells: 'WAITING_FOR_CLUSTER',
  },
  'stays RUNNING while a restarted ResourceManager catches up': {
    given: run(),
    seen: seen(yarn({ state: 'ACCEPTED', attempts: 1 })),
    decides: 'nothing',
  },
  'is RUNNING again with the next attempt': {
    given: starting(),
    seen: seen(yarn({ attempts: 2 }), { cluster: cluster({ attempt: 2 }) }),
    decides: 'workerRunning',
  },
  'misses a silent driver': {
    given: run(),
    seen: seen(yarn(), {}, P.heartbeatTimeoutMs + 1),
    decides: 'workerLost',
    tells: 'DRIVER_SILENT',
  },
  'does not count silence from before it could listen': {
    given: run(),
    seen: { ...seen(yarn(), {}, P.heartbeatTimeoutMs + 1), listeningSince: NOW - 1000 },
    decides: 'nothing',
  },
  'is RUNNING again when a silent driver is heard': {
    given: starting(),
    seen: seen(yarn(), {}, 0),
    decides: 'workerRunning',
  },
  'kills a driver that stays silent': {
    given: starting(),
    seen: seen(yarn(), {}, C.silenceLimitMs + 1),
    decides: 'kill',
    tells: 'DRIVER_SILENT',
  },
  'kills an application whose driver cannot be helped, before YARN tries again': {
    given: run(),
    seen: seen(yarn(), { phase: 'failed', failure: fatal }),
    decides: 'workerLost, kill',
    tells: fatal.code,
  },
  'leaves the next attempt to YARN where it may help': {
    given: run(),
    seen: seen(yarn(), { phase: 'failed', failure: passing }),
    decides: 'workerLost',
    tells: passing.code,
  },
  'says nothing while the last records are finished': {
    given: run(),
    seen: seen(yarn(), { phase: 'draining' }),
    decides: 'nothing',
  },
  'stays RUNNING by the heartbeat when YARN cannot be asked': {
    given: run(),
    seen: seen(away),
    decides: 'nothing',
    tells: 'CLUSTER_UNREACHABLE',
  },
  'gets RUNNING by the heartbeat when YARN cannot be asked': {
    given: starting(),
    seen: seen(away),
    decides: 'workerRunning',
    tells: 'CLUSTER_UNREACHABLE',
  },
  'is not RUNNING when YARN and the driver are silent': {
    given: run(),
    seen: seen(away, {}, P.heartbeatTimeoutMs + 1),
    decides: 'workerLost',
    tells: 'CLUSTER_UNREACHABLE',
  },
  'decides nothing while YARN cannot be asked': {
    given: ended('stop', 1e6),
    seen: seen(away, {}, 1e6),
    decides: 'nothing',
    tells: 'CLUSTER_UNREACHABLE',
  },
  'pauses by the heartbeat': { given: ended('pause', C.killAfterMs - 1), seen: seen(yarn()), decides: 'nothing' },
  'kills a driver that was told and does not end': {
    given: ended('pause', C.killAfterMs),
    seen: seen(yarn()),
    decides: 'kill',
  },
  'kills a driver that cannot be told': {
    given: ended('pause', C.killSilentAfterMs),
    seen: seen(yarn(), {}, P.heartbeatTimeoutMs + 1),
    decides: 'kill',
  },
  'kills at once what is still waiting': { given: ended('stop', 0), seen: seen(waiting, null), decides: 'kill' },
  'does not repeat a kill every second': {
    given: ended('stop', C.killAfterMs + 1, { asked: { kill: NOW - 1000 } }),
    seen: seen(yarn()),
    decides: 'nothing',
  },
  'is paused when the application has ended in good order': {
    given: ended('pause', 0),
    seen: seen(succeeded),
    decides: 'workerStopped',
  },
  'clears when the application has ended in good order': {
    given: ended('stop', 0),
    seen: seen(succeeded),
    decides: 'clear',
  },
  'fences before it clears after a kill': { given: ended('stop', 0), seen: seen(killed), decides: 'fence' },
  'fences before a pause is complete after a failure': {
    given: ended('pause', 0),
    seen: seen(failedInYarn),
    decides: 'fence',
  },
  'fences what YARN has forgotten': { given: ended('stop', 0), seen: seen(lost), decides: 'fence' },
  'takes an application it knew and YARN does not for lost': {
    given: run(),
    seen: seen({ kind: 'never-started' }),
    decides: 'fence',
  },
  'is paused when fenced': { given: fenced('pause'), seen: { listeningSince: 0 }, decides: 'workerStopped' },
  'clears when fenced': { given: fenced('stop'), seen: { listeningSince: 0 }, decides: 'clear' },
  'waits before it fences again, and is not RUNNING meanwhile': {
    given: run(
      {},
      { launch, application: known, fencing: { since: NOW - 1, failures: 1, notBefore: NOW + 1, message: 'away' } },
    ),
    seen: seen(killed),
    decides: 'workerLost',
    tells: 'FENCING_FAILED',
  },
  'does not wait for Kafka for ever before a failed run is over': {
    given: run(
      { state: 'STARTING' },
      {
        launch,
        application: known,
        fencing: { since: NOW - C.fenceLimitMs - 1, failures: 9, notBefore: NOW, message: '' },
      },
    ),
    seen: seen(killed),
    decides: 'workerFailed',
  },
  'never clears without a fence': {
    given: ended('stop', 0, { fencing: { since: NOW - C.fenceLimitMs - 1, failures: 9, notBefore: NOW, message: '' } }),
    seen: seen(killed),
    decides: 'fence',
    tells: 'FENCING_FAILED',
  },
  'finishes when the source has ended': {
    given: run(),
    seen: { ...seen(succeeded, { phase: 'stopped' }), sourceFinished: true },
    decides: 'finished',
  },
  'fails where an application ends unasked': { given: run(), seen: seen(succeeded), decides: 'workerFailed' },
  'fences a failed run first': { given: run(), seen: seen(failedInYarn), decides: 'fence' },
  'waits for what the service itself has asked to end': {
    given: run({}, asking({ graceful: NOW - 1000 })),
    seen: seen(yarn(), { phase: 'draining' }),
    decides: 'nothing',
  },
  'kills what the service itself has asked to end and does not': {
    given: run({}, asking({ graceful: NOW - C.killAfterMs })),
    seen: seen(yarn()),
    decides: 'kill',
  },
  'submits another application after the service itself asked the last one to end': {
    given: run({}, asking({ graceful: NOW - 1000 })),
    seen: seen(succeeded),
    decides: 'workerLost, spawn',
  },
  'fences before that where it had to be killed': {
    given: run({}, asking({ graceful: NOW - 1000 })),
    seen: seen(killed),
    decides: 'fence',
  },
};

for (const [name, { given, seen, decides, tells }] of Object.entries(cases))
  test(name, () => {
    const { actions, supervision } = decideYarn(given, seen, NOW, P);
    assert.equal(kinds(actions).join(', ') || 'nothing', decides);
    assert.equal(supervision.notice?.code, tells);
  });

const reasonOf = (given: YarnRunView, evidence: Evidence<YarnEvidence>): RunFailure | undefined => {
  const fenced = decideYarn(given, evidence, NOW, P);
  if (kinds(fenced.actions).includes('fence')) {
    const { launch: _launch, asked: _asked, ...supervision } = fenced.supervision;
    return reasonOf({ ...given, supervision }, { listeningSince: 0 });
  }
  const [action] = fenced.actions;
  return action?.kind === 'observe' ? action.reason : undefined;
};

test('a run that has failed says why: the driver first, then YARN', () => {
  assert.deepEqual(
    reasonOf(run(), seen(failedInYarn, { phase: 'failed', failure: fatal, cluster: cluster({ attempt: 4 }) })),
    fatal,
  );
  const ofYarn = reasonOf(run(), seen(failedInYarn, { phase: 'failed', failure: fatal }));
  assert.equal(ofYarn?.code, 'APPLICATION_FAILED');
  assert.match(
    ofYarn?.message ?? '',
    /application_1800000000000_0001 has failed after 4 attempts\. YARN says: failed 4 times/,
  );
  assert.match(reasonOf(run(), seen(killed))?.message ?? '', /was killed, not by Penstock.*dr\.who/);
  // Its driver says what the kill did to it, or what would have ended it anyway.
  assert.equal(reasonOf(run(), seen(killed, { phase: 'failed', failure: passing }))?.code, 'APPLICATION_KILLED');
  assert.deepEqual(reasonOf(run(), seen(killed, { phase: 'failed', failure: fatal })), fatal);
  assert.equal(reasonOf(run(), seen(lost))?.code, 'CLUSTER_LOST');
  assert.equal(reasonOf(run(), seen(succeeded))?.code, 'APPLICATION_ENDED');
  assert.deepEqual(reasonOf(run({}, asking({ kill: NOW, because: passing })), seen(killed)), {
    ...passing,
    retryable: false,
  });
});

test('a submission in vain is a failure with its reason, and is tried again until it has failed often enough', () => {
  let supervision: YarnSupervision = { ...NO_SUPERVISION, launch: submitted, launches: 1 };
  const failure = { code: 'SUBMIT_FAILED', message: 'no such queue', retryable: true };
  for (let round = 1; round < P.maxFailures; round += 1) {
    const decision = decideYarn(starting(supervision), seen({ kind: 'never-started', failure }, null), NOW, P);
    assert.deepEqual(
      [decision.actions, decision.supervision.lastFailure, decision.supervision.failures],
      [[], failure, round],
    );
    supervision = { ...decision.supervision, launch: submitted };
  }
  const { actions } = decideYarn(starting(supervision), seen({ kind: 'never-started', failure }, null), NOW, P);
  assert.deepEqual(kinds(actions), ['startFailed']);
});

test('what this service saw of a submission that failed counts more than what is guessed afterwards', () => {
  const submission = { code: 'LAUNCH_FAILED', message: 'no Java', retryable: false };
  const decision = decideYarn(
    starting({ launch: submitted, submission }),
    seen({ kind: 'never-started' }, null),
    NOW,
    P,
  );
  assert.deepEqual(decision.actions, [{ kind: 'observe', observation: 'startFailed', reason: submission }]);
});

test('a submission that was given up and came to something after all is taken', () => {
  const asked = { kill: NOW, because: { code: 'SUBMIT_TIMEOUT', message: '', retryable: true } };
  const { supervision, actions } = decideYarn(starting({ launch: submitted, asked }), seen(waiting, null), NOW, P);
  assert.deepEqual([supervision.asked, supervision.launch?.applicationId, actions], [undefined, APPLICATION, []]);
});

test('remembers executors that are gone, and the application after its end', () => {
  const first = decideYarn(starting(), seen(yarn(), {}), NOW, P).supervision;
  const replaced = heartbeat({ cluster: cluster({ executors: [executor('2'), executor('3')] }) });
  const next = decideYarn({ ...run(), supervision: first }, seen(yarn(), replaced), NOW, P).supervision;
  assert.deepEqual(
    next.containers?.map(({ executorId }) => executorId),
    ['1', '2', '3'],
  );
  const over = decideYarn({ ...run(), supervision: next }, seen(killed), NOW, P).supervision;
  assert.deepEqual([over.application?.view.state, over.containers?.length], ['KILLED', 3]);
});

test('a look that finds nothing new stores nothing', () => {
  const first = decideYarn(run(), seen(yarn()), NOW, P).supervision;
  const again = decideYarn({ ...run(), supervision: structuredClone(first) }, seen(yarn()), NOW, P);
  assert.deepEqual(again.supervision, first);
  const stored = run({}, first);
  assert.equal(decideYarn(stored, seen(yarn()), NOW, P).supervision, stored.supervision);
});

test('diagnoses are told in one short line', () => {
  const told = shortDiagnostics(
    'Application application_1_0001 failed 2 times due to AM Container exited with exitCode: 1\n' +
      'Exception in thread "main" java.lang.IllegalStateException: boom\n\tat org.penstock.Driver.main(Driver.java:1)\n' +
      '\t... 3 more\nFor more detailed output, check the application tracking page: http://h:8088/x Then click on links to logs of each attempt.\n. Failing the application.',
  );
  assert.equal(
    told,
    'Application application_1_0001 failed 2 times due to AM Container exited with exitCode: 1 Exception in thread "main" java.lang.IllegalStateException: boom',
  );
  assert.equal(shortDiagnostics('x'.repeat(10_000)).length, 600);
});
