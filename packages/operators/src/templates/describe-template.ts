import { isJsonObject, type JsonObject } from '@penstock/model';
import { schemaInLanguage, type TitleLanguage } from '../titles/in-language.ts';
import type { AnyTemplate } from './template.ts';
import { formTexts } from './zh-texts.ts';

/** Of every template: that of the vendor's installable ones whose rules these are. */
const VERSION = '0.1.0';

export interface DescribedTemplate {
  readonly templateType: number;
  readonly id: string;
  readonly version: string;
  readonly label: string;
  readonly summary: string;
  /** JSON Schema of the form with titles, units and defaults. */
  readonly form: JsonObject;
}

/** What of a template is data, with titles in a language. */
export const describeTemplate = (template: AnyTemplate, language: TitleLanguage): DescribedTemplate => {
  const { templateType, id, zh } = template;
  const own = language === 'en' ? template : zh;
  const texts = { ...zh, texts: { ...formTexts, ...zh.texts } };
  // Through JSON, since schemas carry symbols and methods of their library.
  const form: unknown = JSON.parse(JSON.stringify(template.form));
  if (!isJsonObject(form as JsonObject)) throw new Error(`The form of the template ${id} is no JSON Schema`);
  return {
    templateType,
    id,
    version: VERSION,
    label: own.label,
    summary: own.summary,
    form: schemaInLanguage(form as JsonObject, language, { translations: { zh: texts } }),
  };
};
