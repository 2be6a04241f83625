import { ExpressionSyntaxError } from '../expression-error.ts';
import { LinearPattern, PatternError } from '../pattern/linear-pattern.ts';
import { type Numeric, wholeNumberOf } from '../value.ts';

export type AviatorToken = { readonly start: number; readonly end: number; readonly text: string } & (
  | { readonly kind: 'number'; readonly value: Numeric }
  | { readonly kind: 'text' | 'name' | 'operator' | 'end' }
  | { readonly kind: 'pattern'; readonly pattern: LinearPattern }
);

const SPACE = /(?:\s+|##[^\n]*)+/y;
const HEX = /0[xX][0-9a-fA-F]+(?![\w$])/y;
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?[NM]?(?![\w$])/y;
/** `value`, `attr.site.name`, `string.contains`; a `#` in front of a nested name is allowed. */
const NAME = /#?[\p{L}_$][\p{L}\p{N}_$]*(?:\.[\p{L}_$][\p{L}\p{N}_$]*)*/uy;
const OPERATOR = />>>|<<|>>|==|!=|<=|>=|=~|&&|\|\||[-+*/%<>!~&|^?:()[\],.;=]/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['b', '\b'],
  ['f', '\f'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['#', '#'],
]);

/**
 * The tokens of an Aviator expression, one after the other: whether a `/` divides or begins a regular expression is known
 * only to the parser. Throws `ExpressionSyntaxError`.
 */
export class AviatorTokens {
  readonly #source: string;
  #at = 0;
  #next: AviatorToken | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  /** The token to come; `isOperand`: what can only stand where a value is expected may. */
  peek(isOperand = false): AviatorToken {
    if (isOperand && this.#next?.text === '/') {
      this.#at = this.#next.start;
      this.#next = undefined;
    }
    this.#next ??= this.#read(isOperand);
    return this.#next;
  }

  take(isOperand = false): AviatorToken {
    const token = this.peek(isOperand);
    this.#next = undefined;
    return token;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#source)?.[0];
  }

  #read(isOperand: boolean): AviatorToken {
    this.#at += this.#match(SPACE)?.length ?? 0;
    const start = this.#at;
    const made = (text: string) => {
      this.#at += text.length;
      return { text, start, end: this.#at };
    };
    if (start >= this.#source.length) return { kind: 'end', text: 'the end', start, end: start };
    const character = this.#source[start] as string;
    if (character === "'" || character === '"') return this.#text(character);
    if (isOperand && character === '/') return this.#pattern();
    const hex = this.#match(HEX);
    if (hex !== undefined) return { kind: 'number', value: wholeNumberOf(hex), ...made(hex) };
    const number = this.#match(NUMBER);
    if (number !== undefined) return { kind: 'number', value: numberOf(number), ...made(number) };
    const name = this.#match(NAME);
    if (name !== undefined) return { kind: 'name', ...made(name), text: name.replace('#', '') };
    const operator = this.#match(OPERATOR);
    if (operator !== undefined) return { kind: 'operator', ...made(operator) };
    const shown = String.fromCodePoint(this.#source.codePointAt(start) ?? 0);
    throw new ExpressionSyntaxError(start, shown.length, `${JSON.stringify(shown)} has no meaning in an expression.`);
  }

  #text(quote: string): AviatorToken {
    const start = this.#at;
    let text = '';
    for (let at = start + 1; at < this.#source.length; at += 1) {
      const character = this.#source[at] as string;
      if (character === quote) {
        this.#at = at + 1;
        return { kind: 'text', text, start, end: at + 1 };
      }
      const next = this.#source[at + 1] ?? '';
      if (character === '#' && next === '{')
        throw new ExpressionSyntaxError(
          at,
          2,
          'Texts with #{…} in them are not known here: join the parts with +, or write \\# where the sign itself is meant.',
        );
      if (character !== '\\') {
        text += character;
        continue;
      }
      const escaped = ESCAPES.get(next);
      if (escaped === undefined)
        throw new ExpressionSyntaxError(
          at,
          1 + next.length,
          `"\\${next}" stands for nothing in a text; a backslash is written \\\\.`,
        );
      text += escaped;
      at += 1;
    }
    throw new ExpressionSyntaxError(start, this.#source.length - start, 'This text has no closing quote.');
  }

  /** A regular expression between slashes; `\/` is a slash in it. */
  #pattern(): AviatorToken {
    const start = this.#at;
    const closed = /\/((?:[^/\\\n]|\\.)*)\//y;
    const found = this.#match(closed);
    if (found === undefined)
      throw new ExpressionSyntaxError(
        start,
        this.#source.length - start,
        'This regular expression has no closing "/".',
      );
    this.#at += found.length;
    const text = found.slice(1, -1).replaceAll('\\/', '/');
    try {
      return { kind: 'pattern', pattern: LinearPattern.compile(text), text, start, end: this.#at };
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new ExpressionSyntaxError(start, found.length, error.message);
    }
  }
}

/** `N` and `M` ask for numbers of any length in Aviator; whole ones are exact here up to 64 bits. */
const numberOf = (text: string): Numeric => {
  const digits = text.replace(/[NM]$/, '');
  return /^\d+$/.test(digits) ? wholeNumberOf(digits) : Number(digits);
};
