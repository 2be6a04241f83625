import { ExpressionError } from '../expression-error.ts';

const OFFSET = /^(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?$/;
/** Greatest distance from 1970, in ms: two days less than a JavaScript date can have, so that local times fit too. */
export const MAX_INSTANT = 8.64e15 - 2 * 86_400_000;
const MAX_KNOWN = 100;
const formats = new Map<string, Intl.DateTimeFormat>();

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new ExpressionError(
      `"${zone.slice(0, 60)}" is not a time zone. Use a name as Asia/Shanghai or an offset as +08:00.`,
    );
  }
  if (formats.size >= MAX_KNOWN) formats.clear();
  formats.set(zone, format);
  return format;
};

/** What has to be added to UTC to get the local time of a zone at an instant, in ms. Throws `ExpressionError`. */
export const zoneOffset = (zone: string, instant: number): number => {
  if (zone === '' || zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0;
  const offset = OFFSET.exec(zone);
  if (offset !== null) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0);
    if (minutes > 18 * 60) throw new ExpressionError(`"${zone}" is not a time zone.`);
    return (offset[1] === '-' ? -minutes : minutes) * 60_000;
  }
  if (Math.abs(instant) > MAX_INSTANT) throw new ExpressionError(`${instant} is beyond the range of dates.`);
  const parts: Record<string, number> = {};
  let isBeforeChrist = false;
  for (const part of formatOf(zone).formatToParts(instant)) {
    if (part.type === 'era') isBeforeChrist = part.value.startsWith('B');
    else parts[part.type] = Number(part.value);
  }
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const date = new Date(0);
  date.setUTCFullYear(isBeforeChrist ? 1 - year : year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() - Math.floor(instant / 1000) * 1000;
};

/** The instant at which a zone's clocks show `local` (ms as if they were UTC). */
export const instantOf = (local: number, zone: string): number => {
  const guess = local - zoneOffset(zone, local);
  return local - zoneOffset(zone, guess);
};
