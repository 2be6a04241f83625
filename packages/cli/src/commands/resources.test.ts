import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withService } from './testing/with-service.ts';

const ORG = '/api/v1/organizations/o1';
const page = (...items: unknown[]) => ({ items, nextCursor: null, total: items.length });

test('topics are made, listed with what lies in them, changed and deleted', async (t) => {
  const topic = {
    topic: 'EDP_INPUT_FORMAT',
    description: '',
    partitions: 4,
    retentionHours: 72,
    maxBytes: 8 * 1024 ** 3,
    state: 'ready',
    cu: 0.8,
    kafka: 'present',
    stored: { bytes: 1536, offsets: 3 },
    createdAt: 1,
    createdBy: 'k',
    updatedAt: 1,
    updatedBy: 'k',
  };
  const { call, changes } = await withService(t, {
    [`GET ${ORG}/topic-grants`]: { items: [{ pattern: 'wind.*', read: true, write: false }] },
    [`GET ${ORG}/queue-topics`]: page(topic, { ...topic, topic: 'gone', kafka: 'missing', stored: null }),
    [`POST ${ORG}/queue-topics`]: topic,
    [`PATCH ${ORG}/queue-topics/EDP_INPUT_FORMAT`]: topic,
    [`DELETE ${ORG}/queue-topics/EDP_INPUT_FORMAT`]: null,
  });
  const { out } = await call('topics', 'list');
  assert.match(out, /^EDP_INPUT_FORMAT +yes +yes +ready +4 +72 h +1\.5 KiB +8 GiB$/m);
  assert.match(out, /^gone +yes +yes +missing in Kafka +4 +72 h +- +8 GiB$/m);
  assert.match(out, /^wind\.\* +yes +- /m);
  const made = await call(
    'topics',
    'create',
    'EDP_INPUT_FORMAT',
    '--partitions',
    '4',
    '--size',
    '8GiB',
    '--hours',
    '72',
  );
  assert.deepEqual([made.code, made.err], [0, '']);
  assert.equal(made.out, 'Pipelines of o1 may read and write EDP_INPUT_FORMAT (4 partitions, 8 GiB, 72 h).\n');
  assert.equal((await call('topics', 'change', 'EDP_INPUT_FORMAT')).code, 2);
  assert.equal((await call('topics', 'change', 'EDP_INPUT_FORMAT', '--hours', 'long')).code, 2);
  assert.equal((await call('topics', 'change', 'EDP_INPUT_FORMAT', '--hours', '24')).code, 0);
  assert.equal((await call('topics', 'delete', 'EDP_INPUT_FORMAT')).code, 0);
  assert.deepEqual(changes, [
    `POST ${ORG}/queue-topics {"topic":"EDP_INPUT_FORMAT","partitions":4,"retentionHours":72,"maxBytes":8589934592}`,
    `PATCH ${ORG}/queue-topics/EDP_INPUT_FORMAT {"retentionHours":24}`,
    `DELETE ${ORG}/queue-topics/EDP_INPUT_FORMAT`,
  ]);
});

test('records of a topic are shown as they lie there, or what their fields are', async (t) => {
  const bytes = (text: string | null, base64 = '') => ({ base64, text, size: text?.length ?? 2, isCut: false });
  const record = { partition: 0, timestamp: 0, headers: [], headerCount: 0, fields: [], fault: null };
  const { call, asked } = await withService(t, {
    [`GET ${ORG}/topics/wind/records`]: {
      items: [
        { ...record, offset: 8, key: bytes('k'), value: bytes('{"a":1}') },
        { ...record, offset: 7, key: null, value: bytes(null, '/wA=') },
        { ...record, offset: 6, timestamp: null, key: null, value: null },
      ],
      nextCursor: null,
      fields: [{ path: '/a', types: ['number', 'null'], count: 1, example: '1.10' }],
      partitions: [{ partition: 0, firstOffset: 6, endOffset: 9, heldBack: 4 }],
      isCutShort: true,
    },
  });
  const { out, err } = await call('topics', 'records', 'wind', '--partition', '0', '--offset', '6', '--limit', '3');
  assert.equal(err, '');
  assert.match(out, /^0@8 +1970-01-01T00:00:00.000Z +k +\{"a":1\}$/m);
  assert.match(out, /^0@7 .* - +base64:\/wA=$/m);
  assert.match(out, /^0@6 +- +- +\(tombstone\)$/m);
  assert.match(out, /^4 more offsets are of transactions that are still open\.$/m);
  assert.match(out, /^Time was up/m);
  assert.match((await call('topics', 'records', 'wind', '--fields')).out, /^\/a +number, null +1 +1\.10$/m);
  await call('topics', 'records', 'wind', '--since', '1970-01-01T00:00:01Z');
  assert.deepEqual(asked, [
    `${ORG}/topics/wind/records?limit=3&partition=0&offset=6`,
    `${ORG}/topics/wind/records?limit=20`,
    `${ORG}/topics/wind/records?limit=20&since=1000`,
  ]);
  for (const wrong of [
    ['--offset', '1'],
    ['--partition', '0', '--offset', '1', '--since', '1'],
    ['--since', 'tomorrow'],
    ['--limit', '0'],
    ['--limit', '500'],
  ])
    assert.equal((await call('topics', 'records', 'wind', ...wrong)).code, 2, wrong.join(' '));
});

test('libraries are listed, installed and given back', async (t) => {
  const library = { library: '0.4.0', isRecommended: true, operators: [], installedAt: null, installedBy: null };
  const { call, changes } = await withService(t, {
    [`GET ${ORG}/libraries`]: { items: [library] },
    [`PUT ${ORG}/libraries/0.4.0`]: { items: [library] },
    [`DELETE ${ORG}/libraries/0.4.0`]: null,
  });
  assert.match((await call('libraries', 'list')).out, /^0\.4\.0 \(recommended\) +- +- +0$/m);
  assert.equal((await call('libraries', 'install', '0.4.0')).out, 'o1 may use the operators of 0.4.0.\n');
  assert.equal((await call('libraries', 'uninstall', '0.4.0')).out, 'o1 no longer has 0.4.0.\n');
  assert.deepEqual(changes, [`PUT ${ORG}/libraries/0.4.0`, `DELETE ${ORG}/libraries/0.4.0`]);
});

test('a code is explained in either language', async (t) => {
  const { call } = await withService(t, {
    'GET /api/v1/codes/GRAPH_CYCLE': { code: 'GRAPH_CYCLE', kind: 'issue', meaning: 'A loop.', remedy: 'Cut it.' },
    'GET /api/v1/codes/RUN_OVER': { code: 'RUN_OVER', kind: 'error', meaning: 'It is over.', remedy: null },
  });
  assert.equal((await call('explain', 'graph_cycle')).out, 'A loop.\nCut it.\n');
  assert.equal((await call('explain', 'RUN_OVER', '--language', 'zh')).out, 'It is over.\n');
  assert.equal((await call('explain', 'RUN_OVER', '--language', 'fr')).code, 2);
});

test('grants are listed, all of them, with their use over time', async (t) => {
  const grant = { granted: 1, used: 0.5, available: 0.5 };
  const { call } = await withService(t, {
    [`GET ${ORG}/grants`]: {
      standalone: grant,
      clusterServer: null,
      clusterYarn: null,
      streamDesigning: grant,
      messageQueue: null,
    },
    [`GET ${ORG}/resources/message-queue/usage`]: {
      stepMs: 3_600_000,
      items: [{ at: Date.parse('2027-01-01T10:00:00Z'), granted: null, used: 0.4, peak: 0.9 }],
    },
  });
  const { out } = await call('grants', 'list');
  assert.match(out, /^stream-designing +1 +0\.5 +0\.5$/m);
  assert.match(out, /^message-queue +- +- +-$/m);
  assert.match((await call('grants', 'usage', 'message-queue', '--days', '30')).out, /^2027-01-01.* +- +0\.4 +0\.9$/m);
  assert.equal((await call('grants', 'usage', 'message-queue', '--days', '0')).code, 2);
});
