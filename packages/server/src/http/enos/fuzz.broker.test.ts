import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { anyText } from '@penstock/testkit/any-text';
import { type RealPostgres, startRealPostgres } from '@penstock/testkit/postgres';
import fc from 'fast-check';
import { openStore, type Store } from '../../store/open-store.ts';
import { sharedFixture } from './testing/contract-driver.ts';
import {
  createEnosClient,
  createEnosFixture,
  documentOf,
  type EnosClient,
  type EnosResponse,
} from './testing/enos-fixture.ts';

const KNOWN = new Set([
  0, 61100, 61102, 61105, 61106, 61107, 61108, 61112, 61121, 61126, 61128, 61152, 61165, 61168, 61169, 61199,
]);

// On real PostgreSQL, which refuses texts that a looser database would take.
suite('whatever is sent, the answer is one of the contract', () => {
  let postgres: RealPostgres;
  let store: Store;
  let shared: ReturnType<typeof sharedFixture>;
  let client: EnosClient;
  let pipelineId: string;
  before(async () => {
    postgres = await startRealPostgres();
    store = await openStore({ databaseUrl: await postgres.createDatabase('fuzz'), dataDir: '/nonexistent' });
    shared = sharedFixture((t) => createEnosFixture(t, { store, limits: { pipelinesPerOrganization: 100_000 } }));
    const fixture = await shared.open();
    client = createEnosClient(fixture, await fixture.organization({ standaloneCu: 1000 }));
    const query = `orgId=${client.org.orgId}&action=save`;
    pipelineId = (await client.call('POST', 'streaming/pipeline/null', { query, body: { pipelineJson: documentOf() } }))
      .json.data;
  });
  after(async () => {
    await shared.close();
    await store.close();
    await postgres.stop();
  });

  /** Nothing unforeseen: no internal error, and where there is an error its code and message are known ones. */
  const assertForeseen = ({ http, json, text }: EnosResponse): void => {
    assert.equal(http, 200, text);
    assert.ok(KNOWN.has(json.code), text);
    assert.equal(typeof json.msg, 'string');
    // Codes that double for what nobody foresaw say so by having nothing more to say.
    if (json.code === 61112) assert.equal(typeof json.submsg, 'string', text);
    if (json.code === 61199) assert.match(json.msg, /^Stage state can be deleted only/);
  };

  const text = fc.oneof(
    fc.string(),
    anyText(),
    fc.constantFrom('\u0000', '\ud800', '__proto__', 'null', '1', '1e999', ''),
  );
  const any = fc.oneof(text, fc.double(), fc.jsonValue(), fc.constantFrom(null, true, [], {}));
  const field = (...names: string[]) =>
    fc.record(Object.fromEntries(names.map((name) => [name, any])), { requiredKeys: [] });
  const body = fc.oneof(
    any,
    field(
      'name',
      'pipelineName',
      'desc',
      'version',
      'templateType',
      'templateName',
      'messageChannel',
      'alarmConfig',
      'pipelineJson',
      'points',
      'piDetail',
    ),
    field('executionMode', 'kafkaRate', 'resourceConfig'),
    fc.record({ executionMode: fc.constant(0), kafkaRate: any, resourceConfig: field('server', 'yarn', 'advanced') }),
    fc.record({ name: text, pipelineJson: fc.record({ stages: fc.array(any), extra: any }) }),
  );
  const query = (params: Record<string, string>) =>
    new URLSearchParams({ orgId: client.org.orgId, ...params }).toString();

  test('operate calls', async () => {
    const action = fc.constantFrom('save', 'save', 'release', 'start', 'pause', 'stop', 'x');
    const id = fc.oneof(
      fc.constant('it'),
      fc.constant('null'),
      text.map((each) => encodeURIComponent(each.toWellFormed())).filter((each) => each !== ''),
    );
    const call = fc.asyncProperty(action, id, body, async (asked, which, sent) => {
      const path = `streaming/pipeline/${which === 'it' ? pipelineId : which}`;
      if (/%2F|^\.{1,2}$/i.test(which)) return;
      assertForeseen(await client.call('POST', path, { query: query({ action: asked }), body: sent }));
    });
    await fc.assert(call, { numRuns: 400 });
  });

  test('stage state calls', async () => {
    const asked = field('pipelineId', 'stageInstanceName', 'assetIds', 'pointIds');
    const call = fc.asyncProperty(
      fc.constantFrom('get', 'delete'),
      asked,
      fc.boolean(),
      async (action, sent, isKnown) => {
        const named = isKnown ? { ...sent, pipelineId, stageInstanceName: 'LatePointTagger_01' } : sent;
        assertForeseen(await client.call('POST', 'stage-state', { query: query({ action }), body: named }));
      },
    );
    await fc.assert(call, { numRuns: 200 });
  });

  test('queries', async () => {
    const params = fc.record({ pageSize: text, pageNo: text, isSystem: text, ifReleased: text }, { requiredKeys: [] });
    const wellFormed = params.map((given) =>
      Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value).toWellFormed()])),
    );
    const path = fc.constantFrom('streaming/pipelines', `streaming/pipeline/x`, 'streaming/pipeline/x/offset-lag');
    const call = fc.asyncProperty(path, wellFormed, async (asked, given) => {
      assertForeseen(await client.call('GET', asked, { query: query(given) }));
    });
    await fc.assert(call, { numRuns: 200 });
  });

  test('bytes that are no JSON', async () => {
    const call = fc.asyncProperty(
      fc.constantFrom('save', 'start'),
      fc.uint8Array({ minLength: 1 }),
      async (action, bytes) => {
        assertForeseen(
          await client.call('POST', `streaming/pipeline/${pipelineId}`, {
            query: query({ action }),
            text: Buffer.from(bytes),
          }),
        );
      },
    );
    await fc.assert(call, { numRuns: 100 });
  });
});
