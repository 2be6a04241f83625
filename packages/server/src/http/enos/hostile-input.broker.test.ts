import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { applyObservation } from '../../runs/apply-observation.ts';
import { findPipeline } from '../../use-case/find-pipeline.ts';
import { sharedFixture } from './testing/contract-driver.ts';
import {
  ADMIN_TOKEN,
  type CallOptions,
  createEnosClient,
  createEnosFixture,
  documentOf,
  type EnosClient,
  type EnosFixture,
  type EnosResponse,
} from './testing/enos-fixture.ts';

// What a client written from the contract alone sees when it, or somebody pretending to be one, sends nonsense.
suite('hostile and careless input', () => {
  const shared = sharedFixture(createEnosFixture);
  let fixture: EnosFixture;
  let client: EnosClient;
  let orgId: string;
  let pipelineId: string;
  before(async () => {
    fixture = await shared.open();
    client = createEnosClient(fixture, await fixture.organization({ standaloneCu: 10 }));
    orgId = client.org.orgId;
    const saved = await save('null', { name: 'Victim', pipelineJson: documentOf() });
    pipelineId = saved.json.data;
    assert.equal((await operate('release')).json.code, 0);
  });
  after(() => shared.close());

  const operate = (action: string, options: CallOptions = {}, id = pipelineId) =>
    client.call('POST', `streaming/pipeline/${id}`, { query: `orgId=${orgId}&action=${action}`, ...options });
  const save = (id: string, body: unknown) => operate('save', { body }, id);
  const state = (action: string, body: unknown) =>
    client.call('POST', 'stage-state', { query: `orgId=${orgId}&action=${action}`, body });
  const failure = ({ http, json }: EnosResponse) => [http, json.code, json.msg];
  const paths = ({ json }: EnosResponse) => json.data?.issues?.map((issue: { path: string }) => issue.path);
  const INVALID = 'The Stream configuration JSON is invalid.';
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

  const saves: readonly [name: string, body: unknown, path: string][] = [
    ['pipelineJson a number', { pipelineJson: 7 }, '/pipelineJson'],
    ['pipelineJson text that is no JSON', { pipelineJson: '{' }, '/pipelineJson'],
    ['pipelineJson text of a list', { pipelineJson: '[]' }, '/pipelineJson'],
    ['pipelineJson text nested too deeply', { pipelineJson: `{"stages":${nested(5000)}}` }, '/pipelineJson'],
    ['no stages', { pipelineJson: {} }, '/pipelineJson/stages'],
    [
      'stages that are no list',
      { pipelineJson: { pipelineConfig: { stages: {} } } },
      '/pipelineJson/pipelineConfig/stages',
    ],
    ['too many stages', { pipelineJson: { stages: Array(501).fill({}) } }, '/pipelineJson/stages'],
    ['a document that is too large', { pipelineJson: documentOf({ x: 'y'.repeat(200_000) }) }, '/pipelineJson'],
    ['templateType 6', { templateType: 6 }, '/templateType'],
    ['templateType 1.5', { templateType: '1.5' }, '/templateType'],
    ['messageChannel 2', { messageChannel: 2 }, '/messageChannel'],
    ['a name with NUL', { name: 'a\u0000b' }, '/name'],
    ['a name with half a surrogate pair', { name: 'a\ud800' }, '/name'],
    ['a name with a line break', { name: 'a\nb' }, '/name'],
    ['a name of 100,000 characters', { name: 'n'.repeat(100_000) }, '/name'],
    ['a blank name', { name: '  ' }, '/name'],
    ['a name that is an object', { pipelineName: { toString: 1 } }, '/pipelineName'],
    ['a description with NUL', { desc: '\u0000' }, '/desc'],
    ['a version that is a list', { version: [] }, '/version'],
    ['templateName with NUL', { templateName: { en_us: '\u0000' } }, '/templateName'],
    ['alarmConfig a list', { alarmConfig: [] }, '/alarmConfig'],
    ['points that are no list', { templateType: 3, pipelineJson: { points: 'x' } }, '/pipelineJson/points'],
    ['points of null', { templateType: 5, pipelineJson: { points: [null] } }, '/pipelineJson/points'],
    ['a list as body', [], ''],
    ['null as body', null, ''],
  ];
  for (const [name, body, path] of saves)
    test(`save refuses ${name} and says where`, async () => {
      for (const id of ['null', pipelineId]) {
        const answer = await save(id, body);
        assert.deepEqual([...failure(answer), ...paths(answer)], [200, 61100, INVALID, path]);
      }
    });

  const bodies: readonly [name: string, text: string | Buffer][] = [
    ['nothing', ''],
    ['no JSON', '{"name":'],
    ['a form', 'name=x&pipelineJson={}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['100,000 levels', nested(100_000)],
    ['more than allowed', `{"name":"${'x'.repeat(310_000)}"}`],
  ];
  for (const [name, text] of bodies) {
    test(`save and start refuse a body of ${name}`, async () => {
      for (const action of ['save', 'start']) {
        const answer = await operate(action, { text });
        assert.deepEqual([...failure(answer), paths(answer)?.[0]], [200, 61100, INVALID, '']);
        assert.ok(answer.json.submsg.length > 10);
      }
    });
    test(`stage-state refuses a body of ${name}`, async () => {
      const answer = await client.call('POST', 'stage-state', { query: `orgId=${orgId}&action=get`, text });
      assert.deepEqual(failure(answer), [200, 61102, 'Missing param body']);
    });
  }

  test('a body that is too large is told how large it may be', async () => {
    const answer = await operate('save', { text: `{"name":"${'x'.repeat(310_000)}"}` });
    assert.equal(answer.json.submsg, 'The body is too large: at most 300000 bytes are taken.');
  });

  test('a body is read whatever its Content-Type says', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'Multipart/form-data;charset=UTF-8',
      'application/json',
    ]) {
      const answer = await operate('save', { body: { desc: type }, headers: { 'content-type': type } });
      assert.deepEqual(failure(answer), [200, 0, 'OK'], type);
    }
  });

  test('start names every wrong field', async () => {
    const answer = await operate('start', {
      body: { executionMode: 7, kafkaRate: -1, resourceConfig: { server: 'lots' } },
    });
    assert.deepEqual(failure(answer), [200, 61100, INVALID]);
    assert.deepEqual(paths(answer), ['/executionMode', '/kafkaRate', '/resourceConfig/server']);
    assert.match(answer.json.submsg, /^\/executionMode: /);
  });

  const queries: readonly [path: string, query: (org: string) => string, param: string][] = [
    ['streaming/pipelines', () => '', 'orgId'],
    ['streaming/pipelines', () => 'orgId=', 'orgId'],
    ['streaming/pipelines', (org) => `orgId=${org}&orgId=other`, 'orgId'],
    ['streaming/pipelines', (org) => `orgId=${org}&pageSize=0`, 'pageSize'],
    ['streaming/pipelines', (org) => `orgId=${org}&pageSize=-1`, 'pageSize'],
    ['streaming/pipelines', (org) => `orgId=${org}&pageSize=1e3`, 'pageSize'],
    ['streaming/pipelines', (org) => `orgId=${org}&pageSize=99999999999999999999`, 'pageSize'],
    ['streaming/pipelines', (org) => `orgId=${org}&pageNo=0`, 'pageNo'],
    ['streaming/pipelines', (org) => `orgId=${org}&pageNo=x%00`, 'pageNo'],
    ['streaming/pipelines', (org) => `orgId=${org}&ifReleased=perhaps`, 'ifReleased'],
    ['streaming/pipelines', (org) => `orgId=${org}&isSystem=2`, 'isSystem'],
  ];
  for (const [path, query, param] of queries)
    test(`a wrong query is named: ${query('{org}')}`, async () => {
      assert.deepEqual(failure(await client.call('GET', path, { query: query(orgId) })), [
        200,
        61102,
        `Missing param ${param}`,
      ]);
    });

  test('a page beyond the end is empty', async () => {
    const answer = await client.call('GET', 'streaming/pipelines', {
      query: `orgId=${orgId}&pageNo=1000000000&pageSize=1000&ifReleased=TRUE`,
    });
    assert.deepEqual(answer.json.data, { count: 1, pipelines: [] });
  });

  test('an action that is missing, unknown or given twice is a missing parameter', async () => {
    for (const query of ['', '&action=', '&action=Start', '&action=constructor', '&action=start&action=stop'])
      for (const path of [`streaming/pipeline/${pipelineId}`, 'stage-state']) {
        const answer = await client.call('POST', path, { query: `orgId=${orgId}${query}`, body: {} });
        assert.deepEqual(failure(answer), [200, 61102, 'Missing param action'], query);
      }
  });

  const ids = [
    'none',
    '565c0114-9585-4372-86d1-50dde5ab8ce4',
    'a%00b',
    '%F0%9F%98%80',
    "1'%20or%201=1--",
    'x'.repeat(500),
    '__proto__',
    'null',
  ];
  test('a pipeline id that cannot be is one that is not', async () => {
    for (const id of ids) {
      const get = (path: string) => client.call('GET', `streaming/pipeline/${path}`);
      assert.deepEqual(failure(await get(id)), [200, 61108, 'Stream processing pipeline does not exit.'], id);
      assert.deepEqual(
        failure(await get(`${id}/offset-lag`)),
        [200, 61108, 'Stream processing job does not exist.'],
        id,
      );
      const reset = await client.call('POST', `streaming/pipeline/${id}/offset`);
      assert.deepEqual(failure(reset), [200, 61108, 'stream processing pipeline does not exit.'], id);
      for (const action of ['release', 'start', 'pause', 'stop'])
        assert.deepEqual(
          failure(await operate(action, { body: {} }, id)),
          [200, 61108, 'stream processing pipeline does not exit.'],
          `${action} ${id}`,
        );
    }
  });

  const keys = { stageInstanceName: 'LatePointTagger_01', assetIds: 'a,b', pointIds: 'p' };
  test('stage state says which parameter is missing or wrong', async () => {
    const wrong: readonly [body: Record<string, unknown>, param: string][] = [
      [{ ...keys }, 'pipelineId'],
      [{ ...keys, pipelineId: 5 }, 'pipelineId'],
      [{ ...keys, pipelineId, stageInstanceName: '' }, 'stageInstanceName'],
      [{ ...keys, pipelineId, stageInstanceName: 'Nobody_01' }, 'stageInstanceName'],
      [{ ...keys, pipelineId, assetIds: ' , ' }, 'assetIds'],
      [{ ...keys, pipelineId, assetIds: [1] }, 'assetIds'],
      [{ ...keys, pipelineId, pointIds: null }, 'pointIds'],
    ];
    for (const action of ['get', 'delete'])
      for (const [body, param] of wrong)
        assert.deepEqual(failure(await state(action, body)), [200, 61102, `Missing param ${param}`]);
  });

  test('stage state has limits, types and a pipeline of its own organization', async () => {
    const many = Array.from({ length: 317 }, (_, i) => `id${i}`).join(',');
    const tooMany = await state('get', { ...keys, pipelineId, assetIds: many, pointIds: many });
    assert.deepEqual(failure(tooMany), [200, 61105, 'Too many points']);
    const trash = await state('get', { ...keys, pipelineId, stageInstanceName: 'Trash_01' });
    assert.deepEqual(failure(trash), [200, 61107, 'Not supported stage type']);
    for (const id of ['none', 'a\u0000b', '__proto__'])
      assert.deepEqual(failure(await state('get', { ...keys, pipelineId: id })), [
        200,
        61106,
        'Wrong pipelineId or OU has no privilege',
      ]);
    const running = await state('delete', { ...keys, pipelineId });
    assert.deepEqual(failure(running), [
      200,
      61199,
      'Stage state can be deleted only while the pipeline is paused; its status is PUBLISHED.',
    ]);
  });

  test('a foreign organization is refused the same way whether it exists or not', async () => {
    const other = await fixture.organization();
    for (const org of [other.orgId, 'o1', 'a%00b']) {
      const call = (method: 'GET' | 'POST', path: string, query = '') =>
        client.call(method, path, {
          query: `orgId=${org}${query}`,
          ...(method === 'POST' ? { body: { pipelineId } } : {}),
        });
      assert.deepEqual(failure(await call('GET', 'streaming/pipelines')), [
        403,
        61106,
        'Wrong pipelineId or OU has no privilege',
      ]);
      assert.deepEqual(failure(await call('GET', `streaming/pipeline/${pipelineId}`)), [
        403,
        61108,
        'Stream processing pipeline does not exit.',
      ]);
      assert.deepEqual(failure(await call('POST', `streaming/pipeline/${pipelineId}`, '&action=stop')), [
        403,
        61108,
        'stream processing pipeline does not exit.',
      ]);
      assert.deepEqual(failure(await call('POST', `streaming/pipeline/null`, '&action=save')), [
        403,
        61108,
        'stream processing pipeline does not exit.',
      ]);
      assert.deepEqual(failure(await call('POST', 'stage-state', '&action=get')), [
        403,
        61106,
        'Wrong pipelineId or OU has no privilege',
      ]);
    }
  });

  test("another organization's pipeline does not exist", async () => {
    const other = createEnosClient(fixture, await fixture.organization());
    const query = `orgId=${other.org.orgId}`;
    const details = await other.call('GET', `streaming/pipeline/${pipelineId}`, { query });
    assert.deepEqual(failure(details), [200, 61108, 'Stream processing pipeline does not exit.']);
    const saved = await other.call('POST', `streaming/pipeline/${pipelineId}`, {
      query: `${query}&action=save`,
      body: { name: 'Mine' },
    });
    assert.deepEqual(failure(saved), [200, 61108, 'stream processing pipeline does not exit.']);
    assert.equal((await findPipeline(fixture.deps.store.db, orgId, pipelineId)).name, 'Victim');
  });

  test('calls without good credentials are turned away in the envelope of the gateway', async () => {
    const accessToken = await client.token();
    const now = String(fixture.deps.clock.now());
    const late = String(fixture.deps.clock.now() - 300_001);
    const turnedAway: readonly [headers: Record<string, string>, status: number][] = [
      [{}, 1202],
      [{ authorization: '' }, 1202],
      [{ authorization: 'Bearer' }, 1203],
      [{ authorization: 'Bearer nobody' }, 1203],
      [{ authorization: `Basic ${accessToken}` }, 1203],
      [{ 'apim-accesstoken': accessToken }, 1202],
      [{ 'apim-accesstoken': accessToken, 'apim-signature': 'f' }, 1202],
      [{ 'apim-accesstoken': accessToken, 'apim-signature': 'f', 'apim-timestamp': 'now' }, 1004],
      [{ 'apim-accesstoken': accessToken, 'apim-signature': 'f', 'apim-timestamp': late }, 1004],
      [{ 'apim-accesstoken': accessToken, 'apim-signature': 'f', 'apim-timestamp': now }, 1003],
      [{ 'apim-accesstoken': 'nobody', 'apim-signature': 'f', 'apim-timestamp': now }, 1203],
    ];
    for (const [headers, status] of turnedAway) {
      const answer = await fixture.app.inject({ url: `/streaming/v2.0/streaming/pipelines?orgId=${orgId}`, headers });
      const body = answer.json();
      assert.deepEqual(
        [answer.statusCode, body.status, body.business, typeof body.msg],
        [401, status, 'apim-token-service', 'string'],
        JSON.stringify(headers),
      );
    }
  });

  test('a signature is good for exactly what was signed, and may be sent again', async () => {
    const signedFor = { body: { name: 'Victim' } };
    assert.equal((await operate('save', signedFor)).http, 200);
    assert.equal((await operate('save', signedFor)).http, 200);
    const changed = await operate('save', {
      ...signedFor,
      headers: { 'apim-timestamp': String(fixture.deps.clock.now() + 1) },
    });
    assert.deepEqual([changed.http, changed.json.status], [401, 1003]);
    const upper = await operate('pause', { headers: { 'apim-signature': 'A'.repeat(64) } });
    assert.deepEqual([upper.http, upper.json.status], [401, 1003]);
  });

  test('the token alone is taken in the Authorization header, with or without Bearer; so is the admin token', async () => {
    for (const token of [await client.token(), ADMIN_TOKEN])
      for (const authorization of [token, `Bearer ${token}`, `bearer  ${token}`]) {
        const url = `/streaming/v2.0/streaming/pipelines?orgId=${orgId}`;
        const answer = await fixture.app.inject({ url, headers: { authorization } });
        assert.deepEqual([answer.statusCode, answer.json().code], [200, 0]);
      }
    const url = '/streaming/v2.0/streaming/pipelines?orgId=nobody';
    const answer = await fixture.app.inject({ url, headers: { authorization: ADMIN_TOKEN } });
    assert.deepEqual([answer.statusCode, answer.json().code], [200, 61106]);
  });

  test('Kafka away is said in the code of each call', async () => {
    assert.deepEqual(failure(await operate('start', { body: { executionMode: 0 } })), [200, 0, 'OK']);
    const { currentRunId } = await findPipeline(fixture.deps.store.db, orgId, pipelineId);
    await applyObservation(fixture.deps, currentRunId ?? '', 'workerRunning');
    const reset = () => client.call('POST', `streaming/pipeline/${pipelineId}/offset`);
    assert.deepEqual(failure(await reset()), [200, 61168, 'Failed to get the Kafka average rate.']);
    await operate('pause');
    await applyObservation(fixture.deps, currentRunId ?? '', 'workerStopped');

    fixture.kafka.isReachable = false;
    assert.deepEqual(failure(await reset()), [200, 61168, 'Failed to get the Kafka average rate.']);
    const read = await state('get', { ...keys, pipelineId });
    assert.deepEqual(failure(read), [200, 61199, 'Kafka cannot be reached.']);
    fixture.kafka.isReachable = true;
    assert.deepEqual((await reset()).json.data, '');
    assert.deepEqual(fixture.kafka.skipped, [pipelineId]);
  });
});
