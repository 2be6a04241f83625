import type { Translate } from '../messages/translate.ts';

/** How long something takes or is ago: the two largest units that say something, one where it is under an hour. */
export const formatDuration = (t: Translate, ms: number): string => {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return t('time.s', { n: s });
  const min = Math.floor(s / 60);
  if (min < 60) return t('time.min', { n: min });
  const h = Math.floor(min / 60);
  if (h < 24)
    return min % 60 === 0 ? t('time.h', { n: h }) : `${t('time.h', { n: h })} ${t('time.min', { n: min % 60 })}`;
  const d = Math.floor(h / 24);
  return h % 24 === 0 ? t('time.d', { n: d }) : `${t('time.d', { n: d })} ${t('time.h', { n: h % 24 })}`;
};

/** What writes numbers and times is made once for each way to write them: making one takes longer than all it writes on a page. */
const kept = <F>(make: (language: string, options: string) => F): ((language: string, options: object) => F) => {
  const made = new Map<string, F>();
  return (language, options) => {
    const text = JSON.stringify(options);
    const key = `${language} ${text}`;
    const format = made.get(key) ?? make(language, text);
    made.set(key, format);
    return format;
  };
};
const numberFormat = kept((language, options) => new Intl.NumberFormat(language, JSON.parse(options)));
const timeFormat = kept((language, options) => new Intl.DateTimeFormat(language, JSON.parse(options)));

export const formatNumber = (language: string, value: number, options: Intl.NumberFormatOptions = {}): string =>
  numberFormat(language, options).format(value);

/** A rate with as many digits as it is worth: whole numbers from ten on. */
export const formatRate = (t: Translate, language: string, perSecond: number): string =>
  t('unit.perSecond', {
    n: formatNumber(language, perSecond, {
      maximumFractionDigits: perSecond !== 0 && Math.abs(perSecond) < 10 ? 1 : 0,
    }),
  });

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size in bytes. */
export const formatBytes = (language: string, bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(BINARY.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  const digits = { maximumFractionDigits: value < 10 && step > 0 ? 1 : 0 };
  return `${formatNumber(language, value, digits)} ${BINARY[step]}`;
};

/** A time with its zone, and with the date where it is not of today. */
export const formatTime = (language: string, at: number, now: number): string => {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return timeFormat(language, {
    ...(isToday ? {} : { year: 'numeric', month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
    timeZoneName: 'short',
  }).format(at);
};
