import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAlarmFilters, sameFilters, showsAllAlarms } from './alarm-filters.ts';

test('an address says which alarms are shown; what it says beside that is nothing', () => {
  assert.deepEqual(readAlarmFilters({ state: 'pending', isOpen: false, isShelved: true }), {
    state: 'pending',
    isOpen: false,
    isShelved: true,
  });
  assert.deepEqual(readAlarmFilters({ state: 'other', isOpen: 'true', isAcknowledged: 1, more: true }), {});
});

test('filters are the same where all of them are', () => {
  assert.ok(sameFilters({ isOpen: true }, { isOpen: true }));
  assert.ok(!sameFilters({ isOpen: true }, { isOpen: false }));
  assert.ok(!sameFilters({ isOpen: true }, { isOpen: true, state: 'alerting' }));
  assert.ok(showsAllAlarms({}) && !showsAllAlarms({ isShelved: false }));
});
