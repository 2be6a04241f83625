import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Heartbeat, RunSpec } from '@penstock/model';
import { ControlChannel } from './control-channel.ts';

const ORDER = JSON.stringify({ desired: 'run', kafkaRate: 5, intervalMs: 1000 });

/** Something that answers heartbeats on loopback, and a channel to all such things. */
const world = async (t: TestContext, count = 1) => {
  const folder = mkdtempSync(join(tmpdir(), 'penstock-channel-'));
  const endpointsFile = join(folder, 'endpoints.json');
  const answers = Array.from({ length: count }, () => ({ status: 200, body: ORDER }));
  const servers = await Promise.all(
    answers.map(async (answer): Promise<Server> => {
      const server = createServer((_request, response) => {
        response.writeHead(answer.status).end(answer.body);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  t.after(() => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });
  const urls = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  writeFileSync(endpointsFile, JSON.stringify({ urls }));
  let now = 0;
  const spec = { runId: 'r', kafkaRate: 5, control: { endpointsFile, token: 't' } } as RunSpec;
  const channel = new ControlChannel(spec, () => now);
  return {
    answers,
    say: (status: number, body: string, index = 0) => Object.assign(answers[index] ?? {}, { status, body }),
    beat: async (afterMs = 0) => {
      now += afterMs;
      return (await channel.heartbeat({ runId: 'r' } as Heartbeat))?.desired;
    },
    channel,
  };
};

for (const [status, code] of [
  [404, 'RUN_UNKNOWN'],
  [410, 'RUN_OVER'],
] as const) {
  test(`a run ends when the service has said ${code} for half a minute and nothing else since`, async (t) => {
    const { say, beat, channel } = await world(t);
    say(status, JSON.stringify({ code }));
    assert.equal(await beat(), undefined);
    assert.equal(channel.isDisowned, true);
    assert.equal(await beat(29_999), undefined);
    say(200, ORDER);
    assert.equal(await beat(1), 'run');
    assert.equal(channel.isDisowned, false);
    say(status, JSON.stringify({ code }));
    assert.equal(await beat(60_000), undefined);
    assert.equal(await beat(30_000), 'exit');
  });
}

test('what something else on the way answers ends no run, however long', async (t) => {
  const { say, beat } = await world(t);
  for (const status of [404, 410])
    for (const body of ['', 'not found', '<html>', '{}', 'null', '7', '{"code":"ROUTE_UNKNOWN"}', '{"code":7}']) {
      say(status, body);
      assert.equal(await beat(3600_000), undefined);
    }
  say(410, '{"code":"RUN_UNKNOWN"}');
  assert.equal(await beat(3600_000), undefined, 'a word with the wrong status is none');
});

test('an answer that is no reply is no order, whoever gave it with whatever status', async (t) => {
  const { say, beat } = await world(t, 2);
  for (const body of [
    '',
    '{}',
    '[]',
    'null',
    '{"desired":"run"}',
    ORDER.replace('1000', '"soon"'),
    ORDER.replace('run', 'sing'),
  ]) {
    say(200, body, 0);
    say(503, '', 1);
    assert.equal(await beat(60_000), undefined, body);
    say(200, ORDER, 1);
    assert.equal(await beat(), 'run', 'another instance is asked');
  }
});

test('one instance that does not know the run is not believed while another does', async (t) => {
  const { say, beat } = await world(t, 2);
  say(404, '{"code":"RUN_UNKNOWN"}', 0);
  for (let i = 0; i < 3; i++) assert.equal(await beat(60_000), 'run');
});
