import { checkedText, ExpressionError } from '../expression-error.ts';
import { defineFunction, family } from './define-function.ts';
import { charset, optional, text } from './parameters.ts';

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const XML_BACK: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/g;

const escapeXml = (value: string): string =>
  checkedText(value.replace(/[&<>"']/g, (character) => XML[character] as string));

const unescapeXml = (value: string): string =>
  value.replace(ENTITY, (whole, name?: string, decimal?: string, hexadecimal?: string) => {
    if (name !== undefined) return XML_BACK[name] as string;
    const code = decimal === undefined ? Number.parseInt(hexadecimal as string, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

const urlDecode = (value: string): string => {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    throw new ExpressionError(`"${value.slice(0, 60)}" is not URL-encoded text.`);
  }
};

export const textEncoding = family('Encoding texts', [
  defineFunction({
    name: 'str:urlEncode',
    summary: 'For use in a URL query; a blank becomes +.',
    parameters: [text('text'), optional(charset('charset'))],
    examples: [{ source: "${str:urlEncode('a b&ü', 'UTF8')}", result: 'a+b%26%C3%BC' }],
    apply: ([value]) => checkedText(encodeURIComponent(value.toWellFormed()).replaceAll('%20', '+')),
  }),
  defineFunction({
    name: 'str:urlDecode',
    summary: 'The text behind its URL-encoded form.',
    parameters: [text('text'), optional(charset('charset'))],
    examples: [{ source: "${str:urlDecode('a+b%26', 'UTF8')}", result: 'a b&' }],
    apply: ([value]) => urlDecode(value),
  }),
  defineFunction({
    name: 'str:escapeXML10',
    summary: 'With the characters that mean something in XML escaped.',
    parameters: [text('text')],
    examples: [{ source: "${str:escapeXML10('< a >')}", result: '&lt; a &gt;' }],
    apply: ([value]) => escapeXml(value),
  }),
  defineFunction({
    name: 'str:escapeXML11',
    summary: 'With the characters that mean something in XML escaped.',
    parameters: [text('text')],
    examples: [{ source: "${str:escapeXML11('< a >')}", result: '&lt; a &gt;' }],
    apply: ([value]) => escapeXml(value),
  }),
  defineFunction({
    name: 'str:unescapeXML',
    summary: 'With the five named entities of XML and those by number replaced by their characters.',
    parameters: [text('text')],
    examples: [{ source: "${str:unescapeXML('&lt;a&gt;&#65;')}", result: '<a>A' }],
    apply: ([value]) => unescapeXml(value),
  }),
]);
