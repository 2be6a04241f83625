import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isJsonObject, type JsonObject } from '@penstock/model';
import { FAULTS, feedOf } from './faulty-feed.ts';
import { powerCurve } from './wind.ts';
import { POINTS, readingsOf, TURBINES } from './wind-farm.ts';

const MIDNIGHT = Date.UTC(2026, 2, 1);
const at = (turbine: number, timeMs: number): Record<string, number> =>
  Object.fromEntries(
    POINTS.map(({ pointId }, index) => [pointId, readingsOf(7, turbine, timeMs)[index] ?? Number.NaN]),
  );

test('the same seed and time always give the same feed, another seed another one', () => {
  assert.deepEqual(feedOf(7, 'o1', 3, MIDNIGHT), feedOf(7, 'o1', 3, MIDNIGHT));
  assert.notDeepEqual(feedOf(7, 'o1', 3, MIDNIGHT), feedOf(8, 'o1', 3, MIDNIGHT));
});

test('power follows the wind between cut-in and rated speed and is flat beyond', () => {
  assert.deepEqual(
    [2.9, 3, 12, 20, 25].map((wind) => powerCurve(wind)),
    [0, 0, 2500, 2500, 0],
  );
  assert.ok(powerCurve(8) > powerCurve(7));
});

test('every reading of a day stays within what its sensor can show, and changes smoothly', () => {
  for (let turbine = 0; turbine < TURBINES; turbine += 13) {
    let before = at(turbine, MIDNIGHT);
    for (let minute = 0; minute < 1440; minute += 7) {
      const time = MIDNIGHT + minute * 60_000;
      const now = at(turbine, time);
      const next = at(turbine, time + 1000);
      for (const { pointId } of POINTS) assert.ok(Number.isFinite(now[pointId]), pointId);
      assert.ok((now['WNAC.WindSpeed'] ?? -1) >= 0 && (now['WNAC.WindSpeed'] ?? 99) < 40);
      assert.ok((now['WGEN.ActivePower'] ?? -99) >= -50 && (now['WGEN.ActivePower'] ?? 9999) <= 2600);
      assert.ok(Math.abs((next['WNAC.NacelleTemp'] ?? 0) - (now['WNAC.NacelleTemp'] ?? 0)) < 1);
      before = now;
    }
    assert.notDeepEqual(before, at(turbine, MIDNIGHT));
  }
});

test('faults come at their shares, and late records carry their own time', () => {
  const seen = { total: 0, missing: 0, late: 0, malformed: 0, nullValue: 0 };
  for (let second = 0; second < 300; second++) {
    for (let turbine = 0; turbine < TURBINES; turbine++) {
      const time = MIDNIGHT + second * 1000;
      const records = feedOf(7, 'o1', turbine, time);
      seen.total += POINTS.length;
      seen.missing += POINTS.length - records.length;
      for (const { arrivesAt, value } of records) {
        if (arrivesAt > time) seen.late++;
        const record = parse(value);
        if (record === undefined) seen.malformed++;
        else {
          assert.equal(record.time, time);
          if (record.value === null) seen.nullValue++;
        }
      }
    }
  }
  for (const fault of ['missing', 'late', 'malformed', 'nullValue'] as const) {
    const share = seen[fault] / seen.total;
    assert.ok(share > FAULTS[fault] / 2 && share < FAULTS[fault] * 2, `${fault}: ${share}`);
  }
});

const parse = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
