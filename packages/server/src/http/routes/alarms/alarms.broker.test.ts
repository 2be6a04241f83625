import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createMailer } from '../../../alarms/delivery/mailer.ts';
import { listenForCalls, listenForMail } from '../../../alarms/testing/listeners.ts';
import { alarmDeliveries, alarmIncidents, alarmReceivers, alarms } from '../../../store/schema-alarms.ts';
import { createEnosClient } from '../../enos/testing/enos-fixture.ts';
import { type ApiFixtureOptions, createApiFixture } from '../../testing/api-fixture.ts';

const withPipeline = async (t: TestContext, options: ApiFixtureOptions = {}) => {
  const api = await createApiFixture(t, options);
  const org = await api.organization();
  // Each client asks for a token by a time of its own.
  api.enos.advance(1000);
  const client = createEnosClient(api.enos, org);
  const save = async (body: object, id = 'null') =>
    (await client.call('POST', `streaming/pipeline/${id}`, { query: `action=save&orgId=${org.orgId}`, body })).json;
  const saved = await save({ name: 'p', templateType: 1, messageChannel: 0, pipelineJson: { stages: [] } });
  const receivers = `organizations/${org.orgId}/alarm-receivers`;
  const settings = `pipelines/${saved.data}/alarm-settings`;
  const put = async (body: object, ifMatch: string | undefined) => {
    const response = await api.app.inject({
      method: 'PUT',
      url: `/api/v1/${settings}`,
      headers: { authorization: `Bearer ${org.token}`, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
      payload: body,
    });
    return { status: response.statusCode, json: response.json(), tag: String(response.headers.etag) };
  };
  const listed = async (): Promise<string> => {
    const list = async (isReleased: boolean) =>
      (await client.call('GET', 'streaming/pipelines', { query: `orgId=${org.orgId}&ifReleased=${isReleased}` })).json
        .data.pipelines;
    return [...(await list(true)), ...(await list(false))][0].alarmConfig;
  };
  /** A token that may look, and no more. */
  const viewer = async (): Promise<string> => {
    const made = await api.call('POST', `organizations/${org.orgId}/access-keys`, { role: 'viewer' });
    return createEnosClient(api.enos, { ...org, ...made.json }).token();
  };
  return {
    ...api,
    viewer,
    clock: api.deps.clock,
    org,
    client,
    save,
    pipelineId: String(saved.data),
    receivers,
    settings,
    put,
    listed,
  };
};

test('receivers are made, changed, tested and removed; what is secret of them is shown once or never', async (t) => {
  const mail = await listenForMail(t);
  const hook = await listenForCalls(t);
  const mailer = createMailer({ url: mail.url, from: 'penstock@example.org' });
  const { call, receivers, org, deps, enos } = await withPipeline(t, { mailer, outboundNetworks: ['127.0.0.1/32'] });
  const person = await call('POST', receivers, { name: 'A', kind: 'email', address: 'a@example.org' }, org.token);
  assert.deepEqual([person.status, person.json.secret, person.json.canSend], [201, null, true]);
  const program = await call('POST', receivers, { name: 'B', kind: 'webhook', address: hook.url }, org.token);
  assert.match(program.json.secret, /^whsec_/);
  assert.equal(program.json.address, `${new URL(hook.url).origin}/…`);
  const one = `${receivers}/${program.json.receiverId}`;
  const list = await call('GET', receivers, undefined, org.token);
  assert.deepEqual(
    list.json.items.map(({ name }: { name: string }) => name),
    ['A', 'B'],
  );
  assert.ok(!list.text.includes('whsec_') && !list.text.includes('/hook/'));
  assert.ok(!JSON.stringify(await deps.store.db.select().from(alarmReceivers)).includes('/hook/'), 'sealed');

  assert.deepEqual((await call('POST', `${one}/test`, undefined, org.token)).json.delivered, true);
  assert.equal(JSON.parse(hook.calls[0]?.body ?? '').type, 'alarm.test');
  assert.equal((await call('POST', `${one}/test`, undefined, org.token)).json.code, 'RECEIVER_TESTED_JUST_NOW');
  hook.state.status = 401;
  enos.advance(10_000);
  assert.equal((await call('POST', `${one}/test`, undefined, org.token)).json.code, 'WEBHOOK_REFUSED');
  const tested = await call('POST', `${receivers}/${person.json.receiverId}/test`, undefined, org.token);
  assert.deepEqual([tested.json.delivered, mail.mails.length], [true, 1]);

  const renamed = await call('PATCH', one, { name: 'C', language: 'zh' }, org.token);
  assert.deepEqual([renamed.json.name, renamed.json.language, renamed.json.secret], ['C', 'zh', null]);
  const moved = await call('PATCH', one, { address: 'https://example.org/other' }, org.token);
  assert.match(moved.json.secret, /^whsec_/, 'whoever is behind another address does not get the old secret');
  assert.notEqual(moved.json.secret, program.json.secret);
  for (const address of ['ftp://x', 'https://u:p@example.org', 'nothing'])
    assert.equal((await call('PATCH', one, { address }, org.token)).status, 400, address);
  const wrong = { name: 'D', kind: 'email', address: 'a@b\r\nBcc: c@d' };
  assert.equal((await call('POST', receivers, wrong, org.token)).status, 400);
  assert.equal((await call('DELETE', one, undefined, org.token)).status, 204);
  assert.equal((await call('DELETE', one, undefined, org.token)).json.code, 'RECEIVER_UNKNOWN');
});

test('without an SMTP server that is said, and an address inside is refused when it is called', async (t) => {
  const hook = await listenForCalls(t);
  const { call, receivers, org } = await withPipeline(t);
  const person = await call('POST', receivers, { name: 'A', kind: 'email', address: 'a@example.org' }, org.token);
  assert.equal(person.json.canSend, false);
  const test = (id: string) => call('POST', `${receivers}/${id}/test`, undefined, org.token);
  assert.equal((await test(person.json.receiverId)).json.code, 'MAIL_NOT_CONFIGURED');
  const inside = await call('POST', receivers, { name: 'B', kind: 'webhook', address: hook.url }, org.token);
  assert.equal((await test(inside.json.receiverId)).json.code, 'OUTBOUND_ADDRESS_REFUSED');
  const byName = hook.url.replace('127.0.0.1', 'localhost');
  const named = await call('POST', receivers, { name: 'C', kind: 'webhook', address: byName }, org.token);
  assert.equal((await test(named.json.receiverId)).json.code, 'OUTBOUND_ADDRESS_REFUSED');
  assert.equal(hook.calls.length, 0);
});

test('alarm settings are set by who has seen them, at once, and are the vendor’s text as well', async (t) => {
  const { call, receivers, settings, put, listed, save, org, client, pipelineId } = await withPipeline(t);
  const empty = await call('GET', settings, undefined, org.token);
  assert.deepEqual(empty.json, { settings: { receivers: [] }, issues: [] });
  const { receiverId } = (await call('POST', receivers, { name: 'A', kind: 'email', address: 'a@b' }, org.token)).json;
  const wanted = { receivers: [receiverId], lag: { threshold: 10_000, forMinutes: 2 } };
  assert.equal((await put(wanted, undefined)).status, 428);
  assert.equal((await put(wanted, '"0000000000000000"')).json.code, 'ALARM_SETTINGS_OUTDATED');
  const set = await put(wanted, String(empty.headers.etag));
  assert.deepEqual([set.status, set.json], [200, { settings: wanted, issues: [] }]);
  assert.equal(
    await listed(),
    `{"alarmMode":1,"receivers":"${receiverId}","lagAlarm":{"threshold":10000,"minutes":2}}`,
  );
  assert.equal((await put({ receivers: ['nobody'] }, '*')).json.code, 'FIELD_INVALID');
  assert.equal((await put({ receivers: [], lag: { threshold: -1, forMinutes: 2 } }, '*')).status, 400);
  assert.equal((await call('DELETE', `${receivers}/${receiverId}`, undefined, org.token)).json.code, 'RECEIVER_IN_USE');

  const operate = (action: string) =>
    client.call('POST', `streaming/pipeline/${pipelineId}`, { query: `action=${action}&orgId=${org.orgId}` });
  assert.equal((await operate('release')).json.code, 0);
  const vendors = '{"alarmMode":1,"receivers":"u15453595541281","x":1.10}';
  assert.equal((await save({ alarmConfig: vendors }, pipelineId)).code, 0);
  assert.equal(await listed(), vendors);
  const told = await call('GET', settings, undefined, org.token);
  assert.deepEqual(
    told.json.issues.map(({ code }: { code: string }) => code),
    ['ALARM_RECEIVER_UNKNOWN', 'ALARM_RULES_MISSING'],
  );
  const kept = { receivers: ['u15453595541281', receiverId], progress: { forMinutes: 5 } };
  assert.deepEqual((await put(kept, '*')).json.settings, kept, 'a stranger who was there may stay');
  assert.match(await listed(), /"x":1\.10/);
  assert.equal((await call('POST', `pipelines/${pipelineId}/revert`, undefined, org.token)).status, 204);
  assert.deepEqual((await call('GET', settings, undefined, org.token)).json.settings, wanted);
});

test('alarms and deliveries are listed by their state; what failed is tried again', async (t) => {
  const { call, receivers, org, deps, pipelineId } = await withPipeline(t);
  const { orgId } = org;
  const { receiverId } = (await call('POST', receivers, { name: 'A', kind: 'email', address: 'a@b' }, org.token)).json;
  const state = { orgId, pipelineId, since: 5, wasRaised: true, wasNoData: false, incidentId: 'i', facts: { lag: 5 } };
  await deps.store.db.insert(alarms).values([
    { ...state, rule: 'lag', state: 'alerting' },
    { ...state, rule: 'status', state: 'normal', wasRaised: false },
  ]);
  const notice = {
    kind: 'raised',
    rule: 'lag',
    incidentId: 'i',
    orgId,
    pipelineId,
    pipelineName: 'p',
    at: 5,
    since: 5,
    facts: { lag: 5, threshold: 1 },
  };
  const row = { orgId, pipelineId, receiverId, notice, createdAt: 5, nextAttemptAt: 5, giveUpAt: 6 };
  await deps.store.db.insert(alarmDeliveries).values([
    { ...row, deliveryId: 'd1', state: 'failed', lastError: 'MAIL_REFUSED' },
    { ...row, deliveryId: 'd2', state: 'delivered' },
  ]);
  const open = await call('GET', `organizations/${orgId}/alarms?state=alerting`, undefined, org.token);
  assert.deepEqual(
    open.json.items.map(({ rule, isOpen, facts }: { rule: string; isOpen: boolean; facts: object }) => ({
      rule,
      isOpen,
      facts,
    })),
    [{ rule: 'lag', isOpen: true, facts: { lag: 5 } }],
  );
  const first = await call('GET', `pipelines/${pipelineId}/alarms?limit=1`, undefined, org.token);
  const rest = await call(
    'GET',
    `pipelines/${pipelineId}/alarms?limit=1&cursor=${first.json.nextCursor}`,
    undefined,
    org.token,
  );
  assert.deepEqual([first.json.items[0].rule, rest.json.items[0].rule, first.json.total], ['lag', 'status', 2]);
  const deliveries = `organizations/${orgId}/alarm-deliveries`;
  const failed = await call('GET', `${deliveries}?state=failed&pipelineId=${pipelineId}`, undefined, org.token);
  assert.deepEqual(
    [failed.json.total, failed.json.items[0].subject, failed.json.items[0].lastError],
    [1, '[Penstock] Lag 5 > 1: p', 'MAIL_REFUSED'],
  );
  assert.equal((await call('POST', `${deliveries}/d1/retry`, undefined, org.token)).status, 204);
  assert.equal((await call('POST', `${deliveries}/d2/retry`, undefined, org.token)).status, 204);
  assert.equal(
    (await call('POST', `${deliveries}/d3/retry`, undefined, org.token)).json.code,
    'ALARM_DELIVERY_UNKNOWN',
  );
  const all = await call('GET', deliveries, undefined, org.token);
  assert.deepEqual(
    all.json.items.map(({ state: each }: { state: string }) => each),
    ['delivered', 'pending'],
  );
  const stranger = await call('GET', `organizations/other/alarms`, undefined, org.token);
  assert.equal(stranger.json.code, 'ORGANIZATION_UNKNOWN');
});

test('an alarm is acknowledged, shelved and taken back by who may operate, and who did is noted', async (t) => {
  const { call, org, deps, pipelineId, put, viewer, clock } = await withPipeline(t);
  const one = `pipelines/${pipelineId}/alarms/lag`;
  const say = (what: string, body?: object, token = org.token) => call('POST', `${one}/${what}`, body, token);
  assert.equal((await say('shelve', { minutes: 60, note: 'n' })).json.code, 'ALARM_UNKNOWN');
  assert.equal((await say('acknowledge', { note: 'n' })).json.code, 'ALARM_NOTHING_TO_ACKNOWLEDGE');
  assert.equal((await put({ receivers: [], lag: { threshold: 5, forMinutes: 2 } }, '*')).status, 200);
  for (const body of [
    { minutes: 0, note: 'n' },
    { minutes: 10_081, note: 'n' },
    { minutes: 5 },
    { minutes: 5, note: '  ' },
  ])
    assert.equal((await say('shelve', body)).status, 400, JSON.stringify(body));
  assert.equal(
    (await call('POST', `pipelines/${pipelineId}/alarms/other/shelve`, { minutes: 5, note: 'n' }, org.token)).status,
    400,
  );
  assert.equal((await say('shelve', { minutes: 60, note: 'work on the site' })).status, 204);
  const list = async () => (await call('GET', `pipelines/${pipelineId}/alarms`, undefined, org.token)).json.items;
  const [shelved] = await list();
  assert.deepEqual(
    [shelved.state, shelved.shelved.note, shelved.shelved.until - shelved.shelved.at],
    ['normal', 'work on the site', 3600_000],
  );
  assert.equal((await say('unshelve')).status, 204);
  assert.equal((await say('unshelve')).status, 204, 'again changes nothing');

  const now = clock.now();
  await deps.store.db
    .update(alarms)
    .set({ state: 'pending', badSince: now, unacknowledgedSince: now, incidentId: 'i' });
  const incident = { orgId: org.orgId, pipelineId, rule: 'lag', kind: 'raised', facts: { lag: 9 } };
  await deps.store.db.insert(alarmIncidents).values({ ...incident, incidentId: 'i', raisedAt: now });
  const [asks] = await list();
  assert.deepEqual([asks.unacknowledgedSince, asks.acknowledged, asks.changesAt], [now, null, now + 120_000]);
  const counts = async () => (await call('GET', `organizations/${org.orgId}/alarm-counts`, undefined, org.token)).json;
  const listed = async (query: string) =>
    (await call('GET', `organizations/${org.orgId}/alarms?${query}`, undefined, org.token)).json.total;
  assert.deepEqual(await counts(), {
    open: { unacknowledged: 0, acknowledged: 0 },
    over: { unacknowledged: 1, acknowledged: 0 },
    ...{ pending: 1, noData: 0, shelved: 1 },
  });
  assert.deepEqual(
    [
      await listed('isOpen=false&isAcknowledged=false&isShelved=true'),
      await listed('isOpen=true'),
      await listed('isAcknowledged=true'),
    ],
    [1, 0, 0],
  );
  assert.equal((await say('acknowledge', { note: 'seen' })).status, 204);
  const [known] = await list();
  assert.deepEqual([known.unacknowledgedSince, known.acknowledged.note], [null, 'seen']);
  const incidents = await call('GET', `organizations/${org.orgId}/alarm-incidents?rule=lag`, undefined, org.token);
  assert.deepEqual(
    [incidents.json.total, incidents.json.items[0].acknowledged.note, incidents.json.items[0].endedAt],
    [1, 'seen', null],
  );
  const audit = await call('GET', `organizations/${org.orgId}/audit?action=alarm.`, undefined, org.token);
  assert.deepEqual(
    audit.json.items.map(({ action }: { action: string }) => action),
    ['alarm.acknowledge', 'alarm.unshelve', 'alarm.shelve'],
  );
  for (const what of ['acknowledge', 'shelve', 'unshelve'])
    assert.equal((await say(what, { minutes: 5, note: 'n' }, await viewer())).status, 403, what);
});

test('alarms are ranked by how often they were raised and by how long they were open; three in an hour chatter', async (t) => {
  const { call, org, deps, pipelineId, clock } = await withPipeline(t);
  const now = clock.now();
  const MIN = 60_000;
  const of = (rule: string, agoMin: number, lastedMin: number | null, n: number) => ({
    ...{ orgId: org.orgId, pipelineId, rule, kind: 'raised', facts: {}, incidentId: `${rule}${n}` },
    raisedAt: now - agoMin * MIN,
    endedAt: lastedMin === null ? null : now - (agoMin - lastedMin) * MIN,
  });
  await deps.store.db
    .insert(alarmIncidents)
    .values([
      of('status', 300, null, 1),
      of('lag', 150, 1, 1),
      of('lag', 50, 1, 2),
      of('lag', 40, 1, 3),
      of('lag', 30, 1, 4),
      of('progress', 180, 1, 1),
    ]);
  const ranked = async (query: string) =>
    (await call('GET', `organizations/${org.orgId}/alarm-ranking?${query}`, undefined, org.token)).json.items.map(
      ({ rule, count, openMs, isChattering }: Record<string, unknown>) => [
        rule,
        count,
        Number(openMs) / MIN,
        isChattering,
      ],
    );
  const twoHours = `from=${now - 120 * MIN}`;
  assert.deepEqual(await ranked(twoHours), [
    ['lag', 3, 3, true],
    ['status', 0, 120, false],
  ]);
  assert.deepEqual((await ranked(`${twoHours}&by=time`))[0], ['status', 0, 120, false]);
  assert.deepEqual(await ranked(`from=${now - 200 * MIN}&to=${now - 100 * MIN}`), [
    ['lag', 1, 1, false],
    ['progress', 1, 1, false],
    ['status', 0, 100, false],
  ]);
  const wrong = await call('GET', `organizations/${org.orgId}/alarm-ranking?from=${now + 1}`, undefined, org.token);
  assert.equal(wrong.json.code, 'FIELD_INVALID');
  const page = `organizations/${org.orgId}/alarm-incidents?limit=4`;
  const first = await call('GET', page, undefined, org.token);
  const rest = await call('GET', `${page}&cursor=${first.json.nextCursor}`, undefined, org.token);
  assert.deepEqual([first.json.items.length, rest.json.items.length, rest.json.nextCursor], [4, 2, null]);
});
