import '../../../testing/load-components.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunView } from '@penstock/client/session';
import { createElement } from 'react';
import { Rendered } from '../../../testing/rendered.ts';

const { Cluster } = await import('./cluster.tsx');

const MINUTE = 60_000;
const application: NonNullable<RunView['application']> = {
  applicationId: 'application_1_0001',
  state: 'RUNNING',
  finalStatus: 'UNDEFINED',
  diagnostics: '',
  attempts: 2,
  queue: 'root.streaming_o1',
  trackingUrl: 'http://rm:8088/proxy/application_1_0001/',
  waiting: null,
  startedAt: 1_700_000_000_000,
  finishedAt: null,
  memoryMb: 4096,
  vcores: 2,
  containers: 2,
};
const executor = {
  executorId: '1',
  host: 'node-1',
  containerId: 'container_1_0001_01_000002',
  tasks: 4,
  jvmRssMb: 700,
  jvmCpuMs: 1,
  workerPid: null,
  workerRssMb: null,
  workerCpuMs: null,
};
const batches = { intervalMs: 1000, completed: 12, waiting: 0, schedulingDelayMs: 3, processingMs: 400 };
const shown = (more: Partial<RunView>): Rendered => {
  const run: RunView = {
    runId: 'r',
    startedAt: 0,
    endedAt: null,
    worker: null,
    tasks: [],
    stages: {},
    work: null,
    application,
    executors: [executor],
    batches,
    backPressureRate: null,
    ...more,
  };
  return new Rendered(createElement(Cluster, { run }));
};

test('a run in Cluster Mode shows its application, its batches and its executors', () => {
  const { text } = shown({});
  assert.match(text, /application_1_0001.*RUNNING.*2.*root\.streaming_o1.*2 containers, 4 GiB, 2 vcores/);
  assert.match(text, /400 of 1,000 ms/);
  const [, row] = shown({}).all('row');
  assert.match(row?.text ?? '', /^1node-1container_1_0001_01_0000024700 MiBnot known$/);
  assert.doesNotMatch(text, /Batches are cut faster/);
});

test('what waits or falls behind says so, and an application that is over says how it ended', () => {
  assert.match(shown({ application: { ...application, waiting: 'queue is full' } }).text, /queue is full/);
  assert.match(shown({ batches: { ...batches, processingMs: 1200 } }).text, /Batches are cut faster/);
  assert.match(shown({ batches: { ...batches, waiting: 5 } }).text, /Batches are cut faster/);
  const over = { ...application, state: 'FINISHED', finalStatus: 'KILLED', finishedAt: application.startedAt + MINUTE };
  assert.match(shown({ application: over, batches: null }).text, /FINISHED, KILLED/);
});

test('an address of YARN that is no page is no link, and a run of Standalone Mode shows nothing', () => {
  assert.match(
    shown({ application: { ...application, trackingUrl: 'javascript:alert(1)' } }).text,
    /application_1_0001/,
  );
  assert.equal(shown({ application: null, executors: [], batches: null }).text, '');
});
