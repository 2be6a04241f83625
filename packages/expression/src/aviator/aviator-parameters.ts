import type { JsonValue } from '@penstock/model';
import { ExpressionError } from '../expression-error.ts';
import type { Parameter, ParameterType } from '../functions/define-function.ts';
import { LinearPattern, PatternError } from '../pattern/linear-pattern.ts';
import { type FieldPath, isFieldPath, parseFieldPath } from '../syntax/field-path.ts';
import type { Value } from '../value.ts';
import { aviatorNumber, aviatorString } from './aviator-values.ts';

/** What functions of Aviator take: strictly, and nil nowhere but where anything may stand. */

const parameter =
  <T>(type: ParameterType<T>) =>
  (name: string, use: Parameter<T>['use'] = 'required'): Parameter<T> => ({ name, type, use });

export const any = parameter<Value>({ name: 'value', read: (value) => value });
export const text = parameter<string>({ name: 'text', read: aviatorString });
export const number = parameter<number>({ name: 'number', read: (value) => Number(aviatorNumber(value)) });

export const whole = parameter<number>({
  name: 'whole number',
  read: (value) => {
    const found = Number(aviatorNumber(value));
    if (!Number.isSafeInteger(found)) throw new ExpressionError(`${found} is not a whole number.`);
    return found;
  },
});

/** The entries of a list, the values of a map, the characters of a text. */
export const sequence = parameter<readonly JsonValue[]>({
  name: 'list, map or text',
  read: (value) => {
    if (Array.isArray(value)) return value;
    if (typeof value === 'string') return [...value];
    if (typeof value === 'object' && value !== null) return Object.values(value);
    throw new ExpressionError('It is neither a list nor a map nor a text.');
  },
});

export const pattern = parameter<LinearPattern>({
  name: 'regular expression',
  read: (value) => {
    try {
      return LinearPattern.compile(aviatorString(value));
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new ExpressionError(error.message);
    }
  },
});

export const fieldPath = parameter<FieldPath>({
  name: 'field path',
  isFieldPath: true,
  read: (value) => {
    const parsed = parseFieldPath(aviatorString(value));
    if (!isFieldPath(parsed)) throw new ExpressionError(parsed.problem);
    return parsed;
  },
});
