import { ExpressionSyntaxError, MAX_DEPTH } from '../expression-error.ts';
import type { AviatorBinary, AviatorNode, AviatorUnary } from './aviator-ast.ts';
import { type AviatorToken, AviatorTokens } from './aviator-tokens.ts';

/** Binary operators by binding strength, weakest first: Java's. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!=', '=~'],
  ['<', '<=', '>', '>='],
  ['<<', '>>', '>>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const UNARY: readonly string[] = ['-', '!', '~'];

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['nil', null],
]);

/** What begins statements of AviatorScript. */
const STATEMENTS: ReadonlySet<string> = new Set([
  ...['if', 'elsif', 'else', 'for', 'while', 'let', 'fn', 'lambda', 'return', 'break', 'continue'],
  ...['new', 'use', 'throw', 'try', 'catch', 'finally'],
]);

/** Reads one expression. Throws `ExpressionSyntaxError`. */
export const parseAviator = (source: string): AviatorNode => new Parser(source).whole();

/** Recursive descent over the tokens. */
class Parser {
  readonly #tokens: AviatorTokens;
  #open = 0;

  constructor(source: string) {
    this.#tokens = new AviatorTokens(source);
  }

  whole(): AviatorNode {
    const node = this.#conditional();
    if (this.#tokens.peek().text === ';') {
      this.#tokens.take();
      const more = this.#tokens.peek(true);
      if (more.kind !== 'end')
        throw fault(more, 'One expression is all that can stand here: leave out what follows ";".');
      return node;
    }
    const rest = this.#tokens.peek();
    if (rest.text === '=' && rest.kind === 'operator')
      throw fault(rest, 'Nothing can be assigned here. To compare, write ==.');
    if (rest.kind !== 'end') throw unexpected(rest, 'an operator or the end');
    return node;
  }

  #conditional(): AviatorNode {
    this.#enter();
    const condition = this.#binary(0);
    if (!this.#takes('?')) {
      this.#open -= 1;
      return condition;
    }
    const whenTrue = this.#conditional();
    this.#expect(':');
    const whenFalse = this.#conditional();
    this.#open -= 1;
    const depth = above(condition, whenTrue, whenFalse);
    return { kind: 'conditional', condition, whenTrue, whenFalse, start: condition.start, end: whenFalse.end, depth };
  }

  #binary(level: number): AviatorNode {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { kind, text } = this.#tokens.peek();
      if (kind !== 'operator' || !operators.includes(text)) return left;
      this.#tokens.take();
      const right = this.#binary(level + 1);
      const depth = above(left, right);
      left = { kind: 'binary', operator: text as AviatorBinary, left, right, start: left.start, end: right.end, depth };
    }
  }

  #unary(): AviatorNode {
    const { kind, text, start } = this.#tokens.peek(true);
    if (kind !== 'operator' || !UNARY.includes(text)) return this.#postfix();
    this.#enter();
    this.#tokens.take();
    const operand = this.#unary();
    this.#open -= 1;
    return { kind: 'unary', operator: text as AviatorUnary, operand, start, end: operand.end, depth: above(operand) };
  }

  #postfix(): AviatorNode {
    let target = this.#primary();
    for (;;) {
      if (this.#takes('[')) {
        const member = this.#conditional();
        const { end } = this.#expect(']');
        target = { kind: 'member', target, member, start: target.start, end, depth: above(target, member) };
      } else if (this.#takes('.')) {
        const name = this.#tokens.take();
        if (name.kind !== 'name') throw unexpected(name, 'a name');
        for (const part of name.text.split('.')) {
          const member: AviatorNode = { kind: 'literal', value: part, start: name.start, end: name.end, depth: 1 };
          target = { kind: 'member', target, member, start: target.start, end: name.end, depth: above(target) };
        }
      } else return target;
    }
  }

  #primary(): AviatorNode {
    const token = this.#tokens.take(true);
    const { start, end } = token;
    if (token.kind === 'number') return { kind: 'literal', value: token.value, start, end, depth: 1 };
    if (token.kind === 'text') return { kind: 'literal', value: token.text, start, end, depth: 1 };
    if (token.kind === 'pattern') return { kind: 'pattern', pattern: token.pattern, start, end, depth: 1 };
    if (token.kind === 'name') return this.#named(token);
    if (token.text !== '(' || token.kind !== 'operator') throw unexpected(token, 'a value');
    const node = this.#conditional();
    this.#expect(')');
    return node;
  }

  #named({ text, start, end }: AviatorToken): AviatorNode {
    // Before the bracket that may follow: "if (…)" is no call.
    if (STATEMENTS.has(text))
      throw new ExpressionSyntaxError(
        start,
        end - start,
        `"${text}" belongs to statements, and one expression is all that can stand here. For a choice write condition ? a : b.`,
      );
    if (this.#takes('(')) return this.#call(text, start, end);
    const constant = CONSTANTS.get(text);
    if (constant !== undefined) return { kind: 'literal', value: constant, start, end, depth: 1 };
    return { kind: 'variable', path: text.split('.'), start, end, depth: 1 };
  }

  #call(name: string, start: number, nameEnd: number): AviatorNode {
    const args: AviatorNode[] = [];
    if (this.#tokens.peek(true).text !== ')') {
      do args.push(this.#conditional());
      while (this.#takes(','));
    }
    const { end } = this.#expect(')');
    return { kind: 'call', name, nameEnd, args, start, end, depth: above(...args) };
  }

  #enter(): void {
    this.#open += 1;
    const { start, end } = this.#tokens.peek(true);
    if (this.#open > MAX_DEPTH) throw tooDeep(start, end);
  }

  #takes(text: string): boolean {
    const token = this.#tokens.peek();
    if (token.kind !== 'operator' || token.text !== text) return false;
    this.#tokens.take();
    return true;
  }

  #expect(text: string): AviatorToken {
    const token = this.#tokens.peek();
    if (token.kind !== 'operator' || token.text !== text) throw unexpected(token, `"${text}"`);
    return this.#tokens.take();
  }
}

/** Depth of a node over these. */
const above = (...nodes: readonly AviatorNode[]): number => {
  const depth = Math.max(0, ...nodes.map((node) => node.depth)) + 1;
  if (depth > MAX_DEPTH) throw tooDeep(nodes[0]?.start ?? 0, nodes.at(-1)?.end ?? 0);
  return depth;
};

const tooDeep = (start: number, end: number): ExpressionSyntaxError =>
  new ExpressionSyntaxError(start, end - start, `Operations are nested more than ${MAX_DEPTH} deep.`);

const fault = ({ start, end }: AviatorToken, message: string): ExpressionSyntaxError =>
  new ExpressionSyntaxError(start, end - start, message);

const unexpected = (token: AviatorToken, wanted: string): ExpressionSyntaxError =>
  fault(token, `Expected ${wanted}, found ${token.kind === 'end' ? 'the end' : JSON.stringify(token.text)}.`);
