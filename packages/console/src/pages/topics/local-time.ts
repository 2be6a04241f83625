const two = (value: number): string => String(value).padStart(2, '0');

/** A time as a field for date and time has it, by the clock of whoever looks. */
export const toLocalTime = (at: number): string => {
  const date = new Date(at);
  const day = [String(date.getFullYear()).padStart(4, '0'), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** Unix ms of what such a field has; undefined where it has no time, or one before 1970. */
export const fromLocalTime = (text: string): number | undefined => {
  const at = new Date(text).getTime();
  return Number.isNaN(at) || at < 0 ? undefined : at;
};

/** The zone of that clock. */
export const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
