import type { JsonValue } from '@penstock/model';
import type { ExpressionNode } from './ast.ts';
import { compare, isEmpty, isEqual, memberOf, toBoolean, toNumber, toText } from './coercion.ts';
import {
  checkedText,
  ExpressionError,
  type ExpressionIssue,
  ExpressionSyntaxError,
  MAX_SOURCE_LENGTH,
} from './expression-error.ts';
import type { FieldReader } from './field-reader.ts';
import type { CompileContext, Evaluate } from './functions/function-definition.ts';
import { functionTable, suggestFunction } from './functions/function-table.ts';
import { parseExpression } from './parser.ts';
import { splitTemplate } from './template.ts';

export interface ExpressionOptions {
  /** What `time:now()` gives, in Unix ms. */
  readonly now?: () => number;
}

export type CompiledExpression =
  | {
      readonly ok: true;
      /** Throws `ExpressionError` and nothing else. */
      readonly evaluate: (record: FieldReader) => JsonValue;
      /** Field paths it reads, as written; `*` where a path is computed per record. */
      readonly fields: string[];
    }
  | { readonly ok: false; readonly issues: readonly ExpressionIssue[] };

interface Compilation {
  readonly now: () => number;
  readonly fields: Set<string>;
  readonly issues: ExpressionIssue[];
}

const finite = (number: number): number => {
  if (!Number.isFinite(number)) throw new ExpressionError('The result is not a finite number (division by zero?).');
  return number;
};

const compileBinary = (node: ExpressionNode & { kind: 'binary' }, compilation: Compilation): Evaluate => {
  const left = compileNode(node.left, compilation);
  const right = compileNode(node.right, compilation);
  switch (node.operator) {
    case '+':
      return (record) => finite(toNumber(left(record)) + toNumber(right(record)));
    case '-':
      return (record) => finite(toNumber(left(record)) - toNumber(right(record)));
    case '*':
      return (record) => finite(toNumber(left(record)) * toNumber(right(record)));
    case '/':
      return (record) => finite(toNumber(left(record)) / toNumber(right(record)));
    case '%':
      return (record) => finite(toNumber(left(record)) % toNumber(right(record)));
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
  const args = node.args.map((arg) => ({
    evaluate: compileNode(arg, compilation),
    literal: arg.kind === 'literal' ? arg.value : undefined,
  }));
  const context: CompileContext = {
    now: compilation.now,
    readsField: (path) => compilation.fields.add(path),
    problem: (index, message) => {
      const place = node.args[index] ?? node;
      report(place.start, place.end, message);
    },
  };
  return definition.compile(args, context);
};

const compileNode = (node: ExpressionNode, compilation: Compilation): Evaluate => {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'binary':
      return compileBinary(node, compilation);
    case 'unary': {
      const operand = compileNode(node.operand, compilation);
      if (node.operator === '-') return (record) => -toNumber(operand(record));
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
  const compilation: Compilation = { now: options.now ?? Date.now, fields: new Set(), issues: [] };
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
