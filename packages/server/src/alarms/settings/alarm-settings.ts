import type { PipelineState } from '@penstock/model';

/** What a pipeline's alarms watch, and who is told. A rule that is absent watches nothing. */
export interface AlarmSettings {
  /** Ids of receivers of the organisation, in the order they were given. */
  readonly receivers: readonly string[];
  /** The pipeline is in one of some states, for so many minutes. */
  readonly status?: { readonly states: readonly PipelineState[]; readonly forMinutes: number };
  /** More than so many records wait to be read, for so many minutes. */
  readonly lag?: { readonly threshold: number; readonly forMinutes: number };
  /** Records wait in a partition from which none is read, for so many minutes. */
  readonly progress?: { readonly forMinutes: number };
}

export const ALARM_RULES = ['status', 'lag', 'progress'] as const;
export type AlarmRule = (typeof ALARM_RULES)[number];

export const isAlarmRule = (text: string): text is AlarmRule => ALARM_RULES.some((rule) => rule === text);

export const ALARM_LIMITS = {
  receivers: 20,
  /** A day. */
  minutes: 1440,
  threshold: Number.MAX_SAFE_INTEGER,
} as const;

export const NO_SETTINGS: AlarmSettings = { receivers: [] };

/** Whether anything is watched. */
export const watches = (settings: AlarmSettings): boolean =>
  settings.status !== undefined || settings.lag !== undefined || settings.progress !== undefined;
