import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADMIN_TOKEN, documentOf } from './enos/testing/enos-fixture.ts';
import { routesOf } from './plugins/route-list.ts';
import { createApiFixture } from './testing/api-fixture.ts';

/** As in the fixture: of a document, and of a body. */
const [DOCUMENT_BYTES, BODY_BYTES] = [200_000, 300_000];

/** A document of so many bytes, with characters of more than one. */
const documentOfSize = (bytes: number): object => {
  const empty = Buffer.byteLength(JSON.stringify(documentOf({ title: '' })));
  const room = bytes - empty;
  const title = '風'.repeat(Math.floor(room / 3)) + 'x'.repeat(room % 3);
  return documentOf({ title });
};

test('a document may be of the same size wherever one is taken', async (t) => {
  const { app, call, organization } = await createApiFixture(t);
  const { orgId } = await organization();
  const { pipelineId } = (await call('POST', `organizations/${orgId}/pipelines`, { name: 'p', document: documentOf() }))
    .json;
  const enos = (id: string) => `/streaming/v2.0/streaming/pipeline/${id}?action=save&orgId=${orgId}`;
  const put = async (document: object) =>
    app.inject({
      method: 'PUT',
      url: `/api/v1/pipelines/${pipelineId}/document`,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'if-match': '*' },
      payload: document,
    });
  /** By route; what it says of a document. */
  const takes: Readonly<Record<string, ((document: object) => Promise<{ text: string }>)[]>> = {
    'POST /api/v1/validate': [
      (document) => call('POST', 'validate', { document, orgId }),
      (document) => call('POST', 'validate', { document: JSON.stringify(document), orgId }),
    ],
    'POST /api/v1/preview': [
      (document) => call('POST', 'preview', { document, orgId, records: [] }),
      (document) => call('POST', 'preview', { document, pipelineId, records: [] }),
    ],
    'POST /api/v1/organizations/:orgId/pipelines': [
      (document) => call('POST', `organizations/${orgId}/pipelines`, { name: 'q', document }),
    ],
    'PUT /api/v1/pipelines/:pipelineId/document': [async (document) => ({ text: (await put(document)).body })],
    'POST /api/v1/organizations/:orgId/pipelines/import': [
      (document) =>
        call('POST', `organizations/${orgId}/pipelines/import`, {
          dryRun: true,
          archive: { format: 'penstock-pipelines', formatVersion: 1, pipelines: [{ name: 'r', document }] },
        }),
    ],
    'POST /api/v1/organizations/:orgId/pipelines/apply': [
      (document) =>
        call('POST', `organizations/${orgId}/pipelines/apply`, { dryRun: true, pipelines: [{ name: 't', document }] }),
    ],
    'POST /api/v1/pipelines/:pipelineId/release-forecast': [
      (document) => call('POST', `pipelines/${pipelineId}/release-forecast`, { document }),
    ],
    'POST /streaming/v2.0/streaming/pipeline/:pipelineId': [
      (pipelineJson) => call('POST', enos('null'), { name: 's', pipelineJson }),
      (pipelineJson) => call('POST', enos(pipelineId), { pipelineJson: JSON.stringify(pipelineJson) }),
    ],
  };
  // Lists of keys and packages of operators are no documents; the latter have a bound of their own (own-libraries).
  const roomy = routesOf(app).filter(
    ({ bodyLimit, url }) => bodyLimit === BODY_BYTES && !/\/(stage-state|libraries)$/.test(url),
  );
  assert.deepEqual(
    Object.keys(takes).sort(),
    roomy.map(({ method, url }) => `${[method].flat()[0]} ${url}`).sort(),
    'every route that takes a body as large as a document is tried',
  );
  const isRefused = (text: string): boolean => text.includes(`at most ${DOCUMENT_BYTES} bytes`);
  const [largest, tooLarge] = [documentOfSize(DOCUMENT_BYTES), documentOfSize(DOCUMENT_BYTES + 1)];
  for (const [route, ways] of Object.entries(takes))
    for (const [way, send] of ways.entries()) {
      assert.equal(isRefused((await send(largest)).text), false, `${route} (${way}) takes the largest`);
      const { text } = await send(tooLarge);
      assert.ok(isRefused(text), `${route} (${way}) refuses one that is larger: ${text.slice(0, 300)}`);
    }
});
