import { compileExpression, type ExpressionOptions } from './compile-expression.ts';
import type { ExpressionIssue } from './expression-error.ts';
import type { FieldReader } from './field-reader.ts';
import { splitTemplate } from './syntax/template.ts';

export type CompiledCondition =
  | {
      readonly ok: true;
      /** True for `true` and the text `true`, nothing else. Throws `ExpressionError` and nothing else. */
      readonly holds: (record: FieldReader) => boolean;
      readonly fields: string[];
    }
  | { readonly ok: false; readonly issues: readonly ExpressionIssue[] };

/** What is around the one `${…}` of a condition: with it the whole is a text, which is never true. */
const textAround = (source: string): ExpressionIssue | undefined => {
  const parts = splitTemplate(source);
  const text = parts.find((part) => part.kind === 'text');
  if (text !== undefined)
    return {
      offset: text.start,
      length: text.end - text.start,
      message: `The text ${JSON.stringify(text.text.slice(0, 60))} beside \${…} makes a text of the whole, which is never true. Leave it out.`,
    };
  const second = parts[1];
  if (second?.kind !== 'expression') return undefined;
  return {
    offset: second.start - 2,
    length: second.end - second.start + 3,
    message: 'Two expressions side by side make a text, which is never true. Join them inside one ${…} with && or ||.',
  };
};

/**
 * Compiles an expression that decides something (preconditions, rows with conditions). A text without `${…}`, or with
 * anything beside it, is an issue: it would be a constant that is never true, which nobody means.
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
  const around = textAround(source);
  if (around !== undefined) return { ok: false, issues: [around] };
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
