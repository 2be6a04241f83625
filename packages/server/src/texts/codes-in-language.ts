import type { CodeKind } from '@penstock/model';
import { codeTexts } from './generated/code-texts.ts';

export const TEXT_LANGUAGES = ['en', 'zh'] as const;
export type TextLanguage = (typeof TEXT_LANGUAGES)[number];

/** What a code says in a language, and what to do; no remedy: nothing has to be done. */
export interface Explanation {
  readonly meaning: string;
  readonly remedy?: string;
}

/** A code in every language. */
export interface CodeText extends Readonly<Record<TextLanguage, Explanation>> {
  readonly kind: CodeKind;
}

/** Every code that may be met, by name. */
export const allCodes = (): readonly (readonly [code: string, text: CodeText])[] => Object.entries(codeTexts);

/** Undefined: it is no code of ours (a script may have made it up). */
export const codeText = (code: string): CodeText | undefined =>
  Object.hasOwn(codeTexts, code) ? codeTexts[code] : undefined;

/** What a code says; undefined as above. */
export const explainCode = (code: string, language: TextLanguage): Explanation | undefined =>
  codeText(code)?.[language];

/**
 * The language somebody asks for with `Accept-Language` (RFC 9110, 12.5.4); undefined where none of theirs is here, or
 * they ask for none.
 */
export const acceptedLanguage = (header: string | undefined): TextLanguage | undefined => {
  const wanted = (header ?? '')
    .split(',', MAX_RANGES)
    .map((range) => {
      const [name = '', ...parameters] = range.trim().toLowerCase().split(';');
      const quality = parameters.map((one) => /^\s*q=(\d(?:\.\d{1,3})?)\s*$/.exec(one)?.[1]).find(Boolean);
      return { name: name.trim().split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { name } of wanted) {
    const found = TEXT_LANGUAGES.find((language) => language === name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const MAX_RANGES = 20;
