import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RepeatedEvents } from './repeated-events.ts';

test('what each thread tells of by itself is told once, everything else as often as it happens', () => {
  const repeated = new RepeatedEvents();
  const isRepeated = (code: string, message: string) => repeated.isRepeated({ at: 1, severity: 'info', code, message });
  assert.deepEqual(
    ['1', '1', '2', '2', '1'].map((revision) => isRepeated('REFERENCE_IN_USE', `revision ${revision}`)),
    [false, true, false, true, false],
  );
  assert.deepEqual([isRepeated('STAGE_LOG', 'same'), isRepeated('STAGE_LOG', 'same')], [false, false]);
});
