import { useSyncExternalStore } from 'react';
import { LANGUAGE_TAGS, LOCALES, type Locale, preferredLocale } from '../messages/translate.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Preferences {
  readonly locale: Locale;
  readonly theme: Theme;
}

const KEY = 'penstock.preferences';
const listeners = new Set<() => void>();

const isOneOf = <T extends string>(values: readonly T[], value: unknown): value is T =>
  values.some((one) => one === value);

const stored = (): Partial<Record<keyof Preferences, unknown>> => {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // storage is blocked, or holds something else: the defaults do
  }
};

const read = (): Preferences => {
  const { locale, theme } = stored();
  return {
    locale: isOneOf(LOCALES, locale) ? locale : preferredLocale(navigator.languages),
    theme: isOneOf(THEMES, theme) ? theme : 'system',
  };
};

let current = read();

/** The page says which language and which colours it is in. */
const apply = ({ locale, theme }: Preferences): void => {
  document.documentElement.lang = LANGUAGE_TAGS[locale];
  document.documentElement.dataset.theme = theme;
};
/** Once the page is there. */
export const applyPreferences = (): void => apply(current);

export const setPreferences = (changed: Partial<Preferences>): void => {
  current = { ...current, ...changed };
  apply(current);
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage is blocked or full: the choice holds for this page.
  }
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** For what is outside of components. */
export const currentPreferences = (): Preferences => current;

/** Language and theme, kept in this browser. */
export const usePreferences = (): Preferences =>
  useSyncExternalStore(subscribe, currentPreferences, currentPreferences);
