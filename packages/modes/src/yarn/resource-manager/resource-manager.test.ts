import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { notFound, startFakeResourceManager, yarnApp } from '../testing/fake-resource-manager.ts';
import { ResourceManager } from './resource-manager.ts';

const manager = (...urls: string[]): ResourceManager => new ResourceManager({ urls, user: 'me', timeoutMs: 5000 });
/** An address where somebody was. */
const deadAddress = async (t: TestContext): Promise<string> => {
  const { url, close } = await startFakeResourceManager(t);
  await close();
  return url;
};

test('applications are asked for by tag and state, as the user we are', async (t) => {
  const fake = await startFakeResourceManager(t);
  let asked = '';
  fake.answer = (_path, query) => {
    asked = query.toString();
    return { body: { apps: { app: [yarnApp({ applicationTags: 'penstock,x' })] } } };
  };
  const [app] = await manager(fake.url).applicationsByTag('x', { states: 'RUNNING', finishedSince: 5 });
  assert.equal(asked, 'applicationTags=x&states=RUNNING&finishedTimeBegin=5&user.name=me');
  assert.deepEqual(app, {
    id: 'application_1_0001',
    state: 'RUNNING',
    finalStatus: 'UNDEFINED',
    diagnostics: '',
    queue: 'root.default',
    user: 'penstock',
    tags: ['penstock', 'x'],
    trackingUrl: 'http://rm/proxy/application_1_0001/',
    startedAt: 1000,
    finishedAt: 0,
    elapsedMs: 500_000,
    attempt: 2,
    memoryMb: 6144,
    vcores: 3,
    containers: 3,
    pendingContainers: 0,
    pendingMemoryMb: 0,
  });
});

test('none is an empty list, in both ways YARN has of saying so', async (t) => {
  const fake = await startFakeResourceManager(t);
  for (const apps of [null, {}]) {
    fake.answer = () => ({ body: { apps } });
    assert.deepEqual(await manager(fake.url).applicationsByTag('x'), []);
  }
});

test('what an application still waits for is counted once, not per host and rack', async (t) => {
  const fake = await startFakeResourceManager(t);
  const request = (resourceName: string) => ({ resourceName, numContainers: 2, capability: { memory: 2048 } });
  fake.answer = () => ({ body: { app: yarnApp({ resourceRequests: ['host', '/rack', '*'].map(request) }) } });
  const app = await manager(fake.url).application('application_1_0001');
  assert.deepEqual([app?.pendingContainers, app?.pendingMemoryMb], [2, 2048]);
});

test('unknown and unreachable are not the same', async (t) => {
  const fake = await startFakeResourceManager(t);
  fake.answer = () => notFound;
  assert.equal(await manager(fake.url).application('application_1_0009'), undefined);
  await assert.rejects(manager(await deadAddress(t)).application('application_1_0009'), {
    code: 'CLUSTER_UNREACHABLE',
    retryable: true,
    message: /http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
  });
});

test('a ResourceManager that was started again is believed to know no application only once it is active', async (t) => {
  const fake = await startFakeResourceManager(t);
  let state = 'INITIALIZING';
  let known: object[] = [];
  fake.answer = (path) => {
    if (path === '/info') return { body: { clusterInfo: { haState: state } } };
    if (path === '/apps') return { body: { apps: { app: known } } };
    return known.length === 0 ? notFound : { body: { app: known[0] } };
  };
  const rm = manager(fake.url);
  const starting = { code: 'CLUSTER_UNREACHABLE', message: /starting \(INITIALIZING\)/ };
  await assert.rejects(rm.application('application_1_0001'), starting);
  await assert.rejects(rm.applicationsByTag('x'), starting);
  state = 'ACTIVE';
  assert.equal(await rm.application('application_1_0001'), undefined);
  assert.deepEqual(await rm.applicationsByTag('x'), []);

  // It takes its applications back between our question and its word that it is active.
  const answer = fake.answer;
  fake.answer = (path, ...rest) => {
    if (path === '/info') known = [yarnApp()];
    return answer(path, ...rest);
  };
  assert.equal((await rm.application('application_1_0001'))?.state, 'RUNNING');
  known = [];
  assert.equal((await rm.applicationsByTag('x')).length, 1);
});

test('a standby, an error page and a dead address are passed over; the one that answered is asked first', async (t) => {
  const [standby, broken, active] = [
    await startFakeResourceManager(t),
    await startFakeResourceManager(t),
    await startFakeResourceManager(t),
  ];
  standby.answer = () => ({ body: 'Can not find any active RM. Will retry in next 1 seconds.' });
  broken.answer = () => ({ status: 500, body: { RemoteException: { message: 'State store is down' } } });
  active.answer = () => ({ body: { app: yarnApp() } });
  const rm = manager(await deadAddress(t), standby.url, broken.url, active.url);
  assert.equal((await rm.application('application_1_0001'))?.state, 'RUNNING');
  assert.equal((await rm.application('application_1_0001'))?.state, 'RUNNING');
  assert.deepEqual([standby.calls.length, broken.calls.length, active.calls.length], [1, 1, 2]);
  await active.close();
  await assert.rejects(rm.application('application_1_0001'), /active RM|without the JSON.*State store is down/s);
});

test('a 404 that is not a ResourceManager’s says nothing about an application', async (t) => {
  const fake = await startFakeResourceManager(t);
  fake.answer = () => ({ status: 404, body: '<html>no such page</html>' });
  await assert.rejects(manager(fake.url).application('application_1_0001'), { code: 'CLUSTER_UNREACHABLE' });
});

test('a standby that redirects is followed, with what was to be written', async (t) => {
  const [standby, active] = [await startFakeResourceManager(t), await startFakeResourceManager(t)];
  standby.answer = (path) => ({
    status: 307,
    body: 'This is standby RM.',
    headers: { location: `${active.url}/ws/v1/cluster${path}` },
  });
  active.answer = () => ({ status: 202, body: { state: 'ACCEPTED' } });
  await manager(standby.url).kill('application_1_0001');
  assert.deepEqual(active.calls, ['PUT /apps/application_1_0001/state {"state":"KILLED"}']);
});

test('a refusal is told as such, and no other address is tried', async (t) => {
  const [first, second] = [await startFakeResourceManager(t), await startFakeResourceManager(t)];
  first.answer = () => ({ status: 403, body: { RemoteException: { message: 'The default static user' } } });
  await assert.rejects(manager(first.url, second.url).kill('application_1_0001'), {
    code: 'CLUSTER_FORBIDDEN',
    message: /user "me"/,
  });
  assert.deepEqual(second.calls, []);
});

test('queues are told with their limits, whichever scheduler there is', async (t) => {
  const fake = await startFakeResourceManager(t);
  const limit = { memory: 8192, vCores: 4 };
  const capacity = {
    maximumAllocation: limit,
    queueName: 'root',
    queues: {
      queue: [
        { queueName: 'a', queuePath: 'root.a', state: 'STOPPED', absoluteMaxCapacity: 50 },
        { queueName: 'p', queues: { queue: [{ queueName: 'b', queuePath: 'root.p.b', maximumAllocation: limit }] } },
      ],
    },
  };
  fake.answer = () => ({ body: { scheduler: { schedulerInfo: capacity } } });
  const none = { isStopped: false, maximumAllocation: undefined, maxShare: undefined, maxMemoryMb: undefined };
  const allocation = { memoryMb: 8192, vcores: 4 };
  assert.deepEqual(await manager(fake.url).scheduler(), {
    maximumAllocation: allocation,
    queues: [
      { ...none, name: 'a', path: 'root.a', isStopped: true, maxShare: 0.5 },
      { ...none, name: 'b', path: 'root.p.b', maximumAllocation: allocation },
    ],
  });
  const fair = {
    type: 'fairScheduler',
    rootQueue: { queueName: 'root', childQueues: { queue: [{ queueName: 'root.x', maxResources: { memory: 4096 } }] } },
  };
  fake.answer = () => ({ body: { scheduler: { schedulerInfo: fair } } });
  assert.deepEqual((await manager(fake.url).scheduler()).queues, [
    { ...none, name: 'x', path: 'root.x', maxMemoryMb: 4096 },
  ]);
});
