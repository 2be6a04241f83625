const STATES = ['normal', 'pending', 'alerting', 'recovering', 'no-data'] as const;
const FLAGS = ['isOpen', 'isAcknowledged', 'isShelved'] as const;

/** Which alarms are shown; it stands in the address, and is what the API takes. */
export interface AlarmFilters {
  readonly state?: (typeof STATES)[number];
  readonly isOpen?: boolean;
  readonly isAcknowledged?: boolean;
  readonly isShelved?: boolean;
}

/** From an address; what is not one of them is left out. */
export const readAlarmFilters = (search: Readonly<Record<string, unknown>>): AlarmFilters => {
  const state = STATES.find((each) => each === search.state);
  const flags = FLAGS.flatMap((flag) => {
    const value = search[flag];
    return typeof value === 'boolean' ? [[flag, value] as const] : [];
  });
  return { ...(state === undefined ? {} : { state }), ...Object.fromEntries(flags) };
};

/** Whether two are the same. */
export const sameFilters = (one: AlarmFilters, other: AlarmFilters): boolean =>
  one.state === other.state && FLAGS.every((flag) => one[flag] === other[flag]);

export const showsAllAlarms = (filters: AlarmFilters): boolean => sameFilters(filters, {});
