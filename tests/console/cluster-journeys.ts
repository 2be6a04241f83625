import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonObject, type JsonObject } from '@penstock/model';
import type { Page, Route } from 'playwright-core';
import { lookAt } from './browser.ts';

interface Means {
  readonly page: () => Page;
  /** Address of the page of the demo pipeline, which is paused. */
  readonly demoRun: () => string;
}

const bodyOf = async (route: Route): Promise<JsonObject> => {
  const body: unknown = await (await route.fetch()).json();
  if (!isJsonObject(body as JsonObject)) throw new Error(`no object at ${route.request().url()}`);
  return body as JsonObject;
};

/** A run as a service tells of it that has a cluster; what of it is the demo's own stays. */
const onCluster = (pipeline: JsonObject): JsonObject => ({
  ...pipeline,
  executionMode: 1,
  observed: { ...(pipeline.observed as JsonObject), state: 'RUNNING', source: 'yarn', ageMs: 1200 },
  run: {
    ...(pipeline.run as JsonObject),
    endedAt: null,
    application: {
      applicationId: 'application_1796065429025_0007',
      state: 'RUNNING',
      finalStatus: 'UNDEFINED',
      diagnostics: '',
      attempts: 1,
      queue: 'root.streaming_o15517683199241',
      trackingUrl: 'http://resource-manager.example:8088/proxy/application_1796065429025_0007/',
      waiting: null,
      startedAt: 1_796_065_429_025,
      finishedAt: null,
      memoryMb: 6144,
      vcores: 3,
      containers: 3,
    },
    executors: ['1', '2'].map((executorId) => ({
      executorId,
      host: `node-${executorId}.example`,
      containerId: `container_1796065429025_0007_01_00000${executorId}`,
      tasks: 2,
      jvmRssMb: 790,
      jvmCpuMs: 61_000,
      workerPid: 4711,
      workerRssMb: 310,
      workerCpuMs: 45_000,
    })),
    batches: { intervalMs: 1000, completed: 5120, waiting: 0, schedulingDelayMs: 4, processingMs: 380 },
    backPressureRate: 2000,
  },
});

/** Cluster Mode as people see it, over the answers of a service that has one: the cluster itself has tests of its own. */
export const clusterJourneys = ({ page: pageOf, demoRun }: Means): void => {
  test('a pipeline is started in Cluster Mode, shows its application, executors and batches, and is stopped', async () => {
    const page = pageOf();
    const pipelineId = demoRun().split('/').at(-1) ?? '';
    let isStarted = false;
    const asked: unknown[] = [];
    await page.route(new RegExp(`/api/v1/pipelines/${pipelineId}$`), async (route) => {
      const pipeline = await bodyOf(route);
      await route.fulfill({ json: isStarted ? onCluster(pipeline) : pipeline });
    });
    await page.route(/\/start-options$/, async (route) => {
      const options = await bodyOf(route);
      const modes = (options.modes as JsonObject[]).map((mode) => ({ ...mode, isConfigured: true }));
      await route.fulfill({ json: { ...options, modes } });
    });
    await page.route(new RegExp(`/pipelines/${pipelineId}/(start|stop)$`), async (route) => {
      asked.push([new URL(route.request().url()).pathname.split('/').at(-1), route.request().postDataJSON()]);
      isStarted = true;
      await route.fulfill({ json: {} });
    });
    await page.goto(demoRun());
    await page.getByRole('button', { name: /^Start / }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Mode').selectOption({ label: 'Cluster' });
    await dialog.getByText(/one executor/).waitFor();
    assert.deepEqual(await lookAt(page, 'start-cluster', ['light']), []);
    await dialog.getByLabel('Read rate, records/s').fill('2000');
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    const executors = page.getByRole('table', { name: 'Executors' });
    await executors.getByRole('row').filter({ hasText: 'node-2.example' }).waitFor();
    await page.getByRole('link', { name: 'application_1796065429025_0007' }).waitFor();
    await page.getByText(/YARN said so/).waitFor();
    await page.getByText('380 of 1,000 ms').waitFor();
    assert.deepEqual(await lookAt(page, 'run-cluster'), []);
    await page.getByRole('button', { name: /^Stop / }).click();
    await dialog.getByRole('button', { name: 'Stop', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.deepEqual(asked, [
      ['start', { executionMode: 1, kafkaRate: 2000, resourceConfig: {} }],
      ['stop', {}],
    ]);
    await page.unrouteAll({ behavior: 'wait' });
  });
};
