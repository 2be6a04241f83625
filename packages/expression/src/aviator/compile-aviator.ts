import { similarName } from '@penstock/model';
import { negate } from '../arithmetic.ts';
import { memberOf, toText } from '../coercion.ts';
import type { CompiledCondition } from '../compile-condition.ts';
import type { CompiledExpression, ExpressionOptions } from '../compile-expression.ts';
import { exactValue } from '../exact-field.ts';
import {
  ExpressionError,
  type ExpressionIssue,
  ExpressionSyntaxError,
  MAX_SOURCE_LENGTH,
} from '../expression-error.ts';
import type { FieldReader } from '../field-reader.ts';
import type { Evaluate, Facts, ParameterType } from '../functions/define-function.ts';
import { fieldReader } from '../syntax/field-path.ts';
import type { AviatorNode } from './aviator-ast.ts';
import { aviatorFunctions, aviatorFunctionTable } from './aviator-functions.ts';
import {
  add,
  arithmetic,
  aviatorBoolean,
  aviatorNumber,
  aviatorString,
  bitNot,
  bitwise,
  equals,
  order,
} from './aviator-values.ts';
import { parseAviator } from './parse-aviator.ts';

interface Compilation {
  readonly source: string;
  readonly facts: Facts;
  readonly fields: Set<string>;
  readonly issues: ExpressionIssue[];
}

/**
 * Compiles an expression of Aviator (contract E.5, Record Filter). Names are fields of the record, with dots for what is
 * in them; what is not there is nil.
 */
export const compileAviator = (source: string, options: ExpressionOptions = {}): CompiledExpression =>
  compileTree(source, options, () => undefined);

/** The same for one that decides something about a record. What is not true or false is an error of the record. */
export const compileAviatorCondition = (source: string, options: ExpressionOptions = {}): CompiledCondition => {
  const compiled = compileTree(source, options, checkDecides);
  if (!compiled.ok) return compiled;
  const { evaluate, fields } = compiled;
  const holds = (record: FieldReader): boolean => {
    const value = evaluate(record);
    if (typeof value !== 'boolean') throw new ExpressionError('The expression gives neither true nor false.');
    return value;
  };
  return { ok: true, holds, fields };
};

const compileTree = (
  source: string,
  options: ExpressionOptions,
  check: (tree: AviatorNode, compilation: Compilation) => void,
): CompiledExpression => {
  const refused = (message: string): CompiledExpression => ({
    ok: false,
    issues: [{ offset: 0, length: source.length, message }],
  });
  if (source.length > MAX_SOURCE_LENGTH) return refused(`It is longer than ${MAX_SOURCE_LENGTH} characters.`);
  if (source.trim() === '') return refused('There is no expression. Write one such as: value > 0.');
  const facts: Facts = { now: options.now ?? Date.now, pipeline: options.pipeline };
  const compilation: Compilation = { source, facts, fields: new Set(), issues: [] };
  try {
    const tree = parseAviator(source);
    const evaluate = compileNode(tree, compilation);
    check(tree, compilation);
    if (compilation.issues.length === 0) return { ok: true, evaluate, fields: [...compilation.fields] };
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    compilation.issues.push(error.issue);
  }
  return { ok: false, issues: compilation.issues };
};

const NEVER_DECIDES: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '|', '^', '&', '<<', '>>', '>>>']);

/** What surely gives no truth value, whatever the record. */
const checkDecides = (node: AviatorNode, { issues }: Compilation): void => {
  const never =
    (node.kind === 'literal' && typeof node.value !== 'boolean') ||
    (node.kind === 'binary' && NEVER_DECIDES.has(node.operator)) ||
    (node.kind === 'unary' && node.operator !== '!') ||
    node.kind === 'pattern';
  if (never)
    issues.push({
      offset: node.start,
      length: node.end - node.start,
      message: 'This is neither true nor false. Compare it with something, for example: value > 0.',
    });
};

const compileNode = (node: AviatorNode, compilation: Compilation): Evaluate => {
  const operation = compileOperation(node, compilation);
  if (node.kind === 'literal' || node.kind === 'variable') return operation;
  const { source } = compilation;
  // Errors of the operation say where it stands; those of its operands have said so already.
  return (record) => {
    try {
      return operation(record);
    } catch (error) {
      throw error instanceof ExpressionError ? error.at(source, node.start, node.end) : error;
    }
  };
};

const compileOperation = (node: AviatorNode, compilation: Compilation): Evaluate => {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'pattern':
      compilation.issues.push({
        offset: node.start,
        length: node.end - node.start,
        message: 'A regular expression can only stand behind =~.',
      });
      return () => null;
    case 'variable': {
      const { path } = node;
      const read = fieldReader(path);
      compilation.fields.add(`/${path.join('/')}`);
      return (record) => exactValue(read(record), record, path) ?? null;
    }
    case 'unary': {
      const operand = compileNode(node.operand, compilation);
      if (node.operator === '-') return (record) => negate(aviatorNumber(operand(record)));
      if (node.operator === '!') return (record) => !aviatorBoolean(operand(record));
      return (record) => bitNot(operand(record));
    }
    case 'conditional': {
      const [condition, whenTrue, whenFalse] = [node.condition, node.whenTrue, node.whenFalse].map((each) =>
        compileNode(each, compilation),
      ) as [Evaluate, Evaluate, Evaluate];
      return (record) => (aviatorBoolean(condition(record)) ? whenTrue(record) : whenFalse(record));
    }
    case 'member': {
      const target = compileNode(node.target, compilation);
      const member = compileNode(node.member, compilation);
      return (record) => memberOf(target(record), member(record));
    }
    case 'binary':
      return compileBinary(node, compilation);
    case 'call':
      return compileCall(node, compilation);
  }
};

const compileBinary = (node: AviatorNode & { kind: 'binary' }, compilation: Compilation): Evaluate => {
  const { operator } = node;
  const left = compileNode(node.left, compilation);
  if (operator === '=~') return compileMatch(left, node.right, compilation);
  const right = compileNode(node.right, compilation);
  switch (operator) {
    case '||':
      return (record) => aviatorBoolean(left(record)) || aviatorBoolean(right(record));
    case '&&':
      return (record) => aviatorBoolean(left(record)) && aviatorBoolean(right(record));
    case '==':
      return (record) => equals(left(record), right(record));
    case '!=':
      return (record) => !equals(left(record), right(record));
    case '<':
      return (record) => order(left(record), right(record)) < 0;
    case '<=':
      return (record) => order(left(record), right(record)) <= 0;
    case '>':
      return (record) => order(left(record), right(record)) > 0;
    case '>=':
      return (record) => order(left(record), right(record)) >= 0;
    case '+':
      return (record) => add(left(record), right(record));
    case '-':
    case '*':
    case '/':
    case '%':
      return (record) => arithmetic(operator, left(record), right(record));
    default:
      return (record) => bitwise(operator, left(record), right(record));
  }
};

/** The whole text has to match. */
const compileMatch = (left: Evaluate, right: AviatorNode, { issues }: Compilation): Evaluate => {
  if (right.kind !== 'pattern') {
    issues.push({
      offset: right.start,
      length: right.end - right.start,
      message: 'Behind =~ stands a regular expression between slashes: name =~ /WTG.*/.',
    });
    return () => false;
  }
  return (record) => right.pattern.matchesWhole(aviatorString(left(record)));
};

interface CompiledArgument {
  readonly type: ParameterType<unknown>;
  readonly evaluate: Evaluate;
  /** What a literal was read as. */
  readonly literal: { readonly argument: unknown } | undefined;
}

const compileCall = (node: AviatorNode & { kind: 'call' }, compilation: Compilation): Evaluate => {
  const { issues, facts } = compilation;
  const definition = aviatorFunctionTable.get(node.name);
  const report = (end: number, message: string): Evaluate => {
    issues.push({ offset: node.start, length: end - node.start, message });
    return () => null;
  };
  if (definition === undefined) {
    const similar = similarName(
      node.name,
      aviatorFunctions.map(({ name }) => name),
    );
    const hint = similar === undefined ? '' : ` Did you mean ${aviatorFunctionTable.get(similar)?.signature}?`;
    return report(node.nameEnd, `The function "${node.name}" is not known.${hint}`);
  }
  const { types, apply, signature, minArguments, maxArguments } = definition;
  const count = node.args.length;
  if (count < minArguments || count > maxArguments)
    return report(node.end, `${signature} does not take ${count} argument${count === 1 ? '' : 's'}.`);
  const args = node.args.map((arg, nth) =>
    compileArgument(arg, (types[nth] ?? types.at(-1)) as ParameterType<unknown>, compilation),
  );
  return (record) =>
    apply(
      args.map(({ type, evaluate, literal }) =>
        literal === undefined ? type.read(evaluate(record)) : literal.argument,
      ),
      record,
      facts,
    );
};

/** A literal is read here and now, and what is wrong with it is an issue. */
const compileArgument = (
  node: AviatorNode,
  type: ParameterType<unknown>,
  compilation: Compilation,
): CompiledArgument => {
  const evaluate = compileNode(node, compilation);
  if (node.kind !== 'literal') {
    if (type.isFieldPath === true) compilation.fields.add('*');
    return { type, evaluate, literal: undefined };
  }
  try {
    const argument = type.read(node.value);
    if (type.isFieldPath === true) compilation.fields.add(toText(node.value));
    return { type, evaluate, literal: { argument } };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    compilation.issues.push({ offset: node.start, length: node.end - node.start, message: error.message });
    return { type, evaluate, literal: undefined };
  }
};
