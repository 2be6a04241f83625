import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProcessorDefinition, SCHEDULE_STORE } from '@penstock/engine';

/** What is asked of every processor that does something by the clock. */
export const testSchedules = ({ id, schedules = [], stores = [] }: ProcessorDefinition): void => {
  test(`${id}: schedules and stores have names of their own`, () => {
    assert.equal(new Set(schedules.map(({ name }) => name)).size, schedules.length);
    for (const { name } of schedules) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(!stores.some(({ name }) => name === SCHEDULE_STORE), `the store "${SCHEDULE_STORE}" is the engine's`);
  });
};
