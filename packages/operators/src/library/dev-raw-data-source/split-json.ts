/** Where in a text a value is, or why it is none. */
export type JsonPiece =
  | { readonly text: string; readonly line: number }
  | { readonly problem: string; readonly line: number };

/** Index behind the value that begins at `start`: brackets are balanced outside strings, scalars end at white space. */
const endOfValue = (text: string, start: number): number => {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth <= 0) return at + 1;
    } else if (depth === 0 && (/\s/.test(character ?? '') || character === ',')) return at;
  }
  return text.length;
};

const isObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** Splits JSON objects that stand one after the other, apart by white space or commas. */
export const splitJsonObjects = (text: string): JsonPiece[] => {
  const pieces: JsonPiece[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const character = text[at] as string;
    if (character === '\n') line++;
    if (/[\s,]/.test(character)) {
      at++;
      continue;
    }
    const end = endOfValue(text, at);
    const piece = text.slice(at, end);
    pieces.push(isObject(piece) ? { text: piece, line } : { problem: 'this is not a JSON object', line });
    line += piece.split('\n').length - 1;
    at = Math.max(end, at + 1);
  }
  return pieces;
};

/** The items of a JSON array of objects. */
export const splitJsonArray = (text: string): JsonPiece[] => {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    return [{ problem: 'this is not a JSON array', line: 1 }];
  }
  if (!Array.isArray(values)) return [{ problem: 'this is not a JSON array', line: 1 }];
  return values.map((value: unknown, index): JsonPiece => {
    const piece = JSON.stringify(value);
    return isObject(piece) ? { text: piece, line: 1 } : { problem: `item ${index} is not a JSON object`, line: 1 };
  });
};
