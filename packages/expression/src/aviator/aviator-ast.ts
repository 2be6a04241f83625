import type { LinearPattern } from '../pattern/linear-pattern.ts';
import type { Value } from '../value.ts';

export type AviatorUnary = '-' | '!' | '~';
export type AviatorBinary =
  | '||'
  | '&&'
  | '|'
  | '^'
  | '&'
  | '=='
  | '!='
  | '=~'
  | '<'
  | '<='
  | '>'
  | '>='
  | '<<'
  | '>>'
  | '>>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

/** A node of the tree of an Aviator expression; `start` and `end` are places in its text. */
export type AviatorNode = { readonly start: number; readonly end: number; readonly depth: number } & (
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'pattern'; readonly pattern: LinearPattern }
  | { readonly kind: 'variable'; readonly path: readonly string[] }
  | { readonly kind: 'unary'; readonly operator: AviatorUnary; readonly operand: AviatorNode }
  | {
      readonly kind: 'binary';
      readonly operator: AviatorBinary;
      readonly left: AviatorNode;
      readonly right: AviatorNode;
    }
  | {
      readonly kind: 'conditional';
      readonly condition: AviatorNode;
      readonly whenTrue: AviatorNode;
      readonly whenFalse: AviatorNode;
    }
  | { readonly kind: 'member'; readonly target: AviatorNode; readonly member: AviatorNode }
  | { readonly kind: 'call'; readonly name: string; readonly nameEnd: number; readonly args: readonly AviatorNode[] }
);
