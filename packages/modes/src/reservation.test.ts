import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStartRequest } from '@penstock/model';
import fc from 'fast-check';
import { idleModes } from './supervision/testing/idle-modes.ts';

const modes = idleModes();

test('a cluster run takes server CUs, and master plus workers of Yarn', () => {
  const { value } = parseStartRequest({
    executionMode: 1,
    resourceConfig: { server: 1, yarn: { workerCount: 3, master: '1.5', slave: 2 } },
  });
  assert.ok(value);
  assert.deepEqual(modes.of(value.executionMode).reservation(value.resourceConfig), {
    standaloneMilli: 0,
    serverMilli: 1000,
    yarnMilli: 7500,
  });
});

test('whatever start request is taken, its mode takes whole thousandths of a CU, at least half a CU of something', () => {
  const cu = fc.oneof(fc.double(), fc.integer({ min: -1, max: 10 }), fc.constantFrom('0.5', '1.001', '2'));
  const request = fc.record(
    {
      executionMode: fc.constantFrom(0, 1),
      resourceConfig: fc.record(
        { server: cu, yarn: fc.record({ workerCount: cu, master: cu, slave: cu }, { requiredKeys: [] }) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  let taken = 0;
  fc.assert(
    fc.property(request, (given) => {
      const { value } = parseStartRequest(given);
      if (value === undefined) return;
      taken++;
      const amounts = Object.values(modes.of(value.executionMode).reservation(value.resourceConfig));
      assert.ok(amounts.every((amount) => Number.isSafeInteger(amount) && amount >= 0));
      assert.ok(amounts.some((amount) => amount >= 500));
    }),
    { numRuns: 2000 },
  );
  assert.ok(taken > 100, `only ${taken} of the requests were taken`);
});
