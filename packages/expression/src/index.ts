export { type CompiledCondition, compileCondition } from './compile-condition.ts';
export { type CompiledExpression, compileExpression, type ExpressionOptions } from './compile-expression.ts';
export { ExpressionError, type ExpressionIssue } from './expression-error.ts';
export type { FieldReader } from './field-reader.ts';
export { fieldsOf } from './fields-of.ts';
export type { ExpressionFunctionInfo } from './functions/define-function.ts';
export { expressionFunctions } from './functions/function-table.ts';
export { renderExpressionReference } from './reference.ts';
export { type FieldPath, fieldReader, isFieldPath, parseFieldPath, readFieldPath } from './syntax/field-path.ts';
