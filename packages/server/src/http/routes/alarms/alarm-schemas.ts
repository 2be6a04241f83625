import { PipelineState } from '@penstock/model';
import { type TNumber, type TRecord, type TString, type TUnion, Type } from 'typebox';
import { ENDINGS, type Ending } from '../../../alarms/history/keep-incident.ts';
import { INCIDENT_KINDS, type IncidentKind } from '../../../alarms/history/list-incidents.ts';
import { RANKINGS, type Ranking } from '../../../alarms/history/rank-alarms.ts';
import { DELIVERY_STATES, type DeliveryState } from '../../../alarms/manage/deliveries.ts';
import { ALARM_STATES, type AlarmStateName } from '../../../alarms/rules/alarm-state.ts';
import { ALARM_LIMITS, ALARM_RULES, type AlarmRule } from '../../../alarms/settings/alarm-settings.ts';
import { LANGUAGES, type Language } from '../../../alarms/texts/notice.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { issueSchema } from '../../plugins/problem.ts';
import { nullable, text, time } from '../../plugins/schemas.ts';

const oneOf = <T extends string>(words: readonly T[], description: string) =>
  Type.Unsafe<T>({ type: 'string', enum: [...words], description });

export const kindSchema = oneOf(['email', 'webhook'] as const, 'How it is told.');
export const languageSchema = oneOf<Language>(LANGUAGES, 'Of the texts it gets.');
export const alarmStateSchema = oneOf<AlarmStateName>(ALARM_STATES, 'Where the alarm stands.');
export const deliveryStateSchema = oneOf<DeliveryState>(DELIVERY_STATES, 'How far it is.');
export const ruleSchema = oneOf<AlarmRule>(ALARM_RULES, 'What is watched.');

const receiverFields = {
  receiverId: text('Its id; what alarm settings name'),
  name: Type.String(),
  kind: kindSchema,
  address: text('E-mail address; of a webhook where it goes, without path and query: they may be secret'),
  language: languageSchema,
  createdAt: time('Made'),
  testedAt: nullable(time('Last tested')),
};
export const receiverSchema = nameSchema('AlarmReceiver', Type.Object(receiverFields));
export const receiverWithSecretSchema = nameSchema(
  'AlarmReceiverWithSecret',
  Type.Object({
    ...receiverFields,
    secret: nullable(text('What deliveries are signed with (Standard Webhooks); told this once. Null: no new one.')),
    canSend: Type.Boolean({ description: 'False: mails cannot be sent, no SMTP server is configured.' }),
  }),
);
export const testOutcomeSchema = nameSchema(
  'AlarmTestOutcome',
  Type.Object({
    delivered: Type.Boolean(),
    code: nullable(text('Why not')),
    message: nullable(text('Why not, for people')),
  }),
);

const forMinutes = Type.Integer({
  minimum: 0,
  maximum: ALARM_LIMITS.minutes,
  description: 'How long before it is told',
});
const settingsFields = {
  receivers: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { maxItems: ALARM_LIMITS.receivers }),
  status: Type.Optional(
    Type.Object(
      { states: Type.Array(Type.Enum(PipelineState, { type: 'string' }), { minItems: 1, maxItems: 10 }), forMinutes },
      { additionalProperties: false },
    ),
  ),
  lag: Type.Optional(
    Type.Object(
      {
        threshold: Type.Integer({ minimum: 0, maximum: ALARM_LIMITS.threshold, description: 'Records' }),
        forMinutes,
      },
      { additionalProperties: false },
    ),
  ),
  progress: Type.Optional(Type.Object({ forMinutes }, { additionalProperties: false })),
};
/** As a change gives them: what is absent is not watched. Bodies are checked without names. */
export const alarmSettingsBody = Type.Object(settingsFields, { additionalProperties: false });
const alarmSettingsSchema = nameSchema('AlarmSettings', alarmSettingsBody);
export const pipelineSettingsSchema = nameSchema(
  'PipelineAlarmSettings',
  Type.Object({
    settings: alarmSettingsSchema,
    issues: Type.Array(issueSchema, { description: 'What of the stored settings does nothing, and why.' }),
  }),
);

/** Written out: what TypeBox says of records is too much for Biome. */
const factsSchema: TRecord<string, TUnion<[TString, TNumber]>> = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number()]),
  { description: 'What was seen when the state last changed.' },
);
const acknowledgementSchema = nullable(
  Type.Object({ at: time('When'), by: text('Who'), note: text('What they had to say') }),
);
export const alarmSchema = nameSchema(
  'Alarm',
  Type.Object({
    pipelineId: Type.String(),
    pipelineName: Type.String(),
    rule: ruleSchema,
    state: alarmStateSchema,
    since: time('In this state since'),
    isOpen: Type.Boolean({ description: 'People were told of it, and not yet that it is over.' }),
    incidentId: text('The same in all that is told of it'),
    facts: factsSchema,
    changesAt: nullable(time('Pending: when it is raised; recovering: when it is over; if things stay as they are')),
    unacknowledgedSince: nullable(time('Raised, and nobody has said since that they know; it may be over')),
    acknowledged: acknowledgementSchema,
    shelved: nullable(
      Type.Object({
        until: time('Nobody is told before'),
        at: time('Shelved'),
        by: text('Who'),
        note: text('What they had to say'),
      }),
    ),
  }),
);
const known = Type.Object({ unacknowledged: Type.Integer(), acknowledged: Type.Integer() });
export const alarmCountsSchema = nameSchema(
  'AlarmCounts',
  Type.Object({
    open: { ...known, description: 'Raised and not over.' },
    over: { ...known, description: 'Over, or never begun.' },
    pending: Type.Integer(),
    noData: Type.Integer(),
    shelved: Type.Integer(),
  }),
);
export const incidentSchema = nameSchema(
  'AlarmIncident',
  Type.Object({
    incidentId: text('The same in all that is told of it'),
    pipelineId: Type.String(),
    pipelineName: Type.String(),
    rule: ruleSchema,
    kind: oneOf<IncidentKind>(INCIDENT_KINDS, 'What it was: `no-data` where nothing else was known.'),
    raisedAt: time('Raised'),
    endedAt: nullable(time('Over; null while it lasts')),
    ending: nullable(
      oneOf<Ending>(ENDINGS, 'All is well, the pipeline is not meant to run, or the alarm is watched no longer.'),
    ),
    facts: factsSchema,
    acknowledged: acknowledgementSchema,
  }),
);
export const rankedAlarmSchema = nameSchema(
  'RankedAlarm',
  Type.Object({
    pipelineId: Type.String(),
    pipelineName: Type.String(),
    rule: ruleSchema,
    count: Type.Integer({ description: 'Times it was raised in the span.' }),
    openMs: Type.Integer({ description: 'Milliseconds of the span in which it was open.' }),
    lastRaisedAt: time('Raised last'),
    isChattering: Type.Boolean({ description: 'Raised three times within an hour.' }),
  }),
);
export const rankingSchema = oneOf<Ranking>(RANKINGS, 'By how often they were raised, or by how long they were open.');
export const responseNote = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$',
  description: 'Why, for those who read later.',
});
export const deliverySchema = nameSchema(
  'AlarmDelivery',
  Type.Object({
    deliveryId: text('Message-ID of the mail, webhook-id of the webhook'),
    receiverId: Type.String(),
    receiverName: Type.String(),
    pipelineId: nullable(text('Null where it is of a resource of the organisation')),
    kind: text('`raised`, `no-data`, `recovered` or `ended`'),
    rule: nullable(Type.String()),
    incidentId: Type.String(),
    subject: Type.String(),
    state: deliveryStateSchema,
    attempts: Type.Integer(),
    createdAt: time('Decided'),
    nextAttemptAt: nullable(time('Tried again; null once it is settled')),
    settledAt: nullable(time('Arrived, or failed for good')),
    lastError: nullable(text('Code of what the last attempt failed of')),
  }),
);
