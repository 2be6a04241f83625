import type { FieldReader } from '../field-reader.ts';
import type { Value } from '../value.ts';

/** What a function may know besides its arguments. */
export interface Facts {
  /** Unix ms. */
  readonly now: () => number;
  /** Of the pipeline the expression belongs to; absent where there is none. */
  readonly pipeline?: { readonly id: string; readonly name?: string } | undefined;
}

export type Evaluate = (record: FieldReader) => Value;

/** How an argument of some type is read. */
export interface ParameterType<T> {
  /** As people call it: `text`, `whole number`, `date pattern`. */
  readonly name: string;
  /**
   * The argument as the function takes it. Throws `ExpressionError` where the value is none. A literal is read once,
   * when the expression is compiled, so that what is wrong with it is an issue of the text.
   */
  readonly read: (value: Value) => T;
  /** True for paths of fields: which ones an expression reads is known from them. */
  readonly isFieldPath?: boolean;
}

export interface Parameter<T> {
  readonly name: string;
  readonly type: ParameterType<unknown>;
  readonly use: 'required' | 'optional' | 'repeated';
  /** Only there to carry the type of the argument. */
  readonly argument?: T;
}

/** Shown in the reference and run as a test. */
export interface FunctionExample {
  /** An expression as it stands in an option, with `${…}`. */
  readonly source: string;
  /** What it gives; for a condition or a text as well as for a list. */
  readonly result: Value;
  /** The record it is evaluated over; an empty one where absent. */
  readonly record?: { readonly [name: string]: import('@penstock/model').JsonValue };
}

/** A function of the expression language, as shown to people and offered by editors. */
export interface ExpressionFunctionInfo {
  /** `str:substring` */
  readonly name: string;
  /** `str:substring(text, begin, [end])` */
  readonly signature: string;
  readonly summary: string;
  /** The group it is shown in. */
  readonly family: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly use: Parameter<unknown>['use'];
  }[];
  readonly examples: readonly FunctionExample[];
  readonly minArguments: number;
  readonly maxArguments: number;
}

export interface ExpressionFunction extends ExpressionFunctionInfo {
  readonly types: readonly ParameterType<unknown>[];
  /** `args` has one entry per argument as its type reads it, and undefined for optional ones that are not there. */
  readonly apply: (args: readonly unknown[], record: FieldReader, facts: Facts) => Value;
}

type Arguments<P extends readonly Parameter<unknown>[]> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

const MAX_REPEATED = 64;

const spelled = ({ name, use }: Parameter<unknown>): string =>
  use === 'optional' ? `[${name}]` : use === 'repeated' ? `${name}…` : name;

/** Defines a function. A repeated parameter comes last; its arguments follow one another in `args`. */
export const defineFunction = <const P extends readonly Parameter<unknown>[]>(definition: {
  readonly name: string;
  readonly summary: string;
  readonly parameters: P;
  readonly examples: readonly FunctionExample[];
  readonly apply: (args: Arguments<P>, record: FieldReader, facts: Facts) => Value;
}): Omit<ExpressionFunction, 'family'> => {
  const { name, summary, parameters, examples, apply } = definition;
  return {
    name,
    signature: `${name}(${parameters.map(spelled).join(', ')})`,
    summary,
    parameters: parameters.map(({ name, type, use }) => ({ name, type: type.name, use })),
    examples,
    minArguments: parameters.filter(({ use }) => use === 'required').length,
    maxArguments: parameters.some(({ use }) => use === 'repeated') ? MAX_REPEATED : parameters.length,
    types: parameters.map(({ type }) => type),
    apply: apply as ExpressionFunction['apply'],
  };
};

/** Functions that are shown together. */
export const family = (
  title: string,
  functions: readonly Omit<ExpressionFunction, 'family'>[],
): readonly ExpressionFunction[] => functions.map((definition) => ({ ...definition, family: title }));
