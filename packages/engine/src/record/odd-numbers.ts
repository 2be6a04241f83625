/** Numbers of a JSON text that might be spelled otherwise than JavaScript would: long, with exponent, `1.0`, `-0`. */
const CANDIDATE = /[\d.]{16,}(?:[eE][-+]?\d+)?|\d[eE][-+]?\d+|\.\d*0(?!\d)|-0(?![.\d])/g;

/**
 * Whether numbers in a JSON text might come out differently when they are parsed and written again. May say yes where
 * a text only looks so (digits inside a string), never no where one would.
 */
export const hasOddNumbers = (json: string): boolean => {
  CANDIDATE.lastIndex = 0;
  for (let found = CANDIDATE.exec(json); found !== null; found = CANDIDATE.exec(json)) {
    const [text] = found;
    const before = json[found.index - 1];
    if (text.length < 16 || before === '-' || before === '.' || String(Number(text)) !== text) return true;
  }
  return false;
};
