import { toNumber } from '../coercion.ts';
import { pureFunction } from './function-definition.ts';

export const mathFunctions = [
  pureFunction('math:abs(number)', 'The number without its sign.', (a = null) => Math.abs(toNumber(a))),
  pureFunction('math:ceil(number)', 'The smallest whole number that is not less.', (a = null) =>
    Math.ceil(toNumber(a)),
  ),
  pureFunction('math:floor(number)', 'The largest whole number that is not greater.', (a = null) =>
    Math.floor(toNumber(a)),
  ),
  pureFunction('math:max(a, b)', 'The greater of two numbers.', (a = null, b = null) =>
    Math.max(toNumber(a), toNumber(b)),
  ),
  pureFunction('math:min(a, b)', 'The lesser of two numbers.', (a = null, b = null) =>
    Math.min(toNumber(a), toNumber(b)),
  ),
  pureFunction('math:round(number)', 'The nearest whole number; halves go up.', (a = null) => Math.round(toNumber(a))),
];
