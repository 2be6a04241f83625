export { operators, shownCases } from './generated/operators.ts';
export { renderReference } from './reference/render-reference.ts';
export { createRegistry } from './registry.ts';
export { BASE_LIBRARY, LIBRARY } from './shared/libraries.ts';
export type { ShownCase } from './shared/shown-case.ts';
export { operatorTitles, schemaInLanguage, TITLE_LANGUAGES, type TitleLanguage } from './titles/in-language.ts';
