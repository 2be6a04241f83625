import { calculate, negate } from './arithmetic.ts';
import { compare, isEmpty, isEqual, memberOf, toBoolean, toText } from './coercion.ts';
import {
  checkedText,
  ExpressionError,
  type ExpressionIssue,
  ExpressionSyntaxError,
  MAX_SOURCE_LENGTH,
} from './expression-error.ts';
import type { FieldReader } from './field-reader.ts';
import type { Evaluate, Facts, ParameterType } from './functions/define-function.ts';
import { functionTable, suggestFunction } from './functions/function-table.ts';
import type { ExpressionNode } from './syntax/ast.ts';
import { parseExpression } from './syntax/parser.ts';
import { splitTemplate } from './syntax/template.ts';
import type { Value } from './value.ts';

export interface ExpressionOptions {
  /** What `time:now()` gives, in Unix ms. */
  readonly now?: () => number;
  /** The pipeline the expression belongs to. */
  readonly pipeline?: Facts['pipeline'];
}

export type CompiledExpression =
  | {
      readonly ok: true;
      /** Throws `ExpressionError` and nothing else. */
      readonly evaluate: (record: FieldReader) => Value;
      /** Field paths it reads, as written; `*` where a path is computed per record. */
      readonly fields: string[];
    }
  | { readonly ok: false; readonly issues: readonly ExpressionIssue[] };

interface Compilation {
  readonly source: string;
  readonly facts: Facts;
  readonly fields: Set<string>;
  readonly issues: ExpressionIssue[];
}

const compileBinary = (node: ExpressionNode & { kind: 'binary' }, compilation: Compilation): Evaluate => {
  const left = compileNode(node.left, compilation);
  const right = compileNode(node.right, compilation);
  const { operator } = node;
  switch (operator) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return (record) => calculate(operator, left(record), right(record));
    case '==':
      return (record) => isEqual(left(record), right(record));
    case '!=':
      return (record) => !isEqual(left(record), right(record));
    case '<':
      return (record) => (compare(left(record), right(record)) ?? 0) < 0;
    case '<=':
      return (record) => (compare(left(record), right(record)) ?? 1) <= 0;
    case '>':
      return (record) => (compare(left(record), right(record)) ?? 0) > 0;
    case '>=':
      return (record) => (compare(left(record), right(record)) ?? -1) >= 0;
    case '&&':
      return (record) => toBoolean(left(record)) && toBoolean(right(record));
    case '||':
      return (record) => toBoolean(left(record)) || toBoolean(right(record));
  }
};

interface CompiledArgument {
  readonly type: ParameterType<unknown>;
  readonly evaluate: Evaluate;
  /** What a literal was read as; undefined for other arguments. */
  readonly literal: { readonly argument: unknown } | undefined;
}

/** An argument of a call; a literal is read here and now, and what is wrong with it is an issue. */
const compileArgument = (
  node: ExpressionNode,
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
    if (type.isFieldPath === true) compilation.fields.add(toText(node.value) === '' ? '/' : toText(node.value));
    return { type, evaluate, literal: { argument } };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    compilation.issues.push({ offset: node.start, length: node.end - node.start, message: error.message });
    return { type, evaluate, literal: undefined };
  }
};

const compileCall = (node: ExpressionNode & { kind: 'call' }, compilation: Compilation): Evaluate => {
  const definition = functionTable.get(node.name);
  const report = (start: number, end: number, message: string): Evaluate => {
    compilation.issues.push({ offset: start, length: end - start, message });
    return () => null;
  };
  if (definition === undefined) {
    const suggestion = suggestFunction(node.name);
    const hint = suggestion === undefined ? '' : ` Did you mean ${functionTable.get(suggestion)?.signature}?`;
    return report(node.start, node.nameEnd, `The function "${node.name}" is not known.${hint}`);
  }
  const count = node.args.length;
  if (count < definition.minArguments || count > definition.maxArguments)
    return report(
      node.start,
      node.end,
      `${definition.signature} does not take ${count} argument${count === 1 ? '' : 's'}.`,
    );
  const { types, apply } = definition;
  const args = node.args.map((arg, i) =>
    compileArgument(arg, (types[i] ?? types.at(-1)) as ParameterType<unknown>, compilation),
  );
  const { facts } = compilation;
  return (record) => {
    const values = new Array<unknown>(args.length);
    for (let i = 0; i < args.length; i++) {
      const { type, evaluate, literal } = args[i] as CompiledArgument;
      values[i] = literal === undefined ? type.read(evaluate(record)) : literal.argument;
    }
    return apply(values, record, facts);
  };
};

/** Errors of the operation say where it stands; those of its operands have said so already. */
const located = (evaluate: Evaluate, { start, end }: ExpressionNode, { source }: Compilation): Evaluate => {
  return (record) => {
    try {
      return evaluate(record);
    } catch (error) {
      throw error instanceof ExpressionError ? error.at(source, start, end) : error;
    }
  };
};

const compileNode = (node: ExpressionNode, compilation: Compilation): Evaluate => {
  const operation = compileOperation(node, compilation);
  if (node.kind === 'literal') return operation;
  return located(operation, node, compilation);
};

const compileOperation = (node: ExpressionNode, compilation: Compilation): Evaluate => {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'binary':
      return compileBinary(node, compilation);
    case 'unary': {
      const operand = compileNode(node.operand, compilation);
      if (node.operator === '-') return (record) => negate(operand(record));
      if (node.operator === '!') return (record) => !toBoolean(operand(record));
      return (record) => isEmpty(operand(record));
    }
    case 'conditional': {
      const condition = compileNode(node.condition, compilation);
      const whenTrue = compileNode(node.whenTrue, compilation);
      const whenFalse = compileNode(node.whenFalse, compilation);
      return (record) => (toBoolean(condition(record)) ? whenTrue(record) : whenFalse(record));
    }
    case 'member': {
      const target = compileNode(node.target, compilation);
      const member = compileNode(node.member, compilation);
      return (record) => memberOf(target(record), member(record));
    }
    case 'call':
      return compileCall(node, compilation);
  }
};

const joinParts = (parts: readonly (string | Evaluate)[]): Evaluate => {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'function') return only;
  if (parts.every((part) => typeof part === 'string')) {
    const text = parts.join('');
    return () => text;
  }
  return (record) => {
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : toText(part(record));
    return checkedText(text);
  };
};

/**
 * Compiles an expression of the StreamSets expression language (contract D.6) to a closure. The source is a template:
 * text with `${…}` parts. A single part alone gives its typed value; text and parts together give a text.
 */
export const compileExpression = (source: string, options: ExpressionOptions = {}): CompiledExpression => {
  if (source.length > MAX_SOURCE_LENGTH)
    return {
      ok: false,
      issues: [{ offset: 0, length: source.length, message: `It is longer than ${MAX_SOURCE_LENGTH} characters.` }],
    };
  const facts: Facts = { now: options.now ?? Date.now, pipeline: options.pipeline };
  const compilation: Compilation = { source, facts, fields: new Set(), issues: [] };
  const parts: (string | Evaluate)[] = [];
  try {
    for (const part of splitTemplate(source))
      parts.push(
        part.kind === 'text' ? part.text : compileNode(parseExpression(source, part.start, part.end), compilation),
      );
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    compilation.issues.push(error.issue);
  }
  if (compilation.issues.length > 0) return { ok: false, issues: compilation.issues };
  return { ok: true, evaluate: joinParts(parts), fields: [...compilation.fields] };
};
