import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import type { OperatorTitles, Titles } from './titles.ts';
import { zh } from './zh.ts';

export const TITLE_LANGUAGES = ['en', 'zh'] as const;
export type TitleLanguage = (typeof TITLE_LANGUAGES)[number];

const TITLES: Readonly<Record<Exclude<TitleLanguage, 'en'>, Titles>> = { zh };

/** What an operator is called in a language, and words it is found by; English where there is nothing else. */
export const operatorTitles = (
  { id, label, summary, keywords }: { readonly id: string } & OperatorTitles,
  language: TitleLanguage,
): OperatorTitles => {
  const own = language === 'en' ? undefined : TITLES[language].operators[id];
  if (own === undefined) return { label, summary, keywords };
  return { label: own.label, summary: own.summary, keywords: [...keywords, label, ...own.keywords] };
};

/** The JSON Schema of a form with its titles in a language; descriptions and what has no title there stay English. */
export const schemaInLanguage = (schema: JsonObject, language: TitleLanguage): JsonObject => {
  if (language === 'en') return schema;
  const { texts } = TITLES[language];
  const said = (value: JsonValue): JsonValue => (typeof value === 'string' ? (texts[value] ?? value) : value);
  const visit = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, member(name, inner)]));
  };
  const member = (name: string, value: JsonValue): JsonValue => {
    if (name === 'title') return said(value);
    if (name === 'ui' && isJsonObject(value)) return presentation(value);
    // A property may be called `title` or `ui`: what is in it is a schema, whatever its name.
    if (name === 'properties' && isJsonObject(value)) return mapValues(value, visit);
    return name === 'default' || name === 'enum' ? value : visit(value);
  };
  const presentation = (ui: JsonObject): JsonObject => ({
    ...ui,
    ...(ui.group === undefined ? {} : { group: said(ui.group) }),
    ...(ui.unit === undefined ? {} : { unit: said(ui.unit) }),
    ...(isJsonObject(ui.options) ? { options: mapValues(ui.options, said) } : {}),
  });
  return mapValues(schema, (value, name) => member(name, value));
};

const mapValues = (object: JsonObject, change: (value: JsonValue, name: string) => JsonValue): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
