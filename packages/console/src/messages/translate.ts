import { en } from './en.ts';
import { zh } from './zh.ts';

export const LOCALES = ['en', 'zh'] as const;
export type Locale = (typeof LOCALES)[number];
export type MessageKey = keyof typeof en;

/** The names in braces of a text. */
type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
/** What has to be given to a message: nothing, or a value for each name in it. */
type Values<K extends MessageKey> = [Names<(typeof en)[K]>] extends [never]
  ? []
  : [Readonly<Record<Names<(typeof en)[K]>, string | number>>];

/** Messages with nothing to fill in. */
export type PlainKey = { [K in MessageKey]: [Names<(typeof en)[K]>] extends [never] ? K : never }[MessageKey];

/** A text of the console in somebody's language. */
export type Translate = <K extends MessageKey>(key: K, ...values: Values<K>) => string;

export const CATALOGUES: Readonly<Record<Locale, Readonly<Record<MessageKey, string>>>> = { en, zh };

/** Names of the languages for `lang` attributes and for formats of numbers and times. */
export const LANGUAGE_TAGS: Readonly<Record<Locale, string>> = { en: 'en-GB', zh: 'zh-CN' };

export const createTranslate = (locale: Locale): Translate => {
  const catalogue = CATALOGUES[locale];
  return (key, ...[values]) =>
    values === undefined
      ? catalogue[key]
      : catalogue[key].replace(/\{(\w+)\}/g, (whole, name: string) =>
          String((values as Readonly<Record<string, string | number>>)[name] ?? whole),
        );
};

/** The language to begin with, by what the browser says its user reads. */
export const preferredLocale = (languages: readonly string[]): Locale =>
  languages
    .map((language) => language.toLowerCase().split('-')[0])
    .find((language) => language === 'zh' || language === 'en') === 'zh'
    ? 'zh'
    : 'en';
