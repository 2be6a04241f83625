import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deadLetterTopicOf, systemTopicsOf } from './names.ts';

/** Ids as organisations may have them; those that begin with "OFFLINE_" are refused. */
const orgId = fc
  .oneof(
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/),
    fc.constantFrom('o1', 'ORIGIN_OFFLINE_o1', 'o1_OFFLINE', 'CAL_o1', 'OFFLINE', 'OFFLINE-o1'),
  )
  .filter((id) => !id.startsWith('OFFLINE_'));

test('two organisations never share a topic of their own', () => {
  fc.assert(
    fc.property(orgId, orgId, (a, b) => {
      fc.pre(a !== b);
      const own = new Set([...systemTopicsOf(a), deadLetterTopicOf(a)]);
      const shared = [...systemTopicsOf(b), deadLetterTopicOf(b)].filter((topic) => own.has(topic));
      assert.deepEqual(shared, [], `${a} and ${b}`);
    }),
  );
});

test('that is why no id begins with "OFFLINE_"', () => {
  assert.ok(systemTopicsOf('OFFLINE_o1').some((topic) => systemTopicsOf('o1').includes(topic)));
});
