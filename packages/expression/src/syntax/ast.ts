import type { Value } from '../value.ts';

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||';
export type UnaryOperator = '-' | '!' | 'empty';

interface Placed {
  readonly start: number;
  readonly end: number;
  /** Height of the tree below and with this node; bounded, since evaluation is as deep. */
  readonly depth: number;
}

/** An expression as a tree. */
export type ExpressionNode =
  | (Placed & { readonly kind: 'literal'; readonly value: Value })
  | (Placed & { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: ExpressionNode })
  | (Placed & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    })
  | (Placed & {
      readonly kind: 'conditional';
      readonly condition: ExpressionNode;
      readonly whenTrue: ExpressionNode;
      readonly whenFalse: ExpressionNode;
    })
  | (Placed & { readonly kind: 'member'; readonly target: ExpressionNode; readonly member: ExpressionNode })
  | (Placed & {
      readonly kind: 'call';
      readonly name: string;
      readonly nameEnd: number;
      readonly args: readonly ExpressionNode[];
    });
