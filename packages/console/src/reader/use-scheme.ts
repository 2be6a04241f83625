import { useSyncExternalStore } from 'react';
import { usePreferences } from './preferences.ts';

const dark = window.matchMedia('(prefers-color-scheme: dark)');

const subscribe = (listener: () => void): (() => void) => {
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
};

/** The colours the page is in, whoever chose them. */
export const useScheme = (): 'light' | 'dark' => {
  const system = useSyncExternalStore(subscribe, () => (dark.matches ? 'dark' : 'light'));
  const { theme } = usePreferences();
  return theme === 'system' ? system : theme;
};
