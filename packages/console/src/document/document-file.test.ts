import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentFile, readDocumentFile } from './document-file.ts';
import { parseJson } from './json.ts';

const document = '{"pipelineConfig":{"title":"T","stages":[],"big":9007199254740993}}';

test('a document that is exported comes back as it was, under a name that every system takes', () => {
  const value = parseJson(document);
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  const { name, text } = documentFile('../a:b\u0007 "风机"/.', { ...value });
  assert.equal(name, '_a_b_ _风机__.json');
  assert.match(text, /9007199254740993/);
  const read = readDocumentFile(text);
  assert.ok('document' in read);
  assert.equal(documentFile('x', read.document).text, text);
  assert.equal(documentFile(' .. ', {}).name, 'pipeline.json');
});

test('a document is taken in by itself and out of an archive of one', () => {
  for (const text of [
    document,
    `\uFEFF{"stages":[]}`,
    `{"kind":"x","pipelines":[{"name":"n","document":${document}}]}`,
  ])
    assert.ok('document' in readDocumentFile(text), text);
});

test('a file that is no document, or several, is told from one that is', () => {
  const problem = (text: string) => {
    const read = readDocumentFile(text);
    return 'problem' in read ? [read.problem, read.why] : [];
  };
  assert.equal(problem('{"a":')[0], 'not-json');
  for (const text of ['[]', 'null', '5', '{}', '{"stages":5}', '{"pipelines":[]}'])
    assert.deepEqual(problem(text), ['no-document', '']);
  const two = `{"pipelines":[{"name":"a","document":${document}},{"name":"b","document":${document}}]}`;
  assert.deepEqual(problem(two), ['several', 'a, b']);
});
