import { ExpressionSyntaxError, MAX_DEPTH } from '../expression-error.ts';
import { wholeNumberOf } from '../value.ts';
import type { BinaryOperator, ExpressionNode, UnaryOperator } from './ast.ts';
import { type Token, tokenize } from './lexer.ts';

/** Binary operators by binding strength, weakest first (JSP 2.1 EL, section 1.13). */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NULL', null],
]);

/** What `record:type` is compared with; each stands for its own name. */
const FIELD_TYPES: ReadonlySet<string> = new Set([
  ...['BOOLEAN', 'CHAR', 'BYTE', 'SHORT', 'INTEGER', 'LONG', 'FLOAT', 'DOUBLE', 'DECIMAL', 'STRING', 'BYTE_ARRAY'],
  ...['DATE', 'DATETIME', 'TIME', 'ZONED_DATETIME', 'LIST', 'MAP', 'LIST_MAP', 'FILE_REF'],
]);

/** Recursive descent over the tokens of one `${…}` part. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #open = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): ExpressionNode {
    const node = this.#conditional();
    const rest = this.#peek();
    if (rest.kind !== 'end') throw this.#unexpected(rest, 'an operator or the end of the expression');
    return node;
  }

  #conditional(): ExpressionNode {
    this.#enter();
    const condition = this.#binary(0);
    if (!this.#takes('?')) {
      this.#open--;
      return condition;
    }
    const whenTrue = this.#conditional();
    this.#expect(':');
    const whenFalse = this.#conditional();
    this.#open--;
    const depth = this.#above(condition, whenTrue, whenFalse);
    return { kind: 'conditional', condition, whenTrue, whenFalse, start: condition.start, end: whenFalse.end, depth };
  }

  #binary(level: number): ExpressionNode {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#peek();
      if (token.kind !== 'operator' || !operators.includes(token.text)) return left;
      this.#at++;
      const right = this.#binary(level + 1);
      const operator = token.text as BinaryOperator;
      left = {
        kind: 'binary',
        operator,
        left,
        right,
        start: left.start,
        end: right.end,
        depth: this.#above(left, right),
      };
    }
  }

  #unary(): ExpressionNode {
    const token = this.#peek();
    if (token.kind !== 'operator' || !['-', '!', 'empty'].includes(token.text)) return this.#postfix();
    this.#at++;
    this.#enter();
    const operand = this.#unary();
    this.#open--;
    const operator = token.text as UnaryOperator;
    return { kind: 'unary', operator, operand, start: token.start, end: operand.end, depth: this.#above(operand) };
  }

  #postfix(): ExpressionNode {
    let target = this.#primary();
    for (;;) {
      let member: ExpressionNode;
      let end: number;
      if (this.#takes('[')) {
        member = this.#conditional();
        end = this.#expect(']').end;
      } else if (this.#takes('.')) {
        const name = this.#next();
        if (name.kind !== 'name') throw this.#unexpected(name, 'a name after "."');
        member = { kind: 'literal', value: name.text, start: name.start, end: name.end, depth: 1 };
        end = name.end;
      } else return target;
      target = { kind: 'member', target, member, start: target.start, end, depth: this.#above(target, member) };
    }
  }

  #primary(): ExpressionNode {
    const token = this.#next();
    const place = { start: token.start, end: token.end, depth: 1 };
    if (token.kind === 'number') {
      const value = /^\d+$/.test(token.text) ? wholeNumberOf(token.text) : Number(token.text);
      if (!Number.isFinite(Number(value)))
        throw new ExpressionSyntaxError(token.start, token.text.length, `The number ${token.text} is too large.`);
      return { kind: 'literal', value, ...place };
    }
    if (token.kind === 'text') return { kind: 'literal', value: token.text, ...place };
    if (token.kind === 'function') return this.#call(token);
    if (token.kind === 'name') {
      const value = CONSTANTS.get(token.text);
      if (value !== undefined) return { kind: 'literal', value, ...place };
      if (FIELD_TYPES.has(token.text)) return { kind: 'literal', value: token.text, ...place };
      throw new ExpressionSyntaxError(
        token.start,
        token.text.length,
        `The name "${token.text}" is not known. Fields are read with record:value('/${token.text}'), texts stand in quotes.`,
      );
    }
    if (token.kind === 'operator' && token.text === '(') {
      const inner = this.#conditional();
      this.#expect(')');
      return inner;
    }
    throw this.#unexpected(token, 'a value');
  }

  #call(name: Token): ExpressionNode {
    this.#expect('(');
    const args: ExpressionNode[] = [];
    if (this.#peek().text !== ')' || this.#peek().kind !== 'operator') {
      do args.push(this.#conditional());
      while (this.#takes(','));
    }
    const close = this.#expect(')');
    const depth = this.#above(...args);
    return { kind: 'call', name: name.text, nameEnd: name.end, args, start: name.start, end: close.end, depth };
  }

  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #takes(operator: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'operator' || token.text !== operator) return false;
    this.#at++;
    return true;
  }

  #expect(operator: string): Token {
    const token = this.#next();
    if (token.kind !== 'operator' || token.text !== operator) throw this.#unexpected(token, `"${operator}"`);
    return token;
  }

  #enter(): void {
    if (++this.#open > MAX_DEPTH) throw this.#tooDeep(this.#peek());
  }

  #above(...children: readonly ExpressionNode[]): number {
    let depth = 0;
    for (const child of children) depth = Math.max(depth, child.depth);
    if (depth >= MAX_DEPTH) throw this.#tooDeep(this.#peek());
    return depth + 1;
  }

  #tooDeep(at: Token): ExpressionSyntaxError {
    return new ExpressionSyntaxError(
      at.start,
      at.end - at.start,
      `The expression is nested more than ${MAX_DEPTH} deep. Split it over several stages.`,
    );
  }

  #unexpected(token: Token, wanted: string): ExpressionSyntaxError {
    const found = token.kind === 'end' ? 'the expression ends' : `there is ${JSON.stringify(token.text)}`;
    return new ExpressionSyntaxError(token.start, token.end - token.start, `Expected ${wanted}, but ${found}.`);
  }
}

/** Parses `source[from, to)`. Throws `ExpressionSyntaxError`. */
export const parseExpression = (source: string, from: number, to: number): ExpressionNode =>
  new Parser(tokenize(source, from, to)).whole();
