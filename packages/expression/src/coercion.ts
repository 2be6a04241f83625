import type { JsonObject, JsonValue } from '@penstock/model';
import { ExpressionError } from './expression-error.ts';

/**
 * How values change type in expressions (JSP 2.1 EL, sections 1.7 to 1.10 and 1.18), on JSON values:
 * - number: null and '' are 0; a text that spells a number is that number; anything else is an error
 * - text: null is ''; lists and maps are their JSON
 * - boolean: null and '' are false; a text is true when it spells `true`; numbers, lists and maps are errors
 */

const describe = (value: JsonValue): string => {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The number a value stands for, or undefined. */
const numberOf = (value: JsonValue): number | undefined => {
  if (typeof value === 'number') return value;
  if (value === null || value === '') return 0;
  if (typeof value === 'string' && value.length <= 400 && NUMBER.test(value)) {
    const number = Number(value);
    return Number.isFinite(number) ? number : undefined;
  }
  return undefined;
};

export const toNumber = (value: JsonValue): number => {
  const number = numberOf(value);
  if (number === undefined) throw new ExpressionError(`${describe(value)} is not a number.`);
  return number;
};

export const toInteger = (value: JsonValue): number => Math.trunc(toNumber(value));

export const toText = (value: JsonValue): string => {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

export const toBoolean = (value: JsonValue): boolean => {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  if (typeof value === 'string') return value.length === 4 && value.toLowerCase() === 'true';
  throw new ExpressionError(`${describe(value)} is neither true nor false.`);
};

export const isEmpty = (value: JsonValue): boolean => {
  if (value === null || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
};

/** Only a null equals null. A number or boolean on one side makes numbers or booleans of both, where possible. */
export const isEqual = (left: JsonValue, right: JsonValue): boolean => {
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (typeof left === 'number' || typeof right === 'number') {
    if (typeof left === 'boolean' || typeof right === 'boolean' || left === '' || right === '') return false;
    const number = numberOf(left);
    return number !== undefined && number === numberOf(right);
  }
  if (typeof left === 'boolean' || typeof right === 'boolean')
    return typeof left !== 'object' && typeof right !== 'object' && toBoolean(left) === toBoolean(right);
  if (typeof left === 'string' || typeof right === 'string') return false;
  return isDeeplyEqual(left, right);
};

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

/** Below 0, 0 or above 0; undefined where a side is null, so that every comparison with null is false. */
export const compare = (left: JsonValue, right: JsonValue): number | undefined => {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left === null || right === null) return undefined;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  return toNumber(left) - toNumber(right);
};

/** The member of a list by index or of a map by name; null where there is none. */
export const memberOf = (target: JsonValue, member: JsonValue): JsonValue => {
  if (target === null) return null;
  if (Array.isArray(target)) return target[toInteger(member)] ?? null;
  if (typeof target !== 'object') throw new ExpressionError(`${describe(target)} has no members.`);
  const name = toText(member);
  return Object.hasOwn(target, name) ? ((target as JsonObject)[name] as JsonValue) : null;
};

export const toList = (value: JsonValue): JsonValue[] => {
  if (Array.isArray(value)) return value;
  if (value === null) return [];
  throw new ExpressionError(`${describe(value)} is not a list.`);
};

export const toMap = (value: JsonValue): JsonObject => {
  if (value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new ExpressionError(`${describe(value)} is not a map.`);
};
