import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedLanguage, allCodes, explainCode, TEXT_LANGUAGES } from '../../texts/codes-in-language.ts';
import { explained } from './explain-codes.ts';

test('every code has a text in every language, with a remedy in all of them or in none', () => {
  assert.ok(allCodes().length > 300);
  for (const [code, text] of allCodes())
    for (const language of TEXT_LANGUAGES) {
      assert.ok(text[language].meaning.length > 0, `${code} ${language}`);
      assert.equal(text[language].remedy === undefined, text.en.remedy === undefined, `${code} ${language}`);
    }
  assert.equal(explainCode('MADE_UP_BY_A_SCRIPT', 'zh'), undefined);
  assert.equal(explainCode('constructor', 'zh'), undefined);
});

test('the language is the one that is liked best of those there are', () => {
  assert.equal(acceptedLanguage(undefined), undefined);
  assert.equal(acceptedLanguage('zh-CN,zh;q=0.9,en;q=0.8'), 'zh');
  assert.equal(acceptedLanguage('de, en-GB;q=0.7, zh;q=0.3'), 'en');
  assert.equal(acceptedLanguage('en;q=0, zh;q=0.1'), 'zh');
  assert.equal(acceptedLanguage('fr, *;q=0.5'), undefined);
  assert.equal(acceptedLanguage(','.repeat(5000)), undefined);
});

test('problems, issues and events are explained; what is no code of ours is left alone', () => {
  const issue = { code: 'GRAPH_CYCLE', severity: 'error', path: '/stages', message: 'A loop.' };
  const zh = explainCode('GRAPH_CYCLE', 'zh');
  assert.match(zh?.meaning ?? '', /环/);
  assert.deepEqual(explained({ valid: false, issues: [issue] }, 'zh'), {
    valid: false,
    issues: [{ ...issue, explanation: zh }],
  });
  const run = { runId: '1', events: [{ at: 1, severity: 'error', code: 'GRAPH_CYCLE', message: 'A loop.' }] };
  assert.deepEqual(explained(run, 'zh'), { ...run, events: [{ ...run.events[0], explanation: zh }] });
  // An import has issues by document, a folder that is applied by pipeline.
  for (const name of ['results', 'pipelines'])
    assert.deepEqual(explained({ [name]: [{ name: 'p', issues: [issue] }] }, 'zh'), {
      [name]: [{ name: 'p', issues: [{ ...issue, explanation: zh }] }],
    });
  const problem = { code: 'RUN_UNKNOWN', message: 'There is no such run.', requestId: '1' };
  assert.deepEqual(explained(problem, 'zh'), { ...problem, explanation: { meaning: '没有这个运行。' } });
  const events = {
    items: [
      { code: 'MADE_UP', message: 'x' },
      { code: 1, message: 'y' },
    ],
    nextCursor: null,
  };
  assert.deepEqual(explained(events, 'zh'), events);
  const untouched = { document: { code: 'RUN_UNKNOWN', message: 'a user’s own' } };
  assert.equal(explained(untouched, 'zh'), untouched);
  assert.equal(explained(null, 'zh'), null);
});
