import type { JsonValue } from '@penstock/model';
import type { FieldReader } from '../field-reader.ts';

export type Evaluate = (record: FieldReader) => JsonValue;

/** An argument as the compiler sees it. */
export interface CompiledArgument {
  readonly evaluate: Evaluate;
  /** Present where the argument is a literal; undefined otherwise. */
  readonly literal: JsonValue | undefined;
}

/** What compiling a call may use and report. */
export interface CompileContext {
  /** Unix ms. */
  readonly now: () => number;
  /** Notes that the expression reads this field path (`*` where the path is only known per record). */
  readsField(path: string): void;
  /** Reports a problem with the argument at `index`. */
  problem(index: number, message: string): void;
}

/** A function of the expression language, as shown to people and offered by editors. */
export interface ExpressionFunctionInfo {
  readonly name: string;
  /** For example `str:substring(text, begin, end)`. */
  readonly signature: string;
  readonly summary: string;
  readonly minArguments: number;
  readonly maxArguments: number;
}

export interface ExpressionFunction extends ExpressionFunctionInfo {
  /** Makes the closure for one call. */
  readonly compile: (args: readonly CompiledArgument[], context: CompileContext) => Evaluate;
}

/**
 * A function of its arguments alone. The number of arguments is read from the signature: `[x]` is optional, and a
 * last `…` takes any number.
 */
export const pureFunction = (
  signature: string,
  summary: string,
  apply: (...args: JsonValue[]) => JsonValue,
): ExpressionFunction => ({
  ...describeSignature(signature),
  summary,
  compile: (args) => {
    const [first, second, third] = args.map((argument) => argument.evaluate);
    if (first === undefined) return () => apply();
    if (second === undefined) return (record) => apply(first(record));
    if (third === undefined) return (record) => apply(first(record), second(record));
    if (args.length === 3) return (record) => apply(first(record), second(record), third(record));
    return (record) => apply(...args.map((argument) => argument.evaluate(record)));
  },
});

/** A function that needs the record, or work at compile time. */
export const compiledFunction = (
  signature: string,
  summary: string,
  compile: ExpressionFunction['compile'],
): ExpressionFunction => ({ ...describeSignature(signature), summary, compile });

const describeSignature = (
  signature: string,
): Pick<ExpressionFunction, 'name' | 'signature' | 'minArguments' | 'maxArguments'> => {
  const open = signature.indexOf('(');
  const parameters = signature
    .slice(open + 1, -1)
    .split(',')
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter !== '');
  const variadic = parameters.at(-1)?.endsWith('…') === true;
  return {
    name: signature.slice(0, open),
    signature,
    minArguments: parameters.filter((parameter) => !parameter.startsWith('[') && !parameter.endsWith('…')).length,
    maxArguments: variadic ? 64 : parameters.length,
  };
};
