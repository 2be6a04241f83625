import type { Issue } from '@penstock/model';
import { parseDetailInterval } from '../../library/energy-integrator/energy-row.ts';
import { switchField, textField } from '../../shared/config/fields.ts';
import { formIssue } from '../forms/form-issue.ts';
import {
  checkPolicyPoints,
  formModelField,
  type Modelled,
  pointField,
  policyModelField,
} from '../forms/policy-points.ts';
import { checkTimeZone, timeZoneField } from '../forms/time-zone.ts';

/** What the three energy templates have in common (contract F.3), in the names of the vendor's sample (contract A.7). */
export const energyFormFields = {
  timeZone: timeZoneField,
  modelId: formModelField,
  piDetail: switchField({
    title: 'Output by Fixed Interval',
    description: 'On: beside the total of the day, the energy of each interval of it goes out.',
    default: false,
  }),
};

export const inputFields = (input: string) => ({
  modelId: policyModelField,
  inputPointId: pointField('Input Point', input),
});

export const outputFields = {
  outputPointId: pointField('Daily Output', 'Under which the total of the day goes on; of PI type.'),
  detailOutputPointId: pointField(
    'Detailed Output',
    'Under which the energy of each interval goes on, where output by fixed interval is on; of PI type.',
    true,
  ),
  piDetailWindowSize: textField({
    title: 'Detailed Output Interval',
    description:
      'Length of these intervals: a whole number and `s`, `m`, `h` or `d`, such as `5m`; at most a day. They begin with the day.',
    default: '5m',
    maxLength: 20,
  }),
};

export interface EnergyPolicy extends Modelled {
  readonly inputPointId: string;
  readonly outputPointId: string;
  readonly detailOutputPointId: string;
  readonly piDetailWindowSize: string;
}

export interface EnergyForm<P extends EnergyPolicy = EnergyPolicy> extends Modelled {
  readonly timeZone: string;
  readonly piDetail: boolean;
  readonly points: readonly P[];
}

/** Names of the fields that hold the points a policy puts out; the detailed one where it is switched on. */
export const outputsOf = ({ piDetail }: Pick<EnergyForm, 'piDetail'>) =>
  piDetail ? (['outputPointId', 'detailOutputPointId'] as const) : (['outputPointId'] as const);

/** What is wrong with the parts of the form that all have; `checkLimits`: of one policy, with its pointer. */
export const checkEnergyForm = <P extends EnergyPolicy>(
  form: EnergyForm<P>,
  checkLimits: (policy: P, path: string) => Issue[],
): Issue[] => [
  ...checkTimeZone(form),
  ...form.points.flatMap((policy, index) => [
    ...checkLimits(policy, `/points/${index}`),
    ...(form.piDetail ? checkDetail(policy, `/points/${index}`) : []),
  ]),
  ...checkPolicyPoints(
    form.points.map((policy, index) => ({
      policy,
      inputs: [{ path: `/points/${index}/inputPointId`, text: policy.inputPointId }],
      outputs: outputsOf(form)
        .filter((field) => policy[field].trim() !== '')
        .map((field) => ({ path: `/points/${index}/${field}`, text: policy[field] })),
    })),
    form,
  ),
];

const checkDetail = (policy: EnergyPolicy, path: string): Issue[] => {
  const interval = parseDetailInterval(policy.piDetailWindowSize);
  return [
    ...(policy.detailOutputPointId.trim() === ''
      ? [
          formIssue(
            `${path}/detailOutputPointId`,
            'Output by fixed interval is on, and there is no point for it. Name one, or switch it off.',
          ),
        ]
      : []),
    ...(typeof interval === 'string' ? [formIssue(`${path}/piDetailWindowSize`, interval)] : []),
  ];
};
