import type { JsonObject, JsonValue } from '@penstock/model';
import { ExpressionError } from './expression-error.ts';
import { type Numeric, type Value, wholeNumberOf } from './value.ts';

/**
 * How values change type in expressions (JSP 2.1 EL, sections 1.7 to 1.10 and 1.18), on JSON values:
 * - number: null and '' are 0; a text that spells a number is that number; anything else is an error
 * - text: null is ''; lists and maps are their JSON
 * - boolean: null and '' are false; a text is true when it spells `true`; numbers, lists and maps are errors
 */

const describe = (value: Value): string => {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

const WHOLE_NUMBER = /^\s*[+-]?\d+\s*$/;

/** The number a value stands for, or undefined. */
const numberOf = (value: Value): Numeric | undefined => {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (value === null || value === '') return 0;
  if (typeof value === 'string' && value.length <= 400 && NUMBER.test(value)) {
    if (WHOLE_NUMBER.test(value)) return wholeNumberOf(value.trim().replace('+', ''));
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  return undefined;
};

/** A number with all its digits. */
export const toNumeric = (value: Value): Numeric => {
  const number = numberOf(value);
  if (number === undefined) throw new ExpressionError(`${describe(value)} is not a number.`);
  return number;
};

export const toNumber = (value: Value): number => Number(toNumeric(value));

export const toInteger = (value: Value): number => Math.trunc(toNumber(value));

export const toText = (value: Value): string => {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

export const toBoolean = (value: Value): boolean => {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  if (typeof value === 'string') return value.length === 4 && value.toLowerCase() === 'true';
  throw new ExpressionError(`${describe(value)} is neither true nor false.`);
};

export const isEmpty = (value: Value): boolean => {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
};

const isSame = (left: Numeric, right: Numeric): boolean => left <= right && left >= right;

/** Only a null equals null. A number or boolean on one side makes numbers or booleans of both, where possible. */
export const isEqual = (left: Value, right: Value): boolean => {
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (isNumeric(left) || isNumeric(right)) {
    if (typeof left === 'boolean' || typeof right === 'boolean') return false;
    const [a, b] = [numberOf(left), numberOf(right)];
    return a !== undefined && b !== undefined && isSame(a, b);
  }
  if (typeof left === 'boolean' || typeof right === 'boolean')
    return typeof left !== 'object' && typeof right !== 'object' && toBoolean(left) === toBoolean(right);
  if (typeof left === 'string' || typeof right === 'string') return false;
  return isDeeplyEqual(left, right);
};

const isNumeric = (value: Value): value is Numeric => typeof value === 'number' || typeof value === 'bigint';

const isDeeplyEqual = (left: JsonValue, right: JsonValue): boolean => {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, i) => isDeeplyEqual(item, right[i] as JsonValue));
  }
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) => Object.hasOwn(right, name) && isDeeplyEqual(left[name] as JsonValue, right[name] as JsonValue),
    )
  );
};

/**
 * Below 0, 0 or above 0. Undefined where one side is null: no comparison holds then. Two nulls are equal, so that
 * `null <= null` holds (JSP 2.1 EL, section 1.8.1).
 */
export const compare = (left: Value, right: Value): number | undefined => {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left === null || right === null) return left === right ? 0 : undefined;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  const [a, b] = [toNumeric(left), toNumeric(right)];
  return a < b ? -1 : a > b ? 1 : 0;
};

/** The member of a list by index or of a map by name; null where there is none. */
export const memberOf = (target: Value, member: Value): JsonValue => {
  if (target === null) return null;
  if (Array.isArray(target)) return target[toInteger(member)] ?? null;
  if (typeof target !== 'object') throw new ExpressionError(`${describe(target)} has no members.`);
  const name = toText(member);
  return Object.hasOwn(target, name) ? ((target as JsonObject)[name] as JsonValue) : null;
};

export const toList = (value: Value): JsonValue[] => {
  if (Array.isArray(value)) return value;
  if (value === null) return [];
  throw new ExpressionError(`${describe(value)} is not a list.`);
};

export const toMap = (value: Value): JsonObject => {
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new ExpressionError(`${describe(value)} is not a map.`);
};
