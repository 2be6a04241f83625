import { ExpressionSyntaxError, MAX_DEPTH } from '../expression-error.ts';
import { wholeNumberOf } from '../value.ts';
import type { MergingBinary, MergingNode, MergingVariable } from './merging-ast.ts';
import { type MergingToken, readMergingTokens } from './merging-tokens.ts';

/** Binary operators by binding strength, weakest first: Scala's. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', '|'],
  ['&&', '&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

/** What begins statements of Scala. There are no loops in these expressions (contract F.2). */
const STATEMENTS: ReadonlySet<string> = new Set([
  ...['for', 'while', 'do', 'yield', 'val', 'var', 'def', 'return', 'match', 'case', 'try', 'throw', 'import', 'new'],
]);

export interface ParsedMerging {
  readonly tree: MergingNode;
  /** Each once, in the order of the text. */
  readonly variables: readonly MergingVariable[];
}

/** Reads one expression. Throws `ExpressionSyntaxError`. */
export const parseMerging = (source: string): ParsedMerging => new Parser(source).whole();

/** Recursive descent over the tokens. */
class Parser {
  readonly #tokens: readonly MergingToken[];
  readonly #variables: MergingVariable[] = [];
  #at = 0;
  #open = 0;

  constructor(source: string) {
    this.#tokens = readMergingTokens(source);
  }

  whole(): ParsedMerging {
    const tree = this.#expression();
    while (this.#takes(';')) continue;
    const rest = this.#peek();
    if (rest.kind !== 'end') throw unexpected(rest, 'an operator or the end');
    return { tree, variables: this.#variables };
  }

  #expression(): MergingNode {
    this.#enter();
    const node = this.#peek().text === 'if' && this.#peek().kind === 'name' ? this.#conditional() : this.#binary(0);
    this.#open -= 1;
    return node;
  }

  #conditional(): MergingNode {
    const { start } = this.#take();
    this.#expect('(');
    const condition = this.#expression();
    this.#expect(')');
    const whenTrue = this.#branch();
    if (!this.#takesName('else'))
      return {
        ...{ kind: 'conditional', condition, whenTrue, whenFalse: undefined },
        ...{ start, end: this.#last().end, depth: above(condition, whenTrue) },
      };
    const whenFalse = this.#branch();
    return {
      ...{ kind: 'conditional', condition, whenTrue, whenFalse },
      ...{ start, end: this.#last().end, depth: above(condition, whenTrue, whenFalse) },
    };
  }

  /** Braces may be left out, as before another `if`. */
  #branch(): MergingNode {
    if (!this.#takes('{')) return this.#expression();
    const node = this.#expression();
    while (this.#takes(';')) continue;
    this.#expect('}');
    return node;
  }

  #binary(level: number): MergingNode {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const { kind, text } = this.#peek();
      if (kind !== 'operator' || !operators.includes(text)) return left;
      this.#take();
      const right = this.#binary(level + 1);
      const [start, end, depth] = [left.start, right.end, above(left, right)];
      left = { kind: 'binary', operator: text as MergingBinary, left, right, start, end, depth };
    }
  }

  #unary(): MergingNode {
    const { kind, text, start } = this.#peek();
    if (kind !== 'operator' || (text !== '-' && text !== '!')) return this.#primary();
    this.#enter();
    this.#take();
    const operand = this.#unary();
    this.#open -= 1;
    return { kind: 'unary', operator: text, operand, start, end: operand.end, depth: above(operand) };
  }

  #primary(): MergingNode {
    const token = this.#take();
    const { kind, text, start, end } = token;
    const leaf = { start, end, depth: 1 };
    if (kind === 'number') return { kind: 'literal', value: numberOf(token), ...leaf };
    if (kind === 'text') return { kind: 'literal', value: text, ...leaf };
    if (kind === 'variable') return { kind: 'variable', index: this.#variable(token), ...leaf };
    if (kind === 'name') return this.#named(token);
    const closing = text === '(' ? ')' : text === '{' ? '}' : undefined;
    if (kind !== 'operator' || closing === undefined) throw unexpected(token, 'a value');
    const node = this.#expression();
    this.#expect(closing);
    return node;
  }

  #named(token: MergingToken): MergingNode {
    const { text, start, end } = token;
    if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true', start, end, depth: 1 };
    if (text === 'if')
      throw fault(token, 'An "if" that is a part of something stands in brackets: (if (…) { … } else { … }) + 1.');
    if (STATEMENTS.has(text))
      throw fault(token, `"${text}" is not known here: there are no loops, names or statements, only one expression.`);
    throw fault(token, `"${text}" is not known here. Points and attributes are written \${model::${text}}.`);
  }

  /** The index of a variable, which is one for all places it stands in. */
  #variable(token: MergingToken): number {
    const parts = token.text.split('::');
    const [modelId = '', ...ids] = parts.map((part) => part.trim());
    const id = ids.join('::');
    if (modelId === '' || id === '' || modelId.includes('/'))
      throw fault(
        token,
        'Write the model, two colons and the point or attribute between the braces: ${turbine::power}.',
      );
    const known = this.#variables.findIndex((one) => one.modelId === modelId && one.id === id);
    if (known >= 0) return known;
    return this.#variables.push({ modelId, id, start: token.start, end: token.end }) - 1;
  }

  #enter(): void {
    this.#open += 1;
    if (this.#open > MAX_DEPTH) throw fault(this.#peek(), `Operations are nested more than ${MAX_DEPTH} deep.`);
  }

  #peek(): MergingToken {
    return this.#tokens[this.#at] as MergingToken;
  }

  /** The last token stays: it is the end. */
  #take(): MergingToken {
    const token = this.#peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  #last(): MergingToken {
    return this.#tokens[Math.max(0, this.#at - 1)] as MergingToken;
  }

  #takes(text: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'operator' || token.text !== text) return false;
    this.#take();
    return true;
  }

  #takesName(name: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'name' || token.text !== name) return false;
    this.#take();
    return true;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) throw unexpected(this.#peek(), `"${text}"`);
  }
}

const numberOf = (token: MergingToken): ReturnType<typeof wholeNumberOf> => {
  const digits = token.text.replace(/[dDfFlL]$/, '');
  if (/^\d+$/.test(digits)) return wholeNumberOf(digits);
  const value = Number(digits);
  if (!Number.isFinite(value)) throw fault(token, 'This is larger than any number.');
  return value;
};

/** Depth of a node over these. */
const above = (...nodes: readonly MergingNode[]): number => {
  const depth = Math.max(0, ...nodes.map((node) => node.depth)) + 1;
  const [first] = nodes;
  if (depth > MAX_DEPTH)
    throw new ExpressionSyntaxError(first?.start ?? 0, 1, `Operations are nested more than ${MAX_DEPTH} deep.`);
  return depth;
};

const fault = ({ start, end }: MergingToken, message: string): ExpressionSyntaxError =>
  new ExpressionSyntaxError(start, end - start, message);

const unexpected = (token: MergingToken, wanted: string): ExpressionSyntaxError => {
  if (token.kind === 'operator' && token.text === '=')
    return fault(token, 'Nothing can be assigned here. To compare, write ==.');
  return fault(token, `Expected ${wanted}, found ${token.kind === 'end' ? 'the end' : JSON.stringify(token.text)}.`);
};
