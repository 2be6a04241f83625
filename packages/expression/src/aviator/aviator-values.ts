import { calculate } from '../arithmetic.ts';
import { compare, isEqual, toText } from '../coercion.ts';
import { checkedText, ExpressionError } from '../expression-error.ts';
import { type Numeric, type Value, wholeNumber } from '../value.ts';

/** What Aviator makes of values: it is strict where the language of StreamSets changes types. */

const describe = (value: Value): string => {
  if (value === null) return 'nil';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const isNumeric = (value: Value): value is Numeric => typeof value === 'number' || typeof value === 'bigint';

export const aviatorNumber = (value: Value): Numeric => {
  if (!isNumeric(value)) throw new ExpressionError(`${describe(value)} is not a number.`);
  return value;
};

export const aviatorBoolean = (value: Value): boolean => {
  if (typeof value !== 'boolean') throw new ExpressionError(`${describe(value)} is neither true nor false.`);
  return value;
};

export const aviatorString = (value: Value): string => {
  if (typeof value !== 'string') throw new ExpressionError(`${describe(value)} is not a text.`);
  return value;
};

/** As a text is joined: nil is `null`, as Java writes it. */
export const asText = (value: Value): string => (value === null ? 'null' : toText(value));

export const add = (left: Value, right: Value): Value => {
  if (typeof left === 'string' || typeof right === 'string') return checkedText(asText(left) + asText(right));
  if (isNumeric(left) && isNumeric(right)) return calculate('+', left, right);
  throw new ExpressionError(`${describe(left)} and ${describe(right)} cannot be added.`);
};

export const arithmetic = (operator: '-' | '*' | '/' | '%', left: Value, right: Value): Value =>
  calculate(operator, aviatorNumber(left), aviatorNumber(right));

const whole = (value: Value): bigint => {
  const number = aviatorNumber(value);
  if (typeof number === 'number' && !Number.isInteger(number))
    throw new ExpressionError(`${number} is not a whole number.`);
  return BigInt.asIntN(64, BigInt(number));
};

/** On 64 bits, as Java's long. */
export const bitwise = (operator: '|' | '^' | '&' | '<<' | '>>' | '>>>', left: Value, right: Value): Value => {
  const [a, b] = [whole(left), whole(right)];
  const by = b & 63n;
  switch (operator) {
    case '|':
      return wholeNumber(a | b);
    case '^':
      return wholeNumber(a ^ b);
    case '&':
      return wholeNumber(a & b);
    case '<<':
      return wholeNumber(BigInt.asIntN(64, a << by));
    case '>>':
      return wholeNumber(a >> by);
    case '>>>':
      return wholeNumber(BigInt.asIntN(64, BigInt.asUintN(64, a) >> by));
  }
};

export const bitNot = (value: Value): Value => wholeNumber(~whole(value));

/** Values of different kinds are not equal; nil equals nil alone. */
export const equals = (left: Value, right: Value): boolean => {
  const [a, b] = [left, right].map(kindOf);
  return a === b && isEqual(left, right);
};

const kindOf = (value: Value): string => {
  if (value === null) return 'nil';
  if (isNumeric(value)) return 'number';
  return Array.isArray(value) ? 'list' : typeof value;
};

/** Nil is less than everything else. Only texts with texts, numbers with numbers, truth values with such are compared. */
export const order = (left: Value, right: Value): number => {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if ((typeof left === 'string' && typeof right === 'string') || (isNumeric(left) && isNumeric(right)))
    return compare(left, right) ?? 0;
  throw new ExpressionError(`${describe(left)} and ${describe(right)} cannot be compared.`);
};
