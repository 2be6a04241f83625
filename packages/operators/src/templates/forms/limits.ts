import type { Issue } from '@penstock/model';
import { choiceField, switchField, textField } from '../../shared/config/fields.ts';
import { parseThreshold } from '../../shared/thresholds/threshold.ts';
import { formIssue } from './form-issue.ts';

/** Limits and what becomes of values beyond them, in the names of the vendor's sample (contract A.7). */
const limit = (title: string, description: string) =>
  textField({ title, description: `${description} Empty: no limit.`, default: '', maxLength: 60 });

export const thresholdFields = {
  minValue: limit('Lower Limit', 'Least valid value, in the unit of the input point.'),
  minValueInclude: switchField({
    title: 'Lower Limit Included',
    description: 'On: the lower limit is a valid value itself.',
    default: false,
  }),
  maxValue: limit('Upper Limit', 'Greatest valid value, in the unit of the input point.'),
  maxValueInclude: switchField({
    title: 'Upper Limit Included',
    description: 'On: the upper limit is a valid value itself.',
    default: false,
  }),
};

export interface ThresholdTerms {
  readonly minValue: string;
  readonly minValueInclude: boolean;
  readonly maxValue: string;
  readonly maxValueInclude: boolean;
}

/** The threshold as operators take it: `[0,12)`. */
export const thresholdText = ({ minValue, minValueInclude, maxValue, maxValueInclude }: ThresholdTerms): string =>
  `${minValueInclude ? '[' : '('}${minValue.trim()},${maxValue.trim()}${maxValueInclude ? ']' : ')'}`;

export const checkThreshold = (terms: ThresholdTerms, path: string): Issue[] => {
  const parsed = parseThreshold(thresholdText(terms));
  if (typeof parsed !== 'string') return [];
  const isAboutMin = typeof parseThreshold(`(${terms.minValue.trim()},)`) === 'string';
  return [formIssue(`${path}/${isAboutMin ? 'minValue' : 'maxValue'}`, parsed)];
};

/** `1` is what the vendor's sample has, in a form that knows nothing but Ignore; `2` is ours. */
export const exceptionPolicyField = choiceField(
  { '1': 'Ignore', '2': 'LastValue' },
  {
    title: 'Interpolation',
    description:
      'What becomes of intervals whose power is not valid. Ignore: they are not counted. LastValue: the power of the interval before counts.',
    default: '1',
  },
);

export const onlyIgnoreField = choiceField(
  { '1': 'Ignore' },
  { title: 'Interpolation', description: 'What becomes of values that are not valid: they are dropped.', default: '1' },
);
