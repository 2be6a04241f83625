import type { MissedSlots } from '@penstock/engine';
import type { TEnum } from 'typebox';
import { choiceField, type FieldUi } from '../config/fields.ts';

/** How often something is made by the clock, by the names of EnOS; in ms. */
const PERIODS = {
  '1s': 1000,
  '10s': 10_000,
  '30s': 30_000,
  '1m': 60_000,
  '5m': 300_000,
  '10m': 600_000,
  '30m': 1_800_000,
} as const;
export type Frequency = keyof typeof PERIODS;

/** In ms. */
export const periodOf = (frequency: Frequency): number => PERIODS[frequency];

export const frequencyField = (ui: Omit<FieldUi, 'options'>): TEnum<Frequency[]> =>
  choiceField(
    {
      '1s': '1 Second',
      '10s': '10 Seconds',
      '30s': '30 Seconds',
      '1m': '1 Minute',
      '5m': '5 Minutes',
      '10m': '10 Minutes',
      '30m': '30 Minutes',
    },
    {
      title: 'Trigger Frequency',
      description: 'Time between two triggers. They are the multiples of it since 1970-01-01T00:00Z.',
      default: '1m',
      ...ui,
    },
  );

/** What becomes of missed triggers, by the names of the option. */
export const MISSED = { EACH: 'each', LAST: 'last', NONE: 'none' } as const satisfies Record<string, MissedSlots>;
export type MissedChoice = keyof typeof MISSED;

/** An option of ours. */
export const missedField = (ui: Omit<FieldUi, 'options'>): TEnum<MissedChoice[]> =>
  choiceField(
    { EACH: 'Make up for each', LAST: 'Only the last', NONE: 'Leave them out' },
    {
      title: 'Missed Triggers',
      description:
        'What becomes of triggers that are more than a minute late because the pipeline was paused or could not run. An option of Penstock.',
      default: 'LAST',
      ...ui,
    },
  );
