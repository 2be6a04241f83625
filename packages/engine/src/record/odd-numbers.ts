const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;

/** Whole numbers of so many characters and more may lie beyond 2^53; decimals may have more digits than are kept. */
const LONG = 16;

/**
 * Whether numbers in a JSON text would come out differently when they are parsed and written again: too long for a
 * double, with an exponent, `1.0`, `-0`. Every record that a stage has written as text passes here, so it is one walk
 * over the characters, of which those inside strings are leapt over.
 */
export const hasOddNumbers = (json: string): boolean => {
  for (let at = 0; at < json.length; ) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = afterString(json, at);
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      const end = afterNumber(json, at);
      if (end < 0) return true;
      at = end;
    } else at++;
  }
  return false;
};

/** Where a string that begins at `start` is over. */
const afterString = (json: string, start: number): number => {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let before = end - 1;
    while (json.charCodeAt(before) === BACKSLASH) before--;
    if ((end - 1 - before) % 2 === 0) return end + 1;
  }
  return json.length;
};

/** Where a number that begins at `start` is over; -1 where it is an odd one. */
const afterNumber = (json: string, start: number): number => {
  let hasDot = false;
  let hasExponent = false;
  let end = start + 1;
  for (; end < json.length; end++) {
    const code = json.charCodeAt(end);
    if (code >= ZERO && code <= NINE) continue;
    if (code === DOT) hasDot = true;
    else if (code === LOWER_E || code === UPPER_E) hasExponent = true;
    else if (!hasExponent || (code !== MINUS && code !== 0x2b)) break;
  }
  const first = json.charCodeAt(start);
  const mayBeOdd =
    hasExponent ||
    end - start >= LONG ||
    (first === MINUS && json.charCodeAt(start + 1) === ZERO) ||
    (hasDot && (json.charCodeAt(end - 1) === ZERO || isBelowATenth(json, start)));
  if (!mayBeOdd) return end;
  const number = json.slice(start, end);
  return String(Number(number)) === number ? end : -1;
};

/** Far below, JavaScript writes an exponent. */
const isBelowATenth = (json: string, start: number): boolean =>
  json.charCodeAt(start) === ZERO && json.charCodeAt(start + 2) === ZERO;
