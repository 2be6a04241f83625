import {
  type Issue,
  isJsonObject,
  isPipelineState,
  type JsonObject,
  type JsonValue,
  type PipelineState,
  parseNumber,
} from '@penstock/model';
import { membersOf } from '../../pipelines/json-text.ts';
import { ALARM_LIMITS, type AlarmSettings, NO_SETTINGS, watches } from './alarm-settings.ts';

/**
 * The text `alarmConfig` of the EnOS API (contract A.5): a JSON object with `alarmMode` and `receivers`, and whatever
 * else the vendor keeps there. The alarms themselves stand beside those under keys of our own, since the vendor's are
 * not known: `statusAlarm`, `lagAlarm`, `progressAlarm`.
 */
const OWN = ['alarmMode', 'receivers', 'statusAlarm', 'lagAlarm', 'progressAlarm'];

/** What can be made of a stored text, and what cannot: that stays in the text, and is told. */
export interface AlarmConfig {
  readonly settings: AlarmSettings;
  readonly issues: readonly Issue[];
}

type Tell = (code: string, path: string, message: string) => void;

/** The vendor's "Email" (contract C.7), the only mode there is a sample of. */
const EMAIL_MODE = 1;

/** Reads a stored text. `known`: ids of the organisation's receivers. Nothing is refused here. */
export const readAlarmConfig = (text: string | null, known: ReadonlySet<string>): AlarmConfig => {
  if (text === null || text.trim() === '') return { settings: NO_SETTINGS, issues: [] };
  const issues: Issue[] = [];
  const tell: Tell = (code, path, message) => void issues.push({ code, severity: 'warning', path, message });
  const config = parsed(text);
  if (config === undefined) {
    tell('ALARM_CONFIG_UNREADABLE', '', 'The alarm settings are not the text of a JSON object; nothing is watched.');
    return { settings: NO_SETTINGS, issues };
  }
  const settings = settingsOf(config, tell);
  for (const id of settings.receivers.filter((each) => !known.has(each)))
    tell('ALARM_RECEIVER_UNKNOWN', '/receivers', `The organisation has no receiver "${id}": nobody is told by it.`);
  if (!watches(settings) && settings.receivers.length > 0)
    tell('ALARM_RULES_MISSING', '', 'There are receivers, but no alarm that this service knows: nothing is watched.');
  if (watches(settings) && !settings.receivers.some((id) => known.has(id)))
    tell('ALARM_NOBODY_TOLD', '/receivers', 'Alarms are watched, but nobody is told of them: name a receiver.');
  const mode = config.alarmMode;
  if (mode !== undefined && mode !== null && parseNumber(mode) !== EMAIL_MODE)
    tell('ALARM_MODE_UNKNOWN', '/alarmMode', 'Receivers decide how they are told; "alarmMode" is kept and not used.');
  return { settings, issues };
};

const parsed = (text: string): JsonObject | undefined => {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined; // told as an issue
  }
};

const settingsOf = (config: JsonObject, tell: Tell): AlarmSettings => {
  const status = statusOf(config.statusAlarm, tell);
  const lag = lagOf(config.lagAlarm, tell);
  const progress = progressOf(config.progressAlarm, tell);
  return {
    receivers: namesIn(config.receivers).slice(0, ALARM_LIMITS.receivers),
    ...(status === undefined ? {} : { status }),
    ...(lag === undefined ? {} : { lag }),
    ...(progress === undefined ? {} : { progress }),
  };
};

/** A comma separated text, as the vendor has it, or a list. */
const namesIn = (given: JsonValue | undefined): readonly string[] => {
  const texts = typeof given === 'string' ? given.split(',') : Array.isArray(given) ? given : [];
  const names = texts.flatMap((text) => (typeof text === 'string' ? [text.trim()] : []));
  return [...new Set(names.filter((name) => name !== ''))];
};

const statusOf = (given: JsonValue | undefined, tell: Tell): AlarmSettings['status'] => {
  const rule = ruleOf(given, 'statusAlarm', tell);
  if (rule === undefined) return undefined;
  const names = namesIn(rule.states);
  const states = names.filter((name): name is PipelineState => isPipelineState(name));
  if (states.length < names.length || states.length === 0)
    tell('ALARM_RULE_INVALID', '/statusAlarm/states', '"states" must be some of the states of pipelines.');
  const forMinutes = minutesOf(rule.minutes ?? 0, 0);
  if (states.length === 0 || forMinutes === undefined) return unusable('statusAlarm', tell);
  return { states, forMinutes };
};

const lagOf = (given: JsonValue | undefined, tell: Tell): AlarmSettings['lag'] => {
  const rule = ruleOf(given, 'lagAlarm', tell);
  if (rule === undefined) return undefined;
  const threshold = wholeOf(rule.threshold, 0, ALARM_LIMITS.threshold);
  const forMinutes = minutesOf(rule.minutes, 0);
  return threshold === undefined || forMinutes === undefined ? unusable('lagAlarm', tell) : { threshold, forMinutes };
};

const progressOf = (given: JsonValue | undefined, tell: Tell): AlarmSettings['progress'] => {
  const rule = ruleOf(given, 'progressAlarm', tell);
  if (rule === undefined) return undefined;
  const forMinutes = minutesOf(rule.minutes, 0);
  return forMinutes === undefined ? unusable('progressAlarm', tell) : { forMinutes };
};

const ruleOf = (given: JsonValue | undefined, name: string, tell: Tell): JsonObject | undefined => {
  if (given === undefined || given === null) return undefined;
  return isJsonObject(given) ? given : unusable(name, tell);
};

const unusable = (name: string, tell: Tell): undefined => {
  tell('ALARM_RULE_INVALID', `/${name}`, `"${name}" cannot be used as it is, and watches nothing.`);
  return undefined;
};

const minutesOf = (given: JsonValue | undefined, least: number): number | undefined =>
  wholeOf(given, least, ALARM_LIMITS.minutes);

const wholeOf = (given: JsonValue | undefined, least: number, most: number): number | undefined => {
  const value = given === undefined ? undefined : parseNumber(given);
  return value !== undefined && Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined;
};

/**
 * The text with other settings in it: keys that are not ours, and a mode that is there, stay as they stand, to the
 * digit. A text that nobody could read is replaced.
 */
export const writeAlarmConfig = (text: string | null, settings: AlarmSettings): string => {
  const isReadable = text !== null && parsed(text) !== undefined;
  const before = isReadable ? membersOf(text) : new Map<string, string>();
  const { status, lag, progress } = settings;
  const members = new Map([
    ['alarmMode', before.get('alarmMode') ?? String(EMAIL_MODE)],
    ['receivers', JSON.stringify(settings.receivers.join(','))],
    ...(status === undefined
      ? []
      : [['statusAlarm', JSON.stringify({ states: status.states, minutes: status.forMinutes })] as const]),
    ...(lag === undefined
      ? []
      : [['lagAlarm', JSON.stringify({ threshold: lag.threshold, minutes: lag.forMinutes })] as const]),
    ...(progress === undefined ? [] : [['progressAlarm', JSON.stringify({ minutes: progress.forMinutes })] as const]),
    ...[...before].filter(([name]) => !OWN.includes(name)),
  ]);
  return `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
};
