import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '@penstock/model';
import { OperatorHarness, runOperator, validateConfig } from '@penstock/testkit/operator';
import fc from 'fast-check';
import { energyIntegrator } from './operator.ts';

const HOUR = 3_600_000;
const config = (row: JsonObject = {}, options: JsonObject = {}): JsonObject => ({
  ...options,
  inputOutput: [{ inputPoint: 'm::p', outputPoint: 'm::day', ...row }],
});
const reading = (time: number | string, value: number): JsonObject => ({
  modelId: 'm',
  modelIdPath: '/m',
  assetId: 'a',
  pointId: 'p',
  time: typeof time === 'string' ? Date.parse(time) : time,
  value,
});
const totals = (records: readonly JsonObject[]) =>
  records.map(({ pointId, time, value }) => [pointId, new Date(Number(time)).toISOString(), value]);

test('what is wrong with a row is told at its place, and limits the method does not use are not looked at', () => {
  const issuesOf = (row: JsonObject, options: JsonObject = {}) =>
    validateConfig(energyIntegrator, config(row, options)).issues.map(({ path }) =>
      path.replace(/^\/stages\/0\/configuration\/\d+\/value(\/0\/)?/, ''),
    );
  const power = { method: 'INSTANT_POWER' };
  assert.deepEqual(issuesOf({ scale: '0' }), ['scale']);
  assert.deepEqual(issuesOf({ minMaxSlope: '[5,1]' }), ['minMaxSlope']);
  assert.deepEqual(issuesOf({ slopeType: '0', minMaxSlope: '[0,5]' }), ['minMaxSlope']);
  assert.deepEqual(issuesOf({ threshold: 'none' }), []);
  assert.deepEqual(issuesOf({ scale: '0', minMaxSlope: '' }, power), ['minMaxSlope']);
  assert.deepEqual(issuesOf({ scale: '0', threshold: '0,12' }, power), ['threshold']);
  assert.deepEqual(issuesOf({ detailInterval: 'x' }), []);
  for (const detailInterval of ['x', '0m', '25h', '2d'])
    assert.deepEqual(issuesOf({ detailOutputPoint: 'm::d', detailInterval }), ['detailInterval'], detailInterval);
  for (const row of [{ outputPoint: 'm::p' }, { detailOutputPoint: 'm::day' }, { detailOutputPoint: 'm::p' }])
    assert.deepEqual(issuesOf(row), ['outputPoint'], JSON.stringify(row));
  assert.equal(validateConfig(energyIntegrator, config({}, { timeZone: 'Mars/Olympus' })).issues.length, 1);
});

test('days are those of the time zone: 23 hours in March, 25 in October', async () => {
  const hours = (from: string, count: number) =>
    Array.from({ length: count }, (_, hour) => reading(Date.parse(from) + hour * HOUR, hour));
  const options = { timeZone: 'Europe/Berlin' };
  const spring = await runOperator(energyIntegrator, config({}, options), hours('2026-03-28T00:00:00Z', 72));
  // One kWh an hour; the first day begins with the first reading.
  assert.deepEqual(totals(spring.output), [
    ['day', '2026-03-27T23:00:00.000Z', 22],
    ['day', '2026-03-28T23:00:00.000Z', 23],
    ['day', '2026-03-29T22:00:00.000Z', 24],
  ]);
  const autumn = await runOperator(energyIntegrator, config({}, options), hours('2026-10-24T00:00:00Z', 73));
  assert.deepEqual(totals(autumn.output), [
    ['day', '2026-10-23T22:00:00.000Z', 21],
    ['day', '2026-10-24T22:00:00.000Z', 25],
    ['day', '2026-10-25T23:00:00.000Z', 24],
  ]);
});

test('intervals of a time zone begin with its day, and the last of a day ends with it', async () => {
  const row = { detailOutputPoint: 'm::part', detailInterval: '10h' };
  const readings = [0, 5, 10, 15, 20, 23, 25].map((hour) =>
    reading(Date.parse('2026-01-01T18:30:00Z') + hour * HOUR, hour),
  );
  const { output } = await runOperator(energyIntegrator, config(row, { timeZone: 'Asia/Kolkata' }), readings);
  assert.deepEqual(totals(output), [
    ['part', '2026-01-01T18:30:00.000Z', 5],
    ['part', '2026-01-02T04:30:00.000Z', 10],
    ['part', '2026-01-02T14:30:00.000Z', 8],
    ['day', '2026-01-01T18:30:00.000Z', 23],
  ]);
});

test('a row keeps its open day when limits change, and what was kept for rows that are gone is forgotten', async () => {
  const before = await OperatorHarness.create(energyIntegrator, {
    inputOutput: [
      { inputPoint: 'm::p', outputPoint: 'm::day' },
      { inputPoint: 'm::p', outputPoint: 'm::other' },
    ],
  });
  await before.send([reading('2026-01-01T00:00:00Z', 0), reading('2026-01-01T01:00:00Z', 4)]);
  const stored = await before.storedState();
  const after = await OperatorHarness.create(energyIntegrator, config({ minMaxSlope: '[0,1]' }), { stored });
  await after.send([reading('2026-01-01T03:00:00Z', 9), reading('2026-01-02T00:00:00Z', 10)]);
  assert.deepEqual(totals(after.run.output), [['day', '2026-01-01T00:00:00.000Z', 4]]);
  assert.ok(![...(await after.storedState()).values()].some((entry) => JSON.stringify(entry).includes('other')));
});

test('a point without a model is that of any', async () => {
  const row = { inputPoint: '*::p', outputPoint: '*::day' };
  const { output } = await runOperator(energyIntegrator, config(row), [
    reading('2026-01-01T00:00:00Z', 0),
    { ...reading('2026-01-01T01:00:00Z', 4), modelId: 'other', modelIdPath: '/root/other' },
    reading('2026-01-02T00:00:00Z', 5),
  ]);
  assert.deepEqual(
    output.map(({ modelId, pointId, value }) => [modelId, pointId, value]),
    [['m', 'day', 4]],
  );
});

interface Step {
  readonly minutes: number;
  readonly value: number;
}

/** The rules once more, by going over all readings for each day. */
const plainTotals = (steps: readonly Step[], method: string, lastValue: boolean): (readonly [number, number])[] => {
  const days = new Map<number, number>();
  let base: { minutes: number; value: number } | undefined;
  let lastPower: number | undefined;
  for (const { minutes, value } of steps) {
    const day = Math.floor(minutes / 1440);
    const hours = base === undefined ? 0 : (minutes - base.minutes) / 60;
    const isPower = method !== 'METER_READING';
    if (base !== undefined) {
      days.set(day, days.get(day) ?? 0);
      let energy = 0;
      if (!isPower) {
        const delta = value - base.value;
        if (delta / hours >= 0 && delta / hours <= 6) energy = delta;
      } else {
        const ends = method === 'INSTANT_POWER' ? [base.value] : [base.value, value];
        const isValid = ends.every((power) => power >= 2 && power < 8);
        const power = isValid ? ends.reduce((a, b) => a + b) / ends.length : lastValue ? lastPower : undefined;
        if (power !== undefined) {
          energy = power * hours;
          lastPower = power;
        }
      }
      days.set(day, (days.get(day) ?? 0) + energy);
    }
    if (isPower || base?.value !== value) base = { minutes, value };
  }
  return [...days].sort(([a], [b]) => a - b);
};

test('totals agree with the plain rules, intervals add up to their day, over any restarts', async () => {
  const step = fc.record({ gap: fc.integer({ min: 1, max: 900 }), value: fc.nat(9) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 30 }),
      fc.constantFrom('METER_READING', 'AVERAGE_POWER', 'INSTANT_POWER'),
      fc.boolean(),
      fc.array(fc.nat(30), { maxLength: 3 }),
      async (gaps, method, lastValue, cuts) => {
        let minutes = 0;
        const steps = gaps.map(({ gap, value }) => {
          minutes += gap;
          return { minutes, value };
        });
        const options = config(
          {
            detailOutputPoint: 'm::part',
            detailInterval: '7h',
            minMaxSlope: '[0,6]',
            threshold: '[2,8)',
            interpolation: lastValue ? 'LAST_VALUE' : 'IGNORE',
          },
          { method },
        );
        let harness = await OperatorHarness.create(energyIntegrator, options);
        const output: JsonObject[] = [];
        for (const [index, { minutes: at, value }] of steps.entries()) {
          if (cuts.includes(index)) {
            output.push(...harness.run.output);
            harness = await OperatorHarness.create(energyIntegrator, options, { stored: await harness.storedState() });
          }
          await harness.send([reading(at * 60_000 + 10 ** 12 - (10 ** 12 % 86_400_000), value)]);
        }
        output.push(...harness.run.output);
        const origin = 10 ** 12 - (10 ** 12 % 86_400_000);
        const found = new Map<number, number>();
        const parts = new Map<number, number>();
        for (const { pointId, time, value } of output) {
          const day = Math.floor((Number(time) - origin) / 86_400_000);
          const into = pointId === 'day' ? found : parts;
          into.set(day, (into.get(day) ?? 0) + Number(value));
        }
        const last = Math.floor(minutes / 1440);
        const wanted = plainTotals(steps, method, lastValue).filter(([day]) => day < last);
        assert.deepEqual(
          [...found.keys()],
          wanted.map(([day]) => day),
        );
        for (const [day, total] of wanted) {
          assert.ok(Math.abs((found.get(day) ?? Number.NaN) - total) < 1e-9, `day ${day}`);
          assert.ok(Math.abs((parts.get(day) ?? Number.NaN) - total) < 1e-9, `parts of day ${day}`);
        }
      },
    ),
    { numRuns: 150 },
  );
});
