import type { Value } from '../value.ts';

export type MergingBinary =
  | '||'
  | '|'
  | '&&'
  | '&'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

/** A node of the tree of a merging expression; `start` and `end` are places in its text. */
export type MergingNode = { readonly start: number; readonly end: number; readonly depth: number } & (
  | { readonly kind: 'literal'; readonly value: Value }
  /** `${model::point}`: an index into the variables of the expression. */
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: MergingNode }
  | {
      readonly kind: 'binary';
      readonly operator: MergingBinary;
      readonly left: MergingNode;
      readonly right: MergingNode;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: MergingNode;
      readonly whenTrue: MergingNode;
      /** Absent: there is no result where the condition is false. */
      readonly whenFalse: MergingNode | undefined;
    }
);

/** What an expression reads: a point or an attribute of a model. */
export interface MergingVariable {
  readonly modelId: string;
  /** Of the point or attribute. */
  readonly id: string;
  /** Of its first place in the text. */
  readonly start: number;
  readonly end: number;
}
