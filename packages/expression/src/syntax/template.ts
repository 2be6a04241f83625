import { ExpressionSyntaxError } from '../expression-error.ts';

export type TemplatePart =
  /** Where it stands in the source, escapes included. */
  | { readonly kind: 'text'; readonly text: string; readonly start: number; readonly end: number }
  /** The expression is `source[start, end)`, without `${` and `}`. */
  | { readonly kind: 'expression'; readonly start: number; readonly end: number };

/** Index of the `}` that ends the part beginning at `start`: the first one outside quotes. */
const endOfPart = (source: string, start: number): number => {
  let quote = '';
  for (let at = start; at < source.length; at++) {
    const character = source[at] as string;
    if (quote !== '') {
      const next = source[at + 1];
      if (character === '\\' && (next === '\\' || next === "'" || next === '"')) at++;
      else if (character === quote) quote = '';
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '}') return at;
  }
  throw new ExpressionSyntaxError(
    start - 2,
    source.length - start + 2,
    quote === ''
      ? `"\${" has no closing "}".`
      : `"\${" has no closing "}": the quote ${quote} inside it is not closed.`,
  );
};

/** Splits a template into text and expressions; `\${` is text. An empty source is one empty text. */
export const splitTemplate = (source: string): TemplatePart[] => {
  const parts: TemplatePart[] = [];
  let text = '';
  let textStart = 0;
  let at = 0;
  const endText = (): void => {
    if (at > textStart) parts.push({ kind: 'text', text, start: textStart, end: at });
    text = '';
  };
  while (at < source.length) {
    if (source.startsWith('\\${', at)) {
      text += '${';
      at += 3;
    } else if (source.startsWith('${', at)) {
      endText();
      const end = endOfPart(source, at + 2);
      parts.push({ kind: 'expression', start: at + 2, end });
      at = end + 1;
      textStart = at;
    } else text += source[at++];
  }
  endText();
  if (parts.length === 0) parts.push({ kind: 'text', text: '', start: 0, end: 0 });
  return parts;
};
