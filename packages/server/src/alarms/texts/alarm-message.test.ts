import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageFor } from './alarm-message.ts';
import { type AlarmNotice, LANGUAGES } from './notice.ts';

const notice = (over: Partial<AlarmNotice> = {}): AlarmNotice => ({
  kind: 'raised',
  rule: 'lag',
  incidentId: 'i',
  orgId: 'o1',
  pipelineId: 'p1',
  pipelineName: 'Wind farm',
  at: 1_800_000_000_000,
  since: 1_799_999_880_000,
  facts: { lag: 25_000, threshold: 10_000, forMinutes: 2 },
  ...over,
});

test('a mail says what, since when, with which figures, of which pipeline, and what to do', () => {
  assert.deepEqual(messageFor(notice(), 'en'), {
    subject: '[Penstock] Lag 25000 > 10000: Wind farm',
    text:
      '25000 records wait to be read, more than 10000 for 2 minutes.\n\nPipeline: Wind farm (p1)\nOrganisation: o1\n' +
      'Since: 2027-01-15T07:58:00.000Z\n\nWhat to do: Raise the read rate (penstock pipelines rate), or pause the ' +
      'pipeline and start it with more CU.\n',
  });
  assert.match(messageFor(notice(), 'zh').subject, /^\[Penstock\] 积压 25000 > 10000：Wind farm$/);
});

test('both languages have words for everything, without a figure that is missing', () => {
  const facts = {
    status: { status: 'RUN_ERROR', reasonCode: 'C' },
    lag: { lag: 2, threshold: 1, forMinutes: 1, status: 'PAUSED' },
    progress: { partitions: 1, topic: 't', partition: 0, waiting: 3, forMinutes: 1, status: 'PAUSED' },
    resource: { resource: 'message-queue', used: 0.9, granted: 1, percent: 90, status: 'PAUSED' },
  };
  for (const language of LANGUAGES)
    for (const rule of ['status', 'lag', 'progress', 'resource'] as const)
      for (const kind of ['raised', 'no-data', 'recovered', 'ended', 'test'] as const) {
        const { subject, text } = messageFor(notice({ kind, rule, facts: facts[rule] }), language);
        assert.doesNotMatch(subject + text, /\?|undefined/);
        assert.ok([...subject].length <= 60, subject);
      }
});

test('a resource that runs out is told of the organisation, not of a pipeline', () => {
  const facts = { resource: 'message-queue', used: 0.9, granted: 1, percent: 90 };
  const { subject, text } = messageFor(notice({ rule: 'resource', pipelineId: null, pipelineName: '', facts }), 'en');
  assert.equal(subject, '[Penstock] Message Queue 90 % used: o1');
  assert.match(text, /^0\.9 of 1 CU of Message Queue are used\.\n\nOrganisation: o1\n/);
  const zh = messageFor(notice({ kind: 'recovered', rule: 'resource', pipelineId: null, facts }), 'zh');
  assert.equal(zh.subject, '[Penstock] 消息队列资源已充足：o1');
});

test('names of pipelines break no header and no line', () => {
  const { subject, text } = messageFor(notice({ pipelineName: `a\r\nBcc: x@y${'z'.repeat(500)}` }), 'en');
  assert.ok(!/[\r\n]/.test(subject) && [...subject].length <= 150);
  assert.ok(!text.includes('\nBcc'));
});
