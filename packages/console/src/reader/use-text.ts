import { useMemo } from 'react';
import { formatBytes, formatDuration, formatNumber, formatRate, formatTime } from '../format/figures.ts';
import { createTranslate, LANGUAGE_TAGS, type Translate } from '../messages/translate.ts';
import { usePreferences } from './preferences.ts';

export interface Text {
  readonly t: Translate;
  /** For formats of numbers and times. */
  readonly language: string;
  readonly number: (value: number) => string;
  /** Of a share, 0 to 1. */
  readonly percent: (share: number) => string;
  readonly rate: (perSecond: number) => string;
  readonly duration: (ms: number) => string;
  readonly bytes: (value: number) => string;
  readonly time: (at: number) => string;
}

/** Texts and figures in the language of whoever reads. */
export const useText = (): Text => {
  const { locale } = usePreferences();
  return useMemo(() => {
    const t = createTranslate(locale);
    const language = LANGUAGE_TAGS[locale];
    return {
      t,
      language,
      number: (value) => formatNumber(language, value),
      percent: (share) => formatNumber(language, share, { style: 'percent', maximumFractionDigits: 0 }),
      rate: (perSecond) => formatRate(t, language, perSecond),
      duration: (ms) => formatDuration(t, ms),
      bytes: (value) => formatBytes(language, value),
      time: (at) => formatTime(language, at, Date.now()),
    };
  }, [locale]);
};
