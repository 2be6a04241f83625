import { type CompiledExpression, compileExpression, StreamRecord } from '@penstock/engine';
import type { Issue } from '@penstock/model';
import type { TEnum, TInteger, TString } from 'typebox';
import { choiceField, textField, wholeNumberField } from '../config/fields.ts';
import { expressionIssues, optionIssue } from '../config/option-issue.ts';

export interface TimeConfig {
  readonly dateFormat: 'SIMPLE_DATE_FORMAT' | 'TIME_FUNCTIONS';
  readonly startTime: string;
  /** In seconds. */
  readonly timeInterval: number;
}

interface TimeFields {
  dateFormat: TEnum<TimeConfig['dateFormat'][]>;
  startTime: TString;
  timeInterval: TInteger;
}

export const timeFields = (group: string): TimeFields => ({
  dateFormat: choiceField(
    { SIMPLE_DATE_FORMAT: 'SimpleDateFormat', TIME_FUNCTIONS: 'TimeFunctions' },
    {
      title: 'Date Format',
      description: 'What the start time is: a date-time, or an expression that is evaluated at every trigger.',
      default: 'SIMPLE_DATE_FORMAT',
      group,
    },
  ),
  startTime: textField({
    title: 'Start Time',
    description:
      'The `time` of the records. A date-time (`2019-08-26T00:00:00+08:00`) is that of the first trigger; an expression gives that of each, in Unix ms, where `time:now()` is the time of the trigger. Empty: the time of the trigger.',
    default: '',
    maxLength: 4000,
    group,
  }),
  timeInterval: wholeNumberField({
    title: 'Time Interval',
    description:
      'With a date-time as start time: by how many seconds the records of a trigger are later than those of the one before.',
    default: 60,
    minimum: 1,
    maximum: 31_622_400,
    unit: 'seconds',
    group,
    dependsOn: { field: 'dateFormat', values: ['SIMPLE_DATE_FORMAT'] },
  }),
});

export const checkTime = ({ dateFormat, startTime }: TimeConfig): readonly Issue[] => {
  if (startTime === '') return [];
  if (dateFormat === 'TIME_FUNCTIONS') {
    const compiled = compileExpression(startTime);
    return compiled.ok ? [] : expressionIssues('/startTime', compiled.issues);
  }
  if (instantOf(startTime) !== undefined) return [];
  return [
    optionIssue('/startTime', `"${startTime}" is not a date-time with its zone, such as 2019-08-26T00:00:00+08:00.`),
  ];
};

/** A trigger, and the record that it is where it is one. */
export interface TriggerTime {
  /** Unix ms. */
  readonly at: number;
  /** How many triggers came before it. */
  readonly number: number;
  readonly record?: StreamRecord;
}

/** For a configuration that has been checked. Undefined: the expression gives no time. */
export const timeMaker = (config: TimeConfig): ((trigger: TriggerTime) => number | undefined) => {
  const { dateFormat, startTime, timeInterval } = config;
  if (startTime === '') return ({ at }) => at;
  if (dateFormat === 'TIME_FUNCTIONS') return evaluated(startTime);
  const start = instantOf(startTime) ?? 0;
  return ({ number }) => start + number * timeInterval * 1000;
};

const evaluated = (source: string): ((trigger: TriggerTime) => number | undefined) => {
  let now = 0;
  const compiled: CompiledExpression = compileExpression(source, { now: () => now });
  if (!compiled.ok) throw new Error(`"${source}" should not have passed validation`);
  return ({ at, record }) => {
    now = at;
    const time = Number(compiled.evaluate(record ?? StreamRecord.from({})));
    return Number.isSafeInteger(time) ? time : undefined;
  };
};

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/;

/** Unix ms; undefined where it is no date-time with a zone. */
const instantOf = (text: string): number | undefined => {
  const instant = DATE_TIME.test(text.trim()) ? Date.parse(text.trim()) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
};
