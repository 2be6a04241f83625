import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { identityOf, isRunning } from '@penstock/modes/process-identity';
import { containerProcesses } from './containers.ts';
import { startLocalYarn } from './local-yarn.ts';

const folder = (t: TestContext): string => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'penstock-yarn-')));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

interface Application {
  readonly state: string;
  readonly currentAppAttemptId?: string;
  readonly allocatedVCores: number;
}

/** An application of one container that only waits, submitted and looked at through the REST API. */
class Waiting {
  readonly #url: string;
  readonly id: string;

  private constructor(url: string, id: string) {
    this.#url = `${url}/ws/v1/cluster`;
    this.id = id;
  }

  static async submit(url: string): Promise<Waiting> {
    const { 'application-id': id } = (await call(`${url}/ws/v1/cluster/apps/new-application`, 'POST')) as {
      'application-id': string;
    };
    await call(`${url}/ws/v1/cluster/apps`, 'POST', {
      'application-id': id,
      'application-name': 'waiting',
      'application-type': 'TEST',
      'am-container-spec': { commands: { command: 'exec sleep 600' } },
      resource: { memory: 256, vCores: 3 },
    });
    return new Waiting(url, id);
  }

  async look(): Promise<Application> {
    const { app } = (await call(`${this.#url}/apps/${this.id}`, 'GET')) as { app: Application };
    return app;
  }
}

const call = async (url: string, method: string, body?: unknown): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${url}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
};

/** The process a container runs, once it does. */
const containerProcess = async (dir: string) => {
  for (;;) {
    const found = containerProcesses(join(dir, 'nodes')).at(0);
    if (found !== undefined) return found;
    await delay(50);
  }
};

test('an application outlives kill -9 of ResourceManager and NodeManager; stop ends its container', async (t) => {
  const dir = folder(t);
  const yarn = await startLocalYarn({ dir, nodeManagers: 1, memoryMb: 1024, vcores: 4 });
  t.after(() => yarn.stop());
  const application = await Waiting.submit(yarn.resourceManagerUrl);
  const container = await containerProcess(dir);
  const before = await application.look();
  assert.equal(before.allocatedVCores, 3, 'cores are counted, not only memory');

  const [nodeManager] = yarn.nodeManagers;
  assert.ok(nodeManager !== undefined);
  await nodeManager.kill9();
  await yarn.resourceManager.kill9();
  assert.equal(identityOf(yarn.resourceManager.pid), undefined);
  // Each waits for the other where it has to, in either order.
  await nodeManager.start();
  await yarn.resourceManager.start();

  const { state, currentAppAttemptId } = await application.look();
  assert.deepEqual(
    { state, currentAppAttemptId },
    { state: 'ACCEPTED', currentAppAttemptId: before.currentAppAttemptId },
  );
  assert.ok(isRunning(container));
  await yarn.stop();
  assert.ok(!isRunning(container));
});

test('what a killed owner left behind is ended by the next start, which refuses while the owner lives', async (t) => {
  const dir = folder(t);
  const script = `
    import { startLocalYarn } from ${JSON.stringify(import.meta.resolve('./local-yarn.ts'))};
    const yarn = await startLocalYarn({ dir: ${JSON.stringify(dir)}, nodeManagers: 1, memoryMb: 1024 });
    process.stdout.write(JSON.stringify({ url: yarn.resourceManagerUrl, pids: [yarn.resourceManager.pid, yarn.nodeManagers[0].pid] }));
    setInterval(() => {}, 1000);`;
  const owner: ChildProcess = spawn(
    process.execPath,
    ['--no-node-snapshot', '--input-type=module-typescript', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  t.after(() => owner.kill('SIGKILL'));
  assert.ok(owner.stdout !== null);
  const [said] = (await once(owner.stdout, 'data')) as [Buffer];
  const { url, pids } = JSON.parse(said.toString('utf8')) as { url: string; pids: number[] };
  await assert.rejects(startLocalYarn({ dir, nodeManagers: 1 }), { code: 'DEV_FOLDER_IN_USE' });
  await Waiting.submit(url);
  const container = await containerProcess(dir);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  for (const pid of pids) assert.notEqual(identityOf(pid), undefined, 'it outlives an owner that is killed outright');

  const yarn = await startLocalYarn({ dir, nodeManagers: 1, memoryMb: 1024 });
  t.after(() => yarn.stop());
  for (const pid of pids) assert.equal(identityOf(pid), undefined);
  assert.ok(!isRunning(container));
  assert.equal(yarn.resourceManagerUrl, url, 'on the same ports');
});
