import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildDriverJar, resolveSparkJars, startLocalYarn } from '@penstock/dev';
import { ResourceManager } from '../resource-manager/resource-manager.ts';
import { AggregatedLogs } from './aggregated-logs.ts';
import { programOf } from './create-yarn-logs.ts';
import { KeptLogs } from './kept-logs.ts';
import { NodeManagerLogs } from './node-manager-logs.ts';
import { YarnLogs } from './yarn-logs.ts';

/** A shell script where a driver would be: writes two logs and waits for a file to end. */
const submit = async (rm: string, script: string): Promise<string> => {
  const post = (path: string, body: unknown) =>
    fetch(`${rm}/ws/v1/cluster/apps${path}?user.name=${userInfo().username}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const answer = (await (await post('/new-application', {})).json()) as { 'application-id': string };
  const id = answer['application-id'];
  const accepted = await post('', {
    'application-id': id,
    'application-name': 'logs',
    'application-type': 'TEST',
    'max-app-attempts': 1,
    resource: { memory: 256, vCores: 1 },
    'am-container-spec': { commands: { command: script } },
  });
  assert.equal(accepted.status, 202, await accepted.text());
  return id;
};

/** Asks until the answer is there; the test's own time limit is the limit. */
const until = async <T>(ask: () => Promise<T | undefined>): Promise<T> => {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
};

test('logs of a container on a real YARN: while it runs, kept, and as the cluster has collected them', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'penstock-logs-'));
  const yarn = await startLocalYarn({ dir: join(dir, 'yarn'), memoryMb: 2048, vcores: 2 });
  t.after(async () => {
    await yarn.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const user = userInfo().username;
  const [sparkJars, driverJar] = [await resolveSparkJars(), await buildDriverJar()];
  const settings = { hadoopConfDir: yarn.confDir, sparkJars, driverJar, sparkOnNodes: true };
  const directory = new ResourceManager({ urls: [yarn.resourceManagerUrl], user });
  const logs = new YarnLogs({
    directory,
    nodes: new NodeManagerLogs({ user }),
    aggregated: new AggregatedLogs(programOf(settings)),
    scheme: 'http',
  });

  const end = join(dir, 'end');
  const script =
    `seq -f 'line %g of a log' 0 1999 > <LOG_DIR>/spark.log; echo short > <LOG_DIR>/stdout; ` +
    `while [ ! -e ${end} ]; do sleep 0.2; done`;
  const applicationId = await submit(yarn.resourceManagerUrl, script);
  const application = { applicationId, isOver: false, known: [] };
  const listed = await until(async () => {
    const { files } = await logs.list(application, { collected: false });
    const found = files.filter(({ file }) => file === 'spark.log' || file === 'stdout');
    return found.length === 2 && found.every(({ bytes }) => (bytes ?? 0) > 0) ? found : undefined;
  });
  const [first] = listed;
  assert.deepEqual([first?.container.role, first?.container.attempt, first?.container.executorId], ['driver', 1, null]);
  const containerId = first?.container.containerId ?? '';
  assert.equal(await logs.tail(application, containerId, 'stdout', 65_536), 'short\n');
  const tail = (await logs.tail(application, containerId, 'spark.log', 1000)) ?? '';
  assert.ok(tail.endsWith('line 1999 of a log\n'), tail.slice(-100));
  assert.ok(tail.length <= 1000 && tail.length > 900, String(tail.length));
  assert.equal(await logs.tail(application, containerId, 'no-such.log', 1000), undefined);

  const kept = new KeptLogs(dir, 'run-1');
  const { troubles } = await logs.keep(application, kept);
  assert.deepEqual(troubles, []);
  assert.equal(kept.tail(containerId, 'stdout', 65_536)?.text, 'short\n');
  assert.match(kept.tail(containerId, 'spark.log', 65_536)?.text ?? '', /line 1999 of a log\n$/);

  writeFileSync(end, '');
  const ended = { ...application, isOver: true };
  // The nodes hand them over to the cluster's collection, and then have them no more.
  const collected = await until(async () => {
    const { files } = await logs.list(ended, { collected: true });
    const isCollected = files.length > 0 && files.every(({ container }) => container.nodeUrls.length === 0);
    return isCollected ? files : undefined;
  });
  assert.ok(collected.some(({ file }) => file === 'spark.log'));
  assert.equal(await logs.tail(ended, containerId, 'stdout', 65_536), 'short\n');
  assert.match((await logs.tail(ended, containerId, 'spark.log', 1000)) ?? '', /line 1999 of a log\n$/);
  assert.equal(await logs.tail(ended, containerId, 'no-such.log', 1000), undefined);
});
