import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heartbeat } from '@penstock/model';
import { DEFAULT_POLICY } from './supervision/policy.ts';
import { parseSupervision } from './supervision/supervision.ts';
import { idleModes } from './supervision/testing/idle-modes.ts';

/** `runs.launcher_state` as it lies in databases of the first edition, word for word. */
const STANDALONE =
  '{"launches":3,"failures":1,"notBefore":1795487054000,"lastFailure":{"code":"WORKER_EXITED","message":"The worker process was ended by SIGKILL without having been asked to.","retryable":true},"offsetsAtFailure":4711,"launch":{"launchId":"0b0e","kind":"standalone","host":"vm","at":1795487055000,"specFile":"/data/runs/r/spec-0b0e.json","logFile":"/data/runs/r/worker.log","endpointsFile":"/data/control-endpoints.json","pid":32673,"processStartedAt":"812334"}}';
const YARN =
  '{"launches":1,"failures":0,"notBefore":0,"launch":{"launchId":"77aa","kind":"cluster","host":"vm","at":1795497500000,"specFile":"/data/runs/r/spec-77aa.json","logFile":"/data/runs/r/submit.log","endpointsFile":"file:///staging/endpoints.json","tag":"penstock-r-77aa","pid":11,"processStartedAt":"9","applicationId":"application_1795497554506_0001"},"application":{"view":{"applicationId":"application_1795497554506_0001","state":"RUNNING","finalStatus":"UNDEFINED","diagnostics":"","queue":"root.default","attempts":1,"trackingUrl":"http://rm/proxy/1","startedAt":1795497554506,"finishedAt":0,"memoryMb":10240,"vcores":3,"containers":3},"since":1795497560000,"drivers":1},"containers":[{"containerId":"container_1795497554506_0001_01_000002","executorId":"1","host":"localhost"}]}';

const modes = idleModes();
const [standalone, yarn] = [modes.of(0), modes.of(1)];
const heartbeat: Heartbeat = {
  runId: 'r',
  workerId: 'w',
  pid: 32673,
  host: 'vm',
  startedAt: 1795487055100,
  sequence: 1,
  phase: 'running',
  tasks: [],
  stages: {},
  recordsRead: 0,
  bytesRead: 0,
  recordsWritten: 0,
  rssMb: 100,
  cpuMs: 10,
  events: [],
};

test('a stored run of Standalone Mode is read: its process is found, its worker known', () => {
  const supervision = parseSupervision(STANDALONE);
  assert.deepEqual(standalone.traces(supervision), {
    launchTag: null,
    applicationId: null,
    workerPid: 32673,
    workerHost: 'vm',
  });
  assert.equal(standalone.belongs(heartbeat, supervision), true);
  assert.equal(standalone.belongs({ ...heartbeat, pid: 1 }, supervision), false);
});

test('a stored run of Cluster Mode is read: its application is found and shown', () => {
  const supervision = parseSupervision(YARN);
  assert.deepEqual(yarn.traces(supervision), {
    launchTag: 'penstock-r-77aa',
    applicationId: 'application_1795497554506_0001',
    workerPid: 11,
    workerHost: 'vm',
  });
  const { application } = yarn.view(supervision, undefined);
  assert.deepEqual([application?.state, application?.waiting, application?.finishedAt], ['RUNNING', null, null]);
  assert.equal(JSON.stringify(supervision), YARN, 'what is stored again is what was read');
});

test('an instance without the mode goes on looking at its runs, and says why it cannot', () => {
  const supervision = parseSupervision(YARN);
  const { launch } = supervision;
  assert.ok(launch);
  const run = {
    desired: 'run',
    desiredAt: 0,
    state: 'RUNNING',
    hasRun: true,
    kafkaRate: 1,
    resources: { mode: 'cluster', server: 1, yarn: { workerCount: 1, master: 1, slave: 1 }, advanced: {} },
    supervision,
  } as const;
  const evidence = { listeningSince: 0, process: yarn.unseen(launch) };
  assert.equal(yarn.decide(run, evidence, 1, DEFAULT_POLICY).supervision.notice?.code, 'CLUSTER_UNREACHABLE');
});

test('a launch of another mode, or of no known form, is refused by name and not taken for something else', () => {
  const wrong = {
    code: 'MODE_RECORD_INVALID',
    message: /launch of Cluster Mode|Cluster Mode cannot be read: \/launch\/kind/,
  };
  assert.throws(() => yarn.traces(parseSupervision(STANDALONE)), wrong);
  assert.throws(() => standalone.traces({ launches: 1, failures: 0, notBefore: 0, launch: { pid: 'x' } }), {
    code: 'MODE_RECORD_INVALID',
  });
});
