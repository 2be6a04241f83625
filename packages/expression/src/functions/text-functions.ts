import type { JsonValue } from '@penstock/model';
import { toInteger, toText } from '../coercion.ts';
import { checkedText, ExpressionError } from '../expression-error.ts';
import { LinearPattern, PatternError } from '../pattern/linear-pattern.ts';
import {
  type CompileContext,
  type CompiledArgument,
  compiledFunction,
  type ExpressionFunction,
  pureFunction,
} from './function-definition.ts';

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const XML_BACK: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Clamped to the text, as SDC does where Java would throw. */
const substring = (text: string, from: number, to: number): string =>
  from < 0 ? '' : text.slice(from, Math.max(from, to));

const replaceLiteral = (text: string, from: string, to: string): string => {
  if (from === '') return text;
  const parts = text.split(from);
  if (text.length + (parts.length - 1) * to.length > 2 ** 26)
    throw new ExpressionError('The result is too long a text.');
  return checkedText(parts.join(to));
};

const urlDecode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new ExpressionError(`"${text.slice(0, 60)}" is not URL-encoded text.`);
  }
};

/** The pattern of argument 1: compiled once where it is a literal, else per record. */
const patternArgument = (
  args: readonly CompiledArgument[],
  context: CompileContext,
): ((text: JsonValue) => LinearPattern) => {
  const literal = args[1]?.literal;
  if (typeof literal === 'string') {
    try {
      const pattern = LinearPattern.compile(literal);
      return () => pattern;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      context.problem(1, `The regular expression is not valid: ${error.message}`);
    }
  }
  let lastText: string | undefined;
  let lastPattern: LinearPattern | undefined;
  return (value) => {
    const text = toText(value);
    if (lastPattern === undefined || text !== lastText) {
      try {
        lastPattern = LinearPattern.compile(text);
        lastText = text;
      } catch (error) {
        if (error instanceof PatternError)
          throw new ExpressionError(`Not a valid regular expression: ${error.message}`);
        throw error;
      }
    }
    return lastPattern;
  };
};

const patternFunction = (
  signature: string,
  summary: string,
  apply: (text: string, pattern: LinearPattern, third: JsonValue) => JsonValue,
): ExpressionFunction =>
  compiledFunction(signature, summary, (args, context) => {
    const [text, pattern, third] = args as [CompiledArgument, CompiledArgument, CompiledArgument | undefined];
    const patternOf = patternArgument(args, context);
    return (record) =>
      apply(
        toText(text.evaluate(record)),
        patternOf(pattern.literal ?? pattern.evaluate(record)),
        third === undefined ? null : third.evaluate(record),
      );
  });

export const textFunctions = [
  pureFunction('str:length(text)', 'Number of characters (UTF-16 units).', (a = null) => toText(a).length),
  pureFunction('str:toUpper(text)', 'In capital letters.', (a = null) => checkedText(toText(a).toUpperCase())),
  pureFunction('str:toLower(text)', 'In small letters.', (a = null) => checkedText(toText(a).toLowerCase())),
  pureFunction('str:trim(text)', 'Without white space at both ends.', (a = null) => toText(a).trim()),
  pureFunction('str:concat(text, text…)', 'The texts one after the other.', (...args) =>
    checkedText(args.map(toText).join('')),
  ),
  pureFunction('str:contains(text, part)', 'True where the part occurs.', (a = null, b = null) =>
    toText(a).includes(toText(b)),
  ),
  pureFunction('str:startsWith(text, prefix)', 'True where the text begins so.', (a = null, b = null) =>
    toText(a).startsWith(toText(b)),
  ),
  pureFunction('str:endsWith(text, suffix)', 'True where the text ends so.', (a = null, b = null) =>
    toText(a).endsWith(toText(b)),
  ),
  pureFunction(
    'str:indexOf(text, part)',
    'Index of the first occurrence, from 0; -1 where there is none.',
    (a = null, b = null) => toText(a).indexOf(toText(b)),
  ),
  pureFunction(
    'str:lastIndexOf(text, part)',
    'Index of the last occurrence; -1 where there is none.',
    (a = null, b = null) => toText(a).lastIndexOf(toText(b)),
  ),
  pureFunction(
    'str:substring(text, begin, [end])',
    'From index begin up to, without, index end; indexes beyond the text mean its end.',
    (a = null, b = null, c) => {
      const text = toText(a);
      return substring(text, toInteger(b), c === undefined ? text.length : toInteger(c));
    },
  ),
  pureFunction('str:truncate(text, length)', 'The first characters, at most length.', (a = null, b = null) =>
    toText(a).slice(0, Math.max(0, toInteger(b))),
  ),
  pureFunction('str:replace(text, from, to)', 'Every occurrence of a text replaced.', (a = null, b = null, c = null) =>
    replaceLiteral(toText(a), toText(b), toText(c)),
  ),
  pureFunction('str:split(text, separator)', 'The parts between separators, as a list.', (a = null, b = null) =>
    toText(b) === '' ? [toText(a)] : toText(a).split(toText(b)),
  ),
  pureFunction(
    'str:isNullOrEmpty(text)',
    'True for null and for a text without characters.',
    (a = null) => toText(a) === '',
  ),
  pureFunction('str:urlEncode(text)', 'For use in a URL query; a blank becomes +.', (a = null) =>
    checkedText(encodeURIComponent(toText(a).toWellFormed()).replaceAll('%20', '+')),
  ),
  pureFunction('str:urlDecode(text)', 'The text behind its URL-encoded form.', (a = null) => urlDecode(toText(a))),
  pureFunction('str:escapeXML10(text)', 'With the characters that mean something in XML escaped.', (a = null) =>
    checkedText(toText(a).replace(/[&<>"']/g, (character) => XML[character] as string)),
  ),
  pureFunction('str:unescapeXML(text)', 'With the five named XML entities replaced by their characters.', (a = null) =>
    toText(a).replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => XML_BACK[name] as string),
  ),
  patternFunction(
    'str:replaceAll(text, regex, replacement)',
    'Every match of a regular expression replaced; $1 to $9 stand for groups.',
    (text, pattern, replacement) => checkedText(pattern.replaceAll(text, toText(replacement))),
  ),
  patternFunction(
    'str:matches(text, regex)',
    'True where the regular expression matches the whole text.',
    (text, pattern) => pattern.matchesWhole(text),
  ),
  patternFunction(
    'str:regExCapture(text, regex, group)',
    'What a group of the first match holds (group 0: the match); an empty text where nothing matches.',
    (text, pattern, group) => pattern.capture(text, toInteger(group)) ?? '',
  ),
];
