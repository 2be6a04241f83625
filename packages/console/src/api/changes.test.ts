import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeIn, concerns } from './changes.ts';

const changed = (kinds: readonly string[], ids: readonly string[] = []) => ({
  ids: new Set(ids),
  kinds: new Set(kinds),
});

test('a change of what has lists of its own leaves pipelines alone', () => {
  const asked = (kinds: readonly string[], ...key: string[]) => concerns(key, changed(kinds, ['p1']));
  assert.equal(asked(['queue-topic'], 'topics', 'o1'), true);
  assert.equal(asked(['queue-topic'], 'pipelines', 'o1'), false);
  assert.equal(asked(['user', 'member'], 'pipeline-filing', 'o1'), false);
  assert.equal(asked(['grant'], 'members', 'o1'), false);
});

test('a change of a pipeline concerns every list of pipelines, and of what is shown of one, that one', () => {
  for (const list of ['pipelines', 'pipeline-filing'])
    assert.equal(concerns([list, 'o1'], changed(['run'], ['p1'])), true);
  assert.equal(concerns(['pipelines', 'o1'], changed(['user', 'version'], ['p1'])), true);
  assert.equal(concerns(['events', 'p1'], changed(['event'], ['p1'])), true);
  assert.equal(concerns(['events', 'p2'], changed(['event'], ['p1'])), false);
});

test('an event says of which pipeline it is, where it is of one', () => {
  assert.deepEqual(changeIn('{"kind":"run","pipelineId":"p1","what":"changed"}'), { kind: 'run', pipelineId: 'p1' });
  assert.deepEqual(changeIn('{"kind":"user","pipelineId":null}'), { kind: 'user', pipelineId: null });
});
