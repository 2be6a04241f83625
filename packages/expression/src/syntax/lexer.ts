import { ExpressionSyntaxError } from '../expression-error.ts';

export type TokenKind = 'number' | 'text' | 'name' | 'function' | 'operator' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The operator, name, function name, or the value of a text literal. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s+/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** `record:value` or `size`, when an opening bracket follows; the look-ahead keeps `c ? true:x` a conditional. */
const FUNCTION = /[A-Za-z_]\w*(?::[A-Za-z_]\w*)?(?=\s*\()/y;
const NAME = /[A-Za-z_]\w*/y;
const OPERATOR = /==|!=|<=|>=|&&|\|\||[-+*/%<>!?:()[\],.]/y;

/** Words that are operators in the expression language (JSP 2.1 EL, section 1.14), under their symbol. */
const WORD_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
  ['eq', '=='],
  ['ne', '!='],
  ['lt', '<'],
  ['le', '<='],
  ['gt', '>'],
  ['ge', '>='],
  ['div', '/'],
  ['mod', '%'],
  ['empty', 'empty'],
]);

const matchAt = (pattern: RegExp, source: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
};

/** A text in single or double quotes; `\\`, `\'` and `\"` are escapes, any other backslash stands for itself. */
const readText = (source: string, start: number, limit: number): Token => {
  const quote = source[start];
  let text = '';
  for (let at = start + 1; at < limit; at++) {
    const character = source[at] as string;
    if (character === quote) return { kind: 'text', text, start, end: at + 1 };
    const next = source[at + 1];
    if (character === '\\' && at + 1 < limit && (next === '\\' || next === "'" || next === '"')) {
      text += next;
      at++;
    } else text += character;
  }
  throw new ExpressionSyntaxError(start, limit - start, 'This text has no closing quote.');
};

/** The tokens of `source[from, to)`, ending with an `end` token. Throws `ExpressionSyntaxError`. */
export const tokenize = (source: string, from: number, to: number): Token[] => {
  const part = source.slice(0, to);
  const tokens: Token[] = [];
  const push = (kind: TokenKind, length: number, text: string): void => {
    tokens.push({ kind, text, start: at, end: at + length });
    at += length;
  };
  let at = from;
  for (;;) {
    at += matchAt(SPACE, part, at)?.length ?? 0;
    if (at >= to) break;
    const character = part[at] as string;
    if (character === "'" || character === '"') {
      const token = readText(part, at, to);
      tokens.push(token);
      at = token.end;
      continue;
    }
    const number = matchAt(NUMBER, part, at);
    if (number !== undefined) {
      push('number', number.length, number);
      continue;
    }
    const called = matchAt(FUNCTION, part, at);
    // `not (x)` and `empty (x)` are operators before a bracket, not functions.
    if (called !== undefined && !WORD_OPERATORS.has(called)) {
      push('function', called.length, called);
      continue;
    }
    const name = matchAt(NAME, part, at);
    if (name !== undefined) {
      const operator = WORD_OPERATORS.get(name);
      push(operator === undefined ? 'name' : 'operator', name.length, operator ?? name);
      continue;
    }
    const operator = matchAt(OPERATOR, part, at);
    if (operator === undefined)
      throw new ExpressionSyntaxError(at, 1, `${JSON.stringify(character)} has no meaning in an expression.`);
    push('operator', operator.length, operator);
  }
  tokens.push({ kind: 'end', text: 'the end', start: to, end: to });
  return tokens;
};
