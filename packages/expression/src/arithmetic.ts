import { toNumeric } from './coercion.ts';
import { ExpressionError } from './expression-error.ts';
import { type Numeric, type Value, wholeNumber } from './value.ts';

type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

const finite = (number: number): number => {
  if (!Number.isFinite(number)) throw new ExpressionError('The result is not a finite number (division by zero?).');
  return number;
};

const onDoubles = (operator: ArithmeticOperator, a: number, b: number): number => {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
};

const onWholeNumbers = (operator: Exclude<ArithmeticOperator, '/'>, a: bigint, b: bigint): Numeric => {
  switch (operator) {
    case '+':
      return wholeNumber(a + b);
    case '-':
      return wholeNumber(a - b);
    case '*':
      return wholeNumber(a * b);
    case '%':
      if (b === 0n) throw new ExpressionError('The result is not a finite number (division by zero?).');
      return wholeNumber(a % b);
  }
};

const isWhole = (value: Numeric): boolean => typeof value === 'bigint' || Number.isSafeInteger(value);

/** Whole numbers are exact up to 64 bits; division is always one of floating point numbers (JSP 2.1 EL, 1.7.2). */
export const calculate = (operator: ArithmeticOperator, left: Value, right: Value): Numeric => {
  const a = toNumeric(left);
  const b = toNumeric(right);
  if (typeof a === 'number' && typeof b === 'number') {
    const result = onDoubles(operator, a, b);
    if (!Number.isInteger(result) || Number.isSafeInteger(result)) return finite(result);
  }
  if (operator !== '/' && isWhole(a) && isWhole(b)) return onWholeNumbers(operator, BigInt(a), BigInt(b));
  return finite(onDoubles(operator, Number(a), Number(b)));
};

export const negate = (value: Value): Numeric => {
  const number = toNumeric(value);
  return typeof number === 'bigint' ? wholeNumber(-number) : -number;
};
