import Type, { type Static } from 'typebox';
import { choiceField, switchField, tableField, textField, wholeNumberField } from '../../shared/config/fields.ts';
import { inputPointColumn } from '../../shared/points/point-columns.ts';

const outputPointColumn = textField({
  title: 'Output Point',
  description: 'Point under which the record goes on, `modelId::pointId`; empty: the input point.',
  default: '',
  control: 'point',
});

export const config = Type.Object({
  enableCacheFields: switchField({
    title: 'Enable Cache Fields',
    description: 'Keeps answers, by URL and parameters, and does not ask again while they are good.',
    default: false,
    group: 'Basic',
  }),
  expireRule: wholeNumberField({
    title: 'ExpireRule',
    description: 'How long an answer is kept, in minutes; that there is nothing (404), 5 minutes at most.',
    default: 60,
    minimum: 1,
    maximum: 10_080,
    unit: 'minutes',
    group: 'Basic',
    dependsOn: { field: 'enableCacheFields', values: [true] },
  }),
  inputOutput: tableField(
    { inputPoint: inputPointColumn, outputPoint: outputPointColumn },
    { title: 'Input/Output', description: 'The points whose records make a request.', group: 'Input/Output' },
  ),
  method: choiceField(
    { Get: 'Get', Post: 'Post', Put: 'Put' },
    { title: 'Method', description: 'Of the request.', default: 'Get', group: 'Request' },
  ),
  url: textField({
    title: 'URL',
    description:
      'An http or https URL. `{key}` in its path stands for the parameter of that key with the position URL Path.',
    minLength: 1,
    maxLength: 2000,
    group: 'Request',
  }),
  parameters: tableField(
    {
      position: choiceField(
        { 'URL Path': 'URL Path', 'URL Query': 'URL Query', 'Request Body': 'Request Body', Header: 'Header' },
        {
          title: 'Position',
          description:
            'URL Path: in place of `{key}`, or behind the path. Request Body: a member of the JSON object that is sent.',
          default: 'URL Query',
        },
      ),
      key: textField({ title: 'Key', description: 'Name of the parameter.', minLength: 1, maxLength: 200 }),
      urlParamType: choiceField(
        { ByField: 'ByField', ByInput: 'ByInput' },
        {
          title: 'URLParam Type',
          description: 'ByField: the value is a field of the record. ByInput: it is what is written here.',
          default: 'ByInput',
        },
      ),
      value: textField({
        title: 'Value',
        description: 'A field path such as `/assetId` or `/attr/site/id`, or the value itself.',
        default: '',
        maxLength: 2000,
      }),
    },
    { title: 'Parameters', description: 'Parameters of the request.', minItems: 0, group: 'Request' },
  ),
  accessKey: textField({
    title: 'Access Key',
    description: 'For APIs of EnOS: the stage gets a token and signs its requests. Empty: requests go as they are.',
    default: '',
    maxLength: 200,
    group: 'Request',
  }),
  secretKey: textField({
    title: 'Secret Key',
    description: 'Belongs to the access key.',
    default: '',
    maxLength: 200,
    secret: true,
    group: 'Request',
  }),
  parallelNumberType: choiceField(
    { 'System Default': 'System Default (8)', 'User Defined': 'User Defined' },
    {
      title: 'Parallel Number',
      description: 'How many requests may be under way at the same time, for each thread of the pipeline.',
      default: 'System Default',
      group: 'QueryConfig',
    },
  ),
  parallelNumber: wholeNumberField({
    title: 'Number',
    description: 'Requests at the same time, where they are user defined.',
    default: 8,
    minimum: 1,
    maximum: 64,
    group: 'QueryConfig',
    dependsOn: { field: 'parallelNumberType', values: ['User Defined'] },
  }),
  enableRetry: switchField({
    title: 'Enable Retry',
    description: 'Makes a request again that failed in a way that may pass: no answer, 429, 500 and above.',
    default: true,
    group: 'QueryConfig',
  }),
  retryAttempts: wholeNumberField({
    title: 'Retry Attempts',
    description: 'Further attempts for one request.',
    default: 3,
    minimum: 1,
    maximum: 10,
    group: 'QueryConfig',
    dependsOn: { field: 'enableRetry', values: [true] },
  }),
  timeoutMs: wholeNumberField({
    title: 'Timeout',
    description: 'For one attempt, in ms.',
    default: 10_000,
    minimum: 100,
    maximum: 60_000,
    unit: 'ms',
    group: 'QueryConfig',
    advanced: true,
  }),
});

export type HttpConfig = Static<typeof config>;
export type HttpParameter = HttpConfig['parameters'][number];
