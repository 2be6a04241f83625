import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordEvent } from '../../../use-case/record-event.ts';
import { ADMIN_TOKEN } from '../../enos/testing/enos-fixture.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';

test('codes are listed in a language, and answers explain theirs in the one that was asked for', async (t) => {
  const { app, call, organization, deps } = await createApiFixture(t);
  const first = await call('GET', 'codes?language=zh&limit=1');
  assert.deepEqual([first.status, first.json.items[0].code], [200, 'ACCESS_KEY_UNKNOWN']);
  assert.ok(first.json.total > 300);
  assert.match(first.json.items[0].meaning, /访问密钥/);
  assert.match((await call('GET', 'codes/GRAPH_CYCLE')).json.meaning, /loop/);
  assert.equal((await call('GET', 'codes/NONE_SUCH')).json.code, 'CODE_UNKNOWN');
  assert.equal((await call('GET', 'codes?language=fr')).status, 400);

  const { orgId } = await organization();
  const ask = async (method: 'GET' | 'POST', url: string, language: string | undefined, payload?: object) => {
    const response = await app.inject({
      method,
      url,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(language === undefined ? {} : { 'accept-language': language }),
      },
      ...(payload === undefined ? {} : { payload }),
    });
    return { json: response.json(), vary: String(response.headers.vary ?? '') };
  };
  const body = { orgId, document: { stages: [] } };
  const chinese = await ask('POST', '/api/v1/validate', 'zh-CN,en;q=0.5', body);
  const [issue] = chinese.json.issues;
  assert.equal(issue.explanation.meaning, (await call('GET', `codes/${issue.code}?language=zh`)).json.meaning);
  assert.match(chinese.vary, /accept-language/i);
  // Who asks for English, or for nothing, has the answer that there always was.
  for (const language of [undefined, 'en', 'fr'])
    assert.equal((await ask('POST', '/api/v1/validate', language, body)).json.issues[0].explanation, undefined);

  const saved = await call('POST', `/streaming/v2.0/streaming/pipeline/null?action=save&orgId=${orgId}`, {
    name: 'p',
    templateType: 1,
    messageChannel: 0,
    pipelineJson: { stages: [] },
  });
  const pipelineId = saved.json.data as string;
  await recordEvent(deps.store.db, { pipelineId, at: 1, code: 'RUN_FINISHED', message: 'Over.', severity: 'info' });
  const events = await ask('GET', `/api/v1/pipelines/${pipelineId}/events`, 'zh');
  assert.deepEqual(events.json.items[0].explanation, { meaning: '数据源已结束，管道也随之结束。' });
  assert.equal(events.json.items[0].message, 'Over.');
  const unknown = await ask('GET', '/api/v1/pipelines/nobody', 'zh');
  assert.deepEqual(
    [unknown.json.code, unknown.json.explanation.meaning],
    ['PIPELINE_UNKNOWN', '没有这个管道，或它属于别人。'],
  );
  // The contract's routes speak as the contract has it.
  const enos = await ask('GET', `/streaming/v2.0/streaming/nothing?orgId=${orgId}`, 'zh');
  assert.equal(enos.json.explanation, undefined);
});
