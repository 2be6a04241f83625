import { negate } from '../arithmetic.ts';
import { add, arithmetic, aviatorBoolean, aviatorNumber, equals, order } from '../aviator/aviator-values.ts';
import {
  ExpressionError,
  type ExpressionIssue,
  ExpressionSyntaxError,
  MAX_SOURCE_LENGTH,
} from '../expression-error.ts';
import type { Value } from '../value.ts';
import type { MergingNode, MergingVariable } from './merging-ast.ts';
import { parseMerging } from './parse-merging.ts';

/** Values of the variables, by their index; undefined: there is none (yet). */
export type MergingValues = readonly (Value | undefined)[];

export type CompiledMerging =
  | {
      readonly ok: true;
      /** What the expression reads: points and attributes of models. */
      readonly variables: readonly MergingVariable[];
      /**
       * The result; undefined where a variable that it needs has no value, and where no branch applies. Throws
       * `ExpressionError`, with the place, for values that an operation cannot take.
       */
      readonly evaluate: (values: MergingValues) => Value | undefined;
    }
  | { readonly ok: false; readonly issues: readonly ExpressionIssue[] };

type Evaluate = (values: MergingValues) => Value;

/** Thrown where there is no result, which is no error; one for all, since it says nothing more. */
class NoResult extends Error {}
const NO_RESULT = new NoResult('There is no result.');

/**
 * Compiles an expression of the template Multi-Point Merging (contract F.2): Scala's `if`, arithmetic, comparisons and
 * logic over points and attributes of a model. Only what a branch needs is read: a point without a value matters where
 * it is asked for.
 */
export const compileMerging = (source: string): CompiledMerging => {
  const refused = (message: string): CompiledMerging => ({
    ok: false,
    issues: [{ offset: 0, length: source.length, message }],
  });
  if (source.length > MAX_SOURCE_LENGTH) return refused(`It is longer than ${MAX_SOURCE_LENGTH} characters.`);
  if (source.trim() === '') return refused('There is no expression. Write one such as: ${turbine::power} * 2.');
  try {
    const { tree, variables } = parseMerging(source);
    const issues: ExpressionIssue[] = [];
    const evaluate = compileNode(tree, source, issues);
    return issues.length > 0 ? { ok: false, issues } : { ok: true, variables, evaluate: resultOf(evaluate) };
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    return { ok: false, issues: [error.issue] };
  }
};

const resultOf =
  (evaluate: Evaluate) =>
  (values: MergingValues): Value | undefined => {
    try {
      return evaluate(values);
    } catch (error) {
      if (error === NO_RESULT) return undefined;
      throw error;
    }
  };

const compileNode = (node: MergingNode, source: string, issues: ExpressionIssue[]): Evaluate => {
  const operation = compileOperation(node, source, issues);
  if (node.kind === 'literal' || node.kind === 'variable') return operation;
  // Errors of the operation say where it stands; those of its operands have said so already.
  return (values) => {
    try {
      return operation(values);
    } catch (error) {
      throw error instanceof ExpressionError ? error.at(source, node.start, node.end) : error;
    }
  };
};

const compileOperation = (node: MergingNode, source: string, issues: ExpressionIssue[]): Evaluate => {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'variable': {
      const { index } = node;
      return (values) => {
        const value = values[index];
        if (value === undefined || value === null) throw NO_RESULT;
        return value;
      };
    }
    case 'unary': {
      const operand = compileNode(node.operand, source, issues);
      if (node.operator === '-') return (values) => negate(aviatorNumber(operand(values)));
      checkDecides(node.operand, issues);
      return (values) => !aviatorBoolean(operand(values));
    }
    case 'conditional': {
      checkDecides(node.condition, issues);
      const condition = compileNode(node.condition, source, issues);
      const whenTrue = compileNode(node.whenTrue, source, issues);
      const whenFalse = node.whenFalse === undefined ? undefined : compileNode(node.whenFalse, source, issues);
      return (values) => {
        if (aviatorBoolean(condition(values))) return whenTrue(values);
        if (whenFalse === undefined) throw NO_RESULT;
        return whenFalse(values);
      };
    }
    case 'binary':
      return compileBinary(node, source, issues);
  }
};

const compileBinary = (node: MergingNode & { kind: 'binary' }, source: string, issues: ExpressionIssue[]): Evaluate => {
  const { operator } = node;
  const left = compileNode(node.left, source, issues);
  const right = compileNode(node.right, source, issues);
  switch (operator) {
    case '||':
    case '|':
    case '&&':
    case '&':
      checkDecides(node.left, issues);
      checkDecides(node.right, issues);
      return logic(operator, left, right);
    case '==':
      return (values) => equals(left(values), right(values));
    case '!=':
      return (values) => !equals(left(values), right(values));
    case '<':
      return (values) => order(left(values), right(values)) < 0;
    case '<=':
      return (values) => order(left(values), right(values)) <= 0;
    case '>':
      return (values) => order(left(values), right(values)) > 0;
    case '>=':
      return (values) => order(left(values), right(values)) >= 0;
    case '+':
      return (values) => add(left(values), right(values));
    default:
      return (values) => arithmetic(operator, left(values), right(values));
  }
};

/** `&` and `|` work out both sides, as in Scala; `&&` and `||` the second one only where it matters. */
const logic = (operator: '||' | '|' | '&&' | '&', left: Evaluate, right: Evaluate): Evaluate => {
  switch (operator) {
    case '||':
      return (values) => aviatorBoolean(left(values)) || aviatorBoolean(right(values));
    case '&&':
      return (values) => aviatorBoolean(left(values)) && aviatorBoolean(right(values));
    case '|':
      return (values) => {
        const [a, b] = [aviatorBoolean(left(values)), aviatorBoolean(right(values))];
        return a || b;
      };
    case '&':
      return (values) => {
        const [a, b] = [aviatorBoolean(left(values)), aviatorBoolean(right(values))];
        return a && b;
      };
  }
};

const NEVER_DECIDES: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);

/** What surely gives no truth value, whatever the points. */
const checkDecides = (node: MergingNode, issues: ExpressionIssue[]): void => {
  const never =
    (node.kind === 'literal' && typeof node.value !== 'boolean') ||
    (node.kind === 'binary' && NEVER_DECIDES.has(node.operator)) ||
    (node.kind === 'unary' && node.operator === '-');
  if (never)
    issues.push({
      offset: node.start,
      length: node.end - node.start,
      message: 'This is neither true nor false. Compare it with something, for example: ${turbine::power} > 0.',
    });
};
