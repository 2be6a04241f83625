import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { TaskProgress } from '@penstock/model';
import { createAddressRules } from '@penstock/outbound';
import { asc } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { createSeal } from '../auth/seal.ts';
import { createFreshStores } from '../runs/testing/fresh-store.ts';
import { createSupervisorFixture } from '../runs/testing/supervisor-fixture.ts';
import { alarmDeliveries } from '../store/schema-alarms.ts';
import { deliverDue } from './delivery/courier.ts';
import { createMailer } from './delivery/mailer.ts';
import { claimDue } from './delivery/outbox.ts';
import { listIncidents } from './history/list-incidents.ts';
import { listAlarms } from './manage/list-alarms.ts';
import { setAlarmSettings } from './manage/pipeline-settings.ts';
import { createReceiver } from './receivers/change-receivers.ts';
import { acknowledgeAlarm } from './respond/acknowledge-alarm.ts';
import { shelveAlarm, unshelveAlarm } from './respond/shelve-alarm.ts';
import type { AlarmSettings } from './settings/alarm-settings.ts';
import { listenForCalls, listenForMail } from './testing/listeners.ts';
import { AlarmWatch } from './watch/alarm-watch.ts';

const freshStore = createFreshStores();
const MIN = 60_000;
const GIVE_UP_MS = 24 * 60 * MIN;

/** A running pipeline on a real PostgreSQL, two instances that watch it, and people to be told by mail and webhook. */
const createWatched = async (t: TestContext, rules: Omit<AlarmSettings, 'receivers'>) => {
  const store = await freshStore(t);
  const fixture = await createSupervisorFixture(t, { store });
  const [mail, hook] = [await listenForMail(t), await listenForCalls(t)];
  const sending = {
    clock: fixture.clock,
    seal: createSeal(Buffer.alloc(32, 9)),
    rules: createAddressRules(['127.0.0.1/32']),
    mailer: createMailer({ url: mail.url, from: 'Penstock <penstock@example.org>' }),
  };
  const deps = { ...sending, store, newId: randomUUID, hasMail: true };
  const pipeline = await fixture.pipeline();
  const { orgId, pipelineId } = pipeline;
  const made = { orgId, actor: 'admin' };
  const person = await createReceiver(deps, { ...made, name: 'A', kind: 'email', address: 'a@example.org' });
  const program = await createReceiver(deps, {
    ...made,
    name: 'B',
    kind: 'webhook',
    address: hook.url,
    language: 'zh',
  });
  const receivers = [person.receiverId, program.receiverId];
  await setAlarmSettings(deps, { ...made, pipelineId }, { receivers, ...rules }, undefined);

  const troubles: object[] = [];
  const log = {
    error: (facts: object) => void troubles.push(facts),
    warn: (facts: object) => void troubles.push(facts),
  };
  const watchOf = (instanceId: string) =>
    new AlarmWatch({
      store,
      clock: fixture.clock,
      instanceId,
      newId: randomUUID,
      giveUpMs: GIVE_UP_MS,
      isAtHome: () => true,
      onTold: () => undefined,
      log,
    });
  const watches = [watchOf('one'), watchOf('two')];
  const supervisor = fixture.supervisor('one');
  /** Both instances look at once, and the lease is as good as free: whatever they decide, they decide together. */
  const look = async () => {
    await supervisor.stop();
    await Promise.all(watches.map((watch) => watch.round()));
  };
  const courier = () => deliverDue({ ...sending, store, isAtHome: () => true, log });
  const deliver = () => Promise.all([courier(), courier()]);
  const start = async (): Promise<string> => {
    await pipeline.start();
    await fixture.round(supervisor);
    const runId = await pipeline.runId();
    await fixture.say(runId, {});
    await fixture.round(supervisor);
    return runId;
  };
  const say = (runId: string, over: Partial<TaskProgress> = {}) =>
    fixture.say(runId, {
      tasks: [{ part: 0, topic: 't', partition: 0, committedOffset: 5, endOffset: 5, lag: 0, stalledMs: 0, ...over }],
    });
  /** Time goes by with a report and a look every 15 s. */
  const pass = async (ms: number, runId: string, over?: Partial<TaskProgress>) => {
    for (let gone = 0; gone < ms; gone += 15_000) {
      fixture.advance(15_000);
      await say(runId, over);
      await look();
    }
  };
  const deliveries = () => store.db.select().from(alarmDeliveries).orderBy(asc(alarmDeliveries.id));
  const states = async () => {
    const { items } = await listAlarms(store.db, { orgId }, { limit: 10, after: undefined });
    return items.map(({ rule, state }) => `${rule}: ${state}`);
  };
  return {
    ...fixture,
    store,
    pipeline,
    target: { orgId, pipelineId, actor: 'someone' },
    mail,
    hook,
    secret: program.secret ?? '',
    deps,
    troubles,
    ...{ look, deliver, start, say, pass, deliveries, states, watches },
  };
};

test('a lag is told once to each, whichever of two instances decides and sends; its end likewise', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 2 } });
  const runId = await it.start();
  await it.pass(MIN, runId, { lag: 500, endOffset: 505 });
  assert.deepEqual(await it.states(), ['lag: pending']);
  await it.pass(2 * MIN, runId, { lag: 500, endOffset: 505 });
  assert.deepEqual(await it.states(), ['lag: alerting']);
  assert.equal((await it.deliveries()).length, 2);
  assert.deepEqual([it.mail.mails.length, it.hook.calls.length], [0, 0], 'decided, and not sent yet');
  await it.deliver();
  await it.pass(5 * MIN, runId, { lag: 600, endOffset: 605 });
  await it.deliver();
  const [mail] = it.mail.mails;
  assert.equal(it.mail.mails.length, 1);
  assert.match(it.mail.header(mail ?? '', 'Subject') ?? '', /^\[Penstock\] Lag 500 > 100: p$/);
  const [first] = await it.deliveries();
  assert.equal(it.mail.header(mail ?? '', 'Message-ID'), `<${first?.deliveryId}@example.org>`);
  const [call] = it.hook.calls;
  assert.equal(it.hook.calls.length, 1);
  assert.ok(call !== undefined);
  const headers = { ...call.headers } as Record<string, string>;
  // The clock of the test is not that of the library, which refuses old signatures: only the signature is checked.
  assert.equal(
    new Webhook(it.secret).sign(headers['webhook-id'] ?? '', new Date(it.clock.now() - 5 * MIN), call.body),
    headers['webhook-signature'],
  );
  const body = JSON.parse(call.body);
  assert.equal(body.type, 'alarm.raised');
  assert.deepEqual(body.data.facts, { lag: 500, threshold: 100, forMinutes: 2 });
  assert.match(body.data.subject, /积压/);

  await it.pass(2 * MIN, runId);
  await it.deliver();
  assert.deepEqual(await it.states(), ['lag: normal']);
  assert.match(it.mail.header(it.mail.mails[1] ?? '', 'Subject') ?? '', /Recovered: p/);
  assert.deepEqual([it.mail.mails.length, it.hook.calls.length], [2, 2]);
  assert.deepEqual(
    (await it.deliveries()).map(({ state, attempts }) => [state, attempts]),
    Array.from({ length: 4 }, () => ['delivered', 1]),
  );
  const codes = await it.pipeline.eventCodes();
  assert.deepEqual(
    codes.filter((code) => code.startsWith('ALARM')),
    ['ALARM_RECOVERED', 'ALARM_RAISED'],
  );
  assert.deepEqual(it.troubles, []);
});

test('nobody is told of a shelved alarm; when it returns by itself, what is open is told once', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 0 } });
  const runId = await it.start();
  const target = { ...it.target, note: 'maintenance' };
  await shelveAlarm(it.deps, target, 'lag', 10);
  await it.pass(2 * MIN, runId, { lag: 500, endOffset: 505 });
  assert.deepEqual(await it.states(), ['lag: alerting'], 'it goes on watching');
  assert.deepEqual(await it.deliveries(), []);
  const [shelved] = (await listAlarms(it.store.db, it.target, { limit: 1, after: undefined })).items;
  assert.deepEqual([shelved?.shelved?.by, shelved?.shelved?.note], ['someone', 'maintenance']);
  assert.equal(typeof shelved?.unacknowledgedSince, 'number');
  await it.pass(9 * MIN, runId, { lag: 500, endOffset: 505 });
  await it.pass(2 * MIN, runId, { lag: 500, endOffset: 505 });
  assert.deepEqual(
    (await it.deliveries()).map(({ notice }) => notice.kind),
    ['raised', 'raised'],
  );
  const [back] = (await listAlarms(it.store.db, it.target, { limit: 1, after: undefined })).items;
  assert.equal(back?.shelved, null);
  const codes = await it.pipeline.eventCodes();
  assert.deepEqual(codes.filter((code) => code.startsWith('ALARM')).toReversed(), [
    'ALARM_SHELVED',
    'ALARM_RAISED',
    'ALARM_UNSHELVED',
  ]);
});

test('an end while an alarm is shelved is told when it is taken back; what came and went meanwhile is not', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 0 } });
  const runId = await it.start();
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  await shelveAlarm(it.deps, { ...it.target, note: 'known' }, 'lag', 60);
  await it.pass(2 * MIN, runId);
  await it.pass(MIN, runId, { lag: 500, endOffset: 505 });
  await it.pass(2 * MIN, runId);
  assert.deepEqual(await it.states(), ['lag: normal']);
  await unshelveAlarm(it.deps, it.target, 'lag');
  await it.look();
  const told = (await it.deliveries()).map(({ notice }) => [notice.kind, notice.incidentId]);
  assert.deepEqual(
    told.map(([kind]) => kind),
    ['raised', 'raised', 'recovered', 'recovered'],
  );
  assert.equal(new Set(told.map(([, incidentId]) => incidentId)).size, 1, 'of the incident that was told');
  const { items } = await listIncidents(it.store.db, it.target, { limit: 10, before: undefined });
  assert.deepEqual(
    items.map(({ kind, ending }) => `${kind} ${ending}`),
    ['raised recovered', 'raised recovered'],
  );
});

test('an alarm asks for somebody until it is acknowledged, also when it is over, and again when it is raised again', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 0 } });
  const runId = await it.start();
  const acknowledge = (note: string) => acknowledgeAlarm(it.deps, { ...it.target, note }, 'lag');
  await assert.rejects(acknowledge('too early'), { code: 'ALARM_NOTHING_TO_ACKNOWLEDGE' });
  const seen = async () => {
    const [alarm] = (await listAlarms(it.store.db, it.target, { limit: 1, after: undefined })).items;
    return `${alarm?.state} ${alarm?.unacknowledgedSince === null ? alarm.acknowledged?.note : 'asks'}`;
  };
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  assert.equal(await seen(), 'alerting asks');
  await it.pass(2 * MIN, runId);
  assert.equal(await seen(), 'normal asks');
  await acknowledge('the broker was restarted');
  assert.equal(await seen(), 'normal the broker was restarted');
  await assert.rejects(acknowledge('twice'), { code: 'ALARM_NOTHING_TO_ACKNOWLEDGE' });
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  assert.equal(await seen(), 'alerting asks');
  const { items } = await listIncidents(it.store.db, it.target, { limit: 10, before: undefined });
  assert.deepEqual(
    items.map(({ acknowledged }) => acknowledged?.note ?? null),
    [null, 'the broker was restarted'],
  );
});

test('an alarm that nobody wants watched any more ends what was open of it', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 0 } });
  const runId = await it.start();
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  await setAlarmSettings(it.deps, it.target, { receivers: [] }, undefined);
  await it.look();
  assert.deepEqual(await it.states(), []);
  const { items } = await listIncidents(it.store.db, it.target, { limit: 10, before: undefined });
  assert.deepEqual(
    items.map(({ ending }) => ending),
    ['unwatched'],
  );
  await assert.rejects(shelveAlarm(it.deps, { ...it.target, note: 'n' }, 'lag', 1), { code: 'ALARM_UNKNOWN' });
});

test('an instance that is killed while it sends loses nothing: another sends it again, under the same id', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 0 } });
  const runId = await it.start();
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  const claimed = await claimDue(it.store.db, it.clock.now(), 8);
  assert.equal(claimed.length, 2);
  await it.deliver();
  assert.deepEqual([it.mail.mails.length, it.hook.calls.length], [0, 0], 'somebody else is at it');
  it.advance(3 * MIN);
  await it.deliver();
  assert.deepEqual([it.mail.mails.length, it.hook.calls.length], [1, 1]);
  assert.equal(it.mail.header(it.mail.mails[0] ?? '', 'Message-ID'), `<${claimed[0]?.deliveryId}@example.org>`);
  assert.equal(it.hook.calls[0]?.headers['webhook-id'], claimed[1]?.deliveryId);
});

test('the state of a pipeline without a run is watched, and what it is in after the end is told', async (t) => {
  const it = await createWatched(t, {
    status: { states: ['STOPPED'], forMinutes: 0 },
    lag: { threshold: 100, forMinutes: 0 },
  });
  const runId = await it.start();
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  await it.pipeline.stop();
  await it.look();
  assert.deepEqual(await it.states(), ['lag: normal'], 'nobody waits for a run that is to end');
  await it.store.db.execute(`update pipelines set status = 'STOPPED'`);
  await it.store.db.execute(`update runs set ended_at = 1`);
  await it.look();
  assert.deepEqual(await it.states(), ['lag: normal', 'status: alerting']);
  assert.deepEqual(
    (await it.deliveries()).map(({ notice }) => `${notice.rule} ${notice.kind}`),
    ['lag raised', 'lag raised', 'lag ended', 'lag ended', 'status raised', 'status raised'],
  );
  await it.deliver();
  const subjects = it.mail.mails.map((mail) => it.mail.header(mail, 'Subject'));
  assert.deepEqual(subjects, [
    '[Penstock] Lag 500 > 100: p',
    '[Penstock] No longer watched: p',
    '[Penstock] STOPPED: p',
  ]);
});

test('a run that reports nothing is told of once, and not by each alarm', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 0 }, progress: { forMinutes: 1 } });
  const runId = await it.start();
  await it.pass(15_000, runId);
  for (let i = 0; i < 20; i += 1) {
    it.advance(15_000);
    await it.look();
  }
  assert.deepEqual(await it.states(), ['lag: no-data', 'progress: no-data']);
  await it.deliver();
  assert.deepEqual(
    it.mail.mails.map((mail) => it.mail.header(mail, 'Subject')),
    ['[Penstock] No data: p'],
  );
  await it.pass(2 * MIN, runId);
  await it.deliver();
  assert.match(it.mail.header(it.mail.mails[1] ?? '', 'Subject') ?? '', /Recovered/);
  assert.deepEqual(await it.states(), ['lag: normal', 'progress: normal']);
});

test('what cannot be delivered is tried again with growing pauses, in order, and given up with a code', async (t) => {
  const it = await createWatched(t, { lag: { threshold: 100, forMinutes: 0 } });
  const runId = await it.start();
  it.hook.state.status = 302;
  it.hook.state.location = 'http://127.0.0.1:1/elsewhere';
  it.mail.state.refuse = 550;
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  await it.deliver();
  const errors = async () =>
    (await it.deliveries()).map(({ state, attempts, lastError }) => [state, attempts, lastError]);
  assert.deepEqual(await errors(), [
    ['failed', 1, 'MAIL_REFUSED'],
    ['pending', 1, 'WEBHOOK_REFUSED'],
  ]);
  await it.deliver();
  assert.equal(it.hook.calls.length, 1, 'not before its pause is over, and never where it was redirected to');
  await it.pass(2 * MIN, runId);
  Object.assign(it.hook.state, { status: 500, location: '', answerBytes: 1_000_000 });
  await it.deliver();
  assert.deepEqual(
    it.hook.calls.map(({ body }) => JSON.parse(body).type),
    ['alarm.raised', 'alarm.raised'],
  );
  Object.assign(it.hook.state, { status: 204, answerBytes: 0 });
  it.advance(15_000);
  await it.deliver();
  assert.deepEqual(
    it.hook.calls.slice(2).map(({ body }) => JSON.parse(body).type),
    ['alarm.raised', 'alarm.recovered'],
  );
  const ids = it.hook.calls.map(({ headers }) => headers['webhook-id']);
  assert.deepEqual([ids[0] === ids[1], ids[1] === ids[2], ids[2] === ids[3]], [true, true, false]);

  it.hook.state.status = 503;
  await it.pass(15_000, runId, { lag: 500, endOffset: 505 });
  for (let i = 0; i < 110; i += 1) {
    await it.deliver();
    it.advance(15 * MIN);
  }
  assert.deepEqual((await errors()).at(-1)?.[0], 'failed');
  assert.ok(!JSON.stringify(it.troubles).includes('secret'), 'no address in the log');
});
