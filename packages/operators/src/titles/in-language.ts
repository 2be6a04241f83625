import type { OperatorDefinition } from '@penstock/engine';
import { isJsonObject, type JsonObject, type JsonValue } from '@penstock/model';
import { titlesOfOperators } from '../generated/titles.ts';
import type { OperatorTitles, Titles } from './titles.ts';
import { zh } from './zh.ts';

export const TITLE_LANGUAGES = ['en', 'zh'] as const;
export type TitleLanguage = (typeof TITLE_LANGUAGES)[number];

const TITLES: Readonly<Record<Exclude<TitleLanguage, 'en'>, Titles>> = {
  zh: { operators: titlesOfOperators.zh.operators, texts: { ...titlesOfOperators.zh.texts, ...zh } },
};

/** What an operator is called in a language, and words it is found by; English where there is nothing else. */
export const operatorTitles = (
  {
    id,
    label,
    summary,
    keywords,
    translations = {},
  }: { readonly id: string } & OperatorTitles & Pick<OperatorDefinition, 'translations'>,
  language: TitleLanguage,
): OperatorTitles => {
  const own = language === 'en' ? undefined : (translations[language] ?? TITLES[language].operators[id]);
  if (own === undefined) return { label, summary, keywords };
  return { label: own.label, summary: own.summary, keywords: [...keywords, label, ...own.keywords] };
};

/** The JSON Schema of a form with its titles in a language; descriptions and what has no title there stay English. */
export const schemaInLanguage = (
  schema: JsonObject,
  language: TitleLanguage,
  { translations = {} }: Pick<OperatorDefinition, 'translations'> = {},
): JsonObject => {
  if (language === 'en') return schema;
  const { texts } = TITLES[language];
  const own = translations[language]?.texts ?? {};
  const textOf = (text: string): string => [own, texts].find((each) => Object.hasOwn(each, text))?.[text] ?? text;
  const said = (value: JsonValue): JsonValue => (typeof value === 'string' ? textOf(value) : value);
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

/** Every text of a form that `schemaInLanguage` would say in another language; choices that are shown as they are written are none. */
export const textsOfForm = (schema: JsonObject): Set<string> => {
  const texts = new Set<string>();
  const add = (text: JsonValue | undefined): void => {
    if (typeof text === 'string') texts.add(text);
  };
  const visit = (value: JsonValue): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isJsonObject(value)) for (const [name, inner] of Object.entries(value)) member(name, inner);
  };
  const member = (name: string, value: JsonValue): void => {
    if (name === 'title') add(value);
    else if (name === 'ui' && isJsonObject(value)) presentation(value);
    else if (name === 'properties' && isJsonObject(value)) Object.values(value).forEach(visit);
    else if (name !== 'default' && name !== 'enum') visit(value);
  };
  const presentation = ({ group, unit, options }: JsonObject): void => {
    add(group);
    add(unit);
    if (isJsonObject(options)) for (const [value, label] of Object.entries(options)) if (label !== value) add(label);
  };
  visit(schema);
  return texts;
};

const mapValues = (object: JsonObject, change: (value: JsonValue, name: string) => JsonValue): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
