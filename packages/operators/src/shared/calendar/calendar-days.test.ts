import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CalendarDays, timeZoneProblem } from './calendar-days.ts';

const HOUR = 3_600_000;

test('days begin at midnight of their zone and have 23, 24 or 25 hours', () => {
  const days: readonly (readonly [zone: string, at: string, start: string, hours: number])[] = [
    ['UTC', '2026-03-29T12:00:00Z', '2026-03-29T00:00:00Z', 24],
    ['+08:00', '2026-03-29T15:59:59.999Z', '2026-03-28T16:00:00Z', 24],
    ['+08:00', '2026-03-29T16:00:00Z', '2026-03-29T16:00:00Z', 24],
    ['Asia/Kolkata', '2026-03-29T12:00:00Z', '2026-03-28T18:30:00Z', 24],
    // Clocks go from 02:00 to 03:00.
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-28T23:00:00Z', 23],
    ['Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-28T23:00:00Z', 23],
    ['Europe/Berlin', '2026-03-29T22:00:00Z', '2026-03-29T22:00:00Z', 24],
    // Clocks go from 03:00 back to 02:00.
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', 25],
    ['America/New_York', '2026-03-08T12:00:00Z', '2026-03-08T05:00:00Z', 23],
    ['America/New_York', '2026-11-01T12:00:00Z', '2026-11-01T04:00:00Z', 25],
    // Clocks go from 00:00 to 01:00: the day begins with the second hour.
    ['America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00Z', 23],
    // Half an hour.
    ['Australia/Lord_Howe', '2026-04-04T20:00:00Z', '2026-04-04T13:00:00Z', 24.5],
    // 2011-12-30 was left out: one day ends where the day after the next begins.
    ['Pacific/Apia', '2011-12-30T09:00:00Z', '2011-12-29T10:00:00Z', 24],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z', 24],
    // Before 1970.
    ['UTC', '1969-12-31T23:00:00Z', '1969-12-31T00:00:00Z', 24],
  ];
  for (const [zone, at, start, hours] of days) {
    const day = new CalendarDays(zone).dayOf(Date.parse(at));
    assert.deepEqual(
      [new Date(day.start).toISOString(), (day.end - day.start) / HOUR],
      [new Date(start).toISOString(), hours],
      `${zone} ${at}`,
    );
  }
});

test('days follow each other without gap or overlap, in whatever order they are asked for', () => {
  const zone = fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Africa/Cairo', 'America/Havana', 'Asia/Tehran');
  const instant = fc.integer({ min: Date.UTC(1985, 0), max: Date.UTC(2030, 0) });
  fc.assert(
    fc.property(zone, fc.array(instant, { minLength: 1, maxLength: 20 }), (name, instants) => {
      const days = new CalendarDays(name);
      for (const at of instants) {
        const day = days.dayOf(at);
        assert.ok(day.start <= at && at < day.end, `${name} ${at}`);
        assert.deepEqual(new CalendarDays(name).dayOf(day.start), day);
        assert.equal(days.dayOf(day.end).start, day.end);
        assert.equal(days.dayOf(day.start - 1).end, day.start);
      }
    }),
    { numRuns: 50 },
  );
});

test('what is no time zone is said to be none', () => {
  for (const zone of ['UTC', 'Asia/Shanghai', '+08:00', '-03:30']) assert.equal(timeZoneProblem(zone), undefined);
  for (const zone of ['Mars/Olympus', '+19:00', 'local time']) assert.match(timeZoneProblem(zone) ?? '', /time zone/);
});
