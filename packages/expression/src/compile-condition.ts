import { compileExpression, type ExpressionOptions } from './compile-expression.ts';
import type { ExpressionIssue } from './expression-error.ts';
import type { FieldReader } from './field-reader.ts';

export type CompiledCondition =
  | {
      readonly ok: true;
      /** True for `true` and the text `true`, nothing else. Throws `ExpressionError` and nothing else. */
      readonly holds: (record: FieldReader) => boolean;
      readonly fields: string[];
    }
  | { readonly ok: false; readonly issues: readonly ExpressionIssue[] };

/**
 * Compiles an expression that decides something (preconditions, rows with conditions). A text without `${…}` is an
 * issue: it would be a constant that is never true, which nobody means.
 */
export const compileCondition = (source: string, options: ExpressionOptions = {}): CompiledCondition => {
  const compiled = compileExpression(source, options);
  if (!compiled.ok) return compiled;
  if (!source.includes('${'))
    return {
      ok: false,
      issues: [
        { offset: 0, length: source.length, message: `It has no expression. Write it as \${${source.slice(0, 200)}}.` },
      ],
    };
  const { evaluate, fields } = compiled;
  return {
    ok: true,
    holds: (record) => {
      const value = evaluate(record);
      return value === true || value === 'true';
    },
    fields,
  };
};
