import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type JsonValue, pointer } from '@penstock/model';

/** Differences told of one list at most: the first ones say what is wrong. */
const MAX_TOLD = 20;

/** What differs between the records that are expected and those there are, one line each; none: they are the same. */
export const recordDifferences = (expected: readonly JsonValue[], seen: readonly JsonValue[]): string[] => {
  const lines: string[] = [];
  for (let index = 0; index < Math.max(expected.length, seen.length); index++) {
    const [wanted, got] = [expected[index], seen[index]];
    const label = `record ${index + 1}`;
    if (wanted === undefined) lines.push(`${label} is not expected: ${JSON.stringify(got)}`);
    else if (got === undefined) lines.push(`${label} is missing: ${JSON.stringify(wanted)}`);
    else for (const line of valueDifferences(wanted, got, '')) lines.push(`${label} ${line}`);
  }
  const more = lines.length - MAX_TOLD;
  return more > 0 ? [...lines.slice(0, MAX_TOLD), `and ${more} more differences`] : lines;
};

const valueDifferences = (expected: JsonValue, seen: JsonValue, at: string): string[] => {
  if (isDeepStrictEqual(expected, seen)) return [];
  if (isJsonObject(expected) && isJsonObject(seen))
    return [...new Set([...Object.keys(expected), ...Object.keys(seen)])].flatMap((key) => {
      const [wanted, got] = [expected[key], seen[key]];
      const where = at + pointer(key);
      if (wanted === undefined) return got === undefined ? [] : [`${where}: not expected, but there is ${text(got)}`];
      if (got === undefined) return [`${where}: expected ${text(wanted)}, but there is none`];
      return valueDifferences(wanted, got, where);
    });
  if (Array.isArray(expected) && Array.isArray(seen) && expected.length === seen.length)
    return expected.flatMap((item: JsonValue, index) =>
      valueDifferences(item, seen[index] ?? null, at + pointer(index)),
    );
  return [`${at}: expected ${text(expected)}, but got ${text(seen)}`];
};

const text = (value: JsonValue): string => JSON.stringify(value);
