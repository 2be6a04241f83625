import { ExpressionSyntaxError } from '../expression-error.ts';

export interface MergingToken {
  readonly kind: 'number' | 'text' | 'name' | 'variable' | 'operator' | 'end';
  readonly start: number;
  readonly end: number;
  /** As it stands there; of a text what it says, of a variable what stands between the braces. */
  readonly text: string;
}

const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
/** `10`, `2.5`, `1e-3`; Scala's letters for the type of a number are taken and mean nothing. */
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[dDfFlL]?(?![\w$])/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const OPERATOR = /==|!=|<=|>=|&&|\|\||[-+*/%<>!&|(){};=]/y;
const TEXT = /"((?:[^"\\\n]|\\.)*)"/y;
const VARIABLE = /\$\{([^{}]*)\}/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

/** The tokens of a merging expression, with one that stands for its end. Throws `ExpressionSyntaxError`. */
export const readMergingTokens = (source: string): readonly MergingToken[] => {
  const tokens: MergingToken[] = [];
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  let at = 0;
  for (;;) {
    at += match(SPACE, at)?.[0].length ?? 0;
    if (at >= source.length) return [...tokens, { kind: 'end', start: at, end: at, text: 'the end' }];
    const token = readToken(source, at, match);
    tokens.push(token);
    at = token.end;
  }
};

const readToken = (
  source: string,
  start: number,
  match: (pattern: RegExp, at: number) => RegExpExecArray | null,
): MergingToken => {
  if (source[start] === '"') {
    const found = match(TEXT, start);
    if (found === null)
      throw new ExpressionSyntaxError(start, source.length - start, 'This text has no closing quote.');
    return { kind: 'text', start, end: start + found[0].length, text: unescaped(found[1] ?? '', start + 1) };
  }
  if (source[start] === '$') {
    const found = match(VARIABLE, start);
    if (found === null)
      throw new ExpressionSyntaxError(start, 1, 'Points and attributes are written ${model::point}, with both braces.');
    return { kind: 'variable', start, end: start + found[0].length, text: found[1] ?? '' };
  }
  for (const [kind, pattern] of [
    ['number', NUMBER],
    ['name', NAME],
    ['operator', OPERATOR],
  ] as const) {
    const text = match(pattern, start)?.[0];
    if (text !== undefined) return { kind, start, end: start + text.length, text };
  }
  const shown = String.fromCodePoint(source.codePointAt(start) ?? 0);
  const hint = shown === "'" ? ' Texts stand between double quotes.' : '';
  throw new ExpressionSyntaxError(start, shown.length, `${JSON.stringify(shown)} has no meaning here.${hint}`);
};

const unescaped = (text: string, start: number): string =>
  text.replaceAll(/\\(.)/gs, (whole, escaped: string, at: number) => {
    const meant = ESCAPES.get(escaped);
    if (meant === undefined)
      throw new ExpressionSyntaxError(
        start + at,
        whole.length,
        `"${whole}" stands for nothing in a text; a backslash is written \\\\.`,
      );
    return meant;
  });
