import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from './run.ts';

const PIPELINE = {
  pipelineId: '0b0b0b0b-0000-4000-8000-000000000001',
  orgId: 'o1',
  name: 'Wind\u001b[31m farm',
  description: '',
  templateType: 1,
  messageChannel: 0,
  released: true,
  releasedAt: 1,
  updatedAt: 1,
  executionMode: 0,
  kafkaRate: 1000,
  desired: 'run',
  status: 'RUNNING',
  observed: { state: 'RUNNING', since: 0, ageMs: 5, source: 'heartbeat', reason: null, attempts: 1 },
  resource: { standaloneCu: 1 },
  throughput: { recordsInPerSecond: 1234.4, recordsOutPerSecond: 3.25 },
  lag: 12_345,
  errorsTotal: 7,
  droppedTotal: 41,
};

/** A service whose routes answer with these bodies; 404 for others. */
const service = async (t: TestContext, routes: Record<string, unknown>): Promise<string> => {
  const server = createServer((request, response) => {
    const path = `${request.method} ${(request.url ?? '').split('?')[0]}`;
    const found = Object.hasOwn(routes, path);
    response
      .writeHead(found ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(found ? routes[path] : { code: 'ROUTE_UNKNOWN', message: `no ${path}`, requestId: 'r' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const call = async (
  args: readonly string[],
  options: { isTTY?: boolean; onWrite?: (text: string, end: () => void) => void } = {},
): Promise<{ code: number; out: string; err: string }> => {
  const ending = new AbortController();
  let out = '';
  let err = '';
  const output = {
    isTTY: options.isTTY === true,
    columns: 80,
    write: (text: string): void => {
      out += text;
      options.onWrite?.(text, () => ending.abort());
    },
  };
  const surroundings = { output, environment: {}, cwd: '/nowhere', signal: ending.signal };
  const code = await run(args, surroundings, (text) => {
    err += text;
  });
  return { code, out, err };
};

const PIPELINES = { 'GET /api/v1/organizations/o1/pipelines': { items: [PIPELINE], nextCursor: null, total: 1 } };

test('status shows a line per pipeline, without control characters of names', async (t) => {
  const url = await service(t, PIPELINES);
  const { code, out } = await call(['status', '--url', url, '--admin-token', 'a', '--org', 'o1']);
  assert.equal(code, 0);
  const [head, line] = out.split('\n');
  assert.match(head ?? '', /^NAME +STATE +MODE +IN\/S +OUT\/S +LAG +ERRORS +DROPPED +CU$/);
  assert.match(line ?? '', /^Wind\ufffd\[31m farm +RUNNING \d+d +standalone +1,234 +3\.3 +12,345 +7 +41 +1$/);
});

test('--json prints what the service answered, wherever it stands', async (t) => {
  const url = await service(t, PIPELINES);
  const { out } = await call(['--json', 'pipelines', 'list', '--url', url, '--admin-token', 'a', '--org', 'o1']);
  assert.deepEqual(JSON.parse(out), [PIPELINE]);
});

test('status shows what was dropped, also where it is nothing', async (t) => {
  const calm = { ...PIPELINE, name: 'calm', droppedTotal: 0 };
  const url = await service(t, {
    'GET /api/v1/organizations/o1/pipelines': { items: [PIPELINE, calm], nextCursor: null, total: 2 },
  });
  const { out } = await call(['status', '--url', url, '--admin-token', 'a', '--org', 'o1']);
  assert.match(out, /ERRORS +DROPPED/);
  assert.match(out, / 7 +41 /);
  assert.match(out, /calm.* 7 +0 /);
});

test('delete-state deletes what a stage remembers, and says how much that was', async (t) => {
  const path = `POST /api/v1/pipelines/${PIPELINE.pipelineId}/stage-state/delete`;
  const own = ['--admin-token', 'a', '--org', 'o1', '--assets', 'a1', '--points', 'p1,p2'];
  for (const [deleted, told] of [
    [2, '2 entries are deleted.\n'],
    [0, 'It remembered nothing of these.\n'],
  ] as const) {
    const url = await service(t, { [path]: { deleted } });
    const { code, out } = await call(['pipelines', 'delete-state', PIPELINE.pipelineId, 'W_01', '--url', url, ...own]);
    assert.deepEqual([code, out], [0, told]);
  }
});

test('audit says who did what, of the organisation or of the installation, and that there is more', async (t) => {
  const entry = {
    at: Date.parse('2026-01-31T12:00:00Z'),
    orgId: 'o1',
    actor: 'ada@example.org',
    address: '10.1.2.3',
    action: 'pipeline.save',
    target: PIPELINE.pipelineId,
    detail: 'revision 2',
  };
  const url = await service(t, {
    'GET /api/v1/organizations/o1/audit': {
      items: [entry, { ...entry, address: null, detail: null }],
      total: null,
      nextCursor: 'c',
    },
    'GET /api/v1/audit': { items: [], total: null, nextCursor: null },
  });
  const own = ['--url', url, '--admin-token', 'a', '--org', 'o1'];
  const { code, out } = await call(['audit', '--limit', '2', '--from', '2026-01-01T00:00:00Z', ...own]);
  assert.equal(code, 0);
  assert.match(out, /ada@example\.org +10\.1\.2\.3 +pipeline\.save +0b0b0b0b-\S+ +revision 2\n/);
  assert.match(out, /There is more: --limit 4/);
  const all = await call(['audit', '--installation', ...own]);
  assert.deepEqual([all.code, all.out], [0, 'Nothing of the kind was done.\n']);
  const wrong = await call(['audit', '--to', 'yesterday', ...own]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--to is "yesterday": give a time/);
});

test('a preview takes one of records, messages and live records', async () => {
  const both = [
    '--messages',
    'm',
    '--records',
    'r',
    '--url',
    'http://127.0.0.1:9',
    '--admin-token',
    'a',
    '--org',
    'o1',
  ];
  const { code, err } = await call(['pipelines', 'preview', 'd.json', ...both]);
  assert.equal(code, 2);
  assert.match(err, /one of --records, --messages and --live/);
});

test('status --watch redraws on a terminal and gives the terminal back', async (t) => {
  const url = await service(t, PIPELINES);
  const { code, out } = await call(
    ['status', '--watch', '--interval', '0.2', '--url', url, '--admin-token', 'a', '--org', 'o1'],
    {
      isTTY: true,
      onWrite: (text, end) => {
        if (text.includes('RUNNING')) end();
      },
    },
  );
  assert.equal(code, 0);
  assert.ok(out.startsWith('\u001b[?1049h'));
  assert.ok(out.endsWith('\u001b[?1049l'));
});

test('refusals, usage errors and silence have exit codes of their own', async (t) => {
  const url = await service(t, {
    ...PIPELINES,
    'POST /streaming/v2.0/streaming/pipeline/0b0b0b0b-0000-4000-8000-000000000001': {
      code: 61152,
      msg: 'Status of the stream processing job cannot be changed from [STOPPED] to Paused.',
    },
  });
  const here = ['--url', url, '--admin-token', 'a', '--org', 'o1'];
  assert.deepEqual(await call(['pipelines', 'pause', '0b0b', ...here]), {
    code: 1,
    out: '',
    err: 'penstock: Status of the stream processing job cannot be changed from [STOPPED] to Paused. [61152]\n',
  });
  assert.equal((await call(['pipelines', 'pause', 'nobody', ...here])).code, 1);
  assert.equal((await call(['pipelines', 'rate', '0b0b', 'fast', ...here])).code, 2);
  assert.equal((await call(['pipelines', 'start', '0b0b', '--workers', '2', ...here])).code, 2);
  assert.equal((await call(['status', '--url', url])).code, 2);
  assert.equal((await call(['--help'])).code, 0);
  const silent = await call(['status', '--url', 'http://127.0.0.1:9', '--admin-token', 'a', '--org', 'o1']);
  assert.equal(silent.code, 3);
  assert.match(silent.err, /^penstock: Penstock does not answer at http:\/\/127\.0\.0\.1:9 /);
});

test('snapshot shows what went into and came out of each stage, and says when that is not all', async (t) => {
  const record = { part: 0, partition: 2, isCut: false };
  const answer = {
    records: [
      { stage: 'Source_01', label: 'EDH Kafka Consumer', input: [], output: [{ ...record, text: '{"a":1}' }] },
      { stage: 'Tag_01', label: 'Tagger', input: [{ ...record, text: '{"a":"\u001b[31m', isCut: true }], output: [] },
    ],
    complete: false,
    waitedMs: 10_004,
  };
  const url = await service(t, { ...PIPELINES, [`POST /api/v1/pipelines/${PIPELINE.pipelineId}/snapshot`]: answer });
  const here = ['--url', url, '--admin-token', 'a', '--org', 'o1'];
  const { code, out } = await call(['snapshot', '0b0b', '--records', '1', ...here]);
  assert.equal(code, 0);
  assert.deepEqual(out.split('\n'), [
    'EDH Kafka Consumer (Source_01): 0 in, 1 out',
    '  out  {"a":1}',
    'Tagger (Tag_01): 1 in, 0 out',
    '  in   {"a":"\ufffd[31m…',
    'This is what passed in 10.0 s; not every stage had 1 records to show.',
    '',
  ]);
  assert.deepEqual(JSON.parse((await call(['--json', 'snapshot', '0b0b', ...here])).out), answer);
  for (const wrong of [
    ['--records', '51'],
    ['--records', 'all'],
    ['--timeout', '0'],
  ])
    assert.equal((await call(['snapshot', '0b0b', ...wrong, ...here])).code, 2);
});

test('logs lists the files of the last run and shows one without control characters', async (t) => {
  const path = 'GET /api/v1/pipelines/0b0b0b0b-0000-4000-8000-000000000001/logs';
  const log = {
    logId: 'container_1_0001_01_000002~spark.log',
    role: 'executor',
    file: 'spark.log',
    attempt: 1,
    executorId: '1',
    containerId: 'container_1_0001_01_000002',
    bytes: 1234,
    source: 'node',
  };
  const url = await service(t, {
    ...PIPELINES,
    [path]: { runId: 'r', files: [log], troubles: ['The NodeManager at http://n2 does not answer.'] },
    [`${path}/${encodeURIComponent(log.logId)}`]: 'one\u001b[2J two',
  });
  const here = ['--url', url, '--admin-token', 'a', '--org', 'o1'];
  const listed = await call(['logs', '0b0b', ...here]);
  assert.equal(listed.code, 0, listed.err);
  assert.match(listed.out, /^container_1_0001_01_000002~spark\.log +executor 1 +1 +1,234$/m);
  assert.match(listed.out, /does not answer\.\n$/);
  const shown = await call(['logs', '0b0b', '--file', log.logId, '--tail', '1000', ...here]);
  assert.deepEqual([shown.code, shown.out], [0, '"one\\u001b[2J two"\n']);
  assert.equal((await call(['logs', '0b0b', '--tail', '0', ...here])).code, 2);
});

test('a connection is made with settings in their types and secrets from files, which show nowhere', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const secret = join(folder, 'password');
  writeFileSync(secret, 'hush\n');
  const properties = { host: { type: 'string' }, port: { type: 'integer' } };
  let body = '';
  const server = createServer((request, response) => {
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(
          JSON.stringify(
            request.url === '/api/v1/connection-kinds'
              ? { items: [{ kind: 'postgresql', settings: { properties }, secrets: {} }] }
              : { name: 'warehouse', address: 'db:1/d' },
          ),
        ),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const own = [
    '--url',
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    '--admin-token',
    'a',
    '--org',
    'o1',
  ];
  const add = ['connections', 'add', 'warehouse', 'postgresql', '--set', 'host=db', '--set', 'port=1'];
  const { code, out } = await call([...add, '--secret-file', `password=${secret}`, ...own]);
  assert.deepEqual([code, out], [0, 'warehouse goes to db:1/d. Try it: penstock connections test warehouse\n']);
  const { settings, secrets } = JSON.parse(body);
  assert.deepEqual([settings, secrets], [{ host: 'db', port: 1 }, { password: 'hush' }]);
});
