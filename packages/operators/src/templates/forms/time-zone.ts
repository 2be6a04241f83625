import type { Issue } from '@penstock/model';
import { timeZoneProblem } from '../../shared/calendar/calendar-days.ts';
import { textField } from '../../shared/config/fields.ts';
import type { TemplateFacts } from '../template.ts';
import { formIssue } from './form-issue.ts';

export const timeZoneField = textField({
  title: 'Time Zone',
  description:
    "Where days begin: a name such as `Asia/Shanghai`, or an offset such as `+08:00`. Empty: the organisation's, UTC where it has none.",
  default: '',
  maxLength: 64,
});

export const checkTimeZone = ({ timeZone }: { readonly timeZone: string }): Issue[] => {
  const problem = timeZone.trim() === '' ? undefined : timeZoneProblem(timeZone.trim());
  return problem === undefined ? [] : [formIssue('/timeZone', problem)];
};

export const timeZoneOf = ({ timeZone }: { readonly timeZone: string }, facts: TemplateFacts): string =>
  timeZone.trim() || facts.timeZone || 'UTC';
