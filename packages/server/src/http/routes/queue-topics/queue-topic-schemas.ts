import { Type } from 'typebox';
import type { Stored } from '../../../queue-topics/measure-topics.ts';
import type { QueueTopicView } from '../../../queue-topics/queue-topic.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { nullable, text, time } from '../../plugins/schemas.ts';

const whole = (description: string) => Type.Integer({ description });

export const sizeFields = {
  description: Type.String({ maxLength: 1000 }),
  partitions: whole('More can be added later, none taken away.'),
  retentionHours: whole('Older records are deleted.'),
  maxBytes: whole('Of all partitions together, of one replica: beyond it the oldest records are deleted.'),
};

export const queueTopicSchema = nameSchema(
  'QueueTopic',
  Type.Object({
    topic: text('Name in Kafka'),
    ...sizeFields,
    state: Type.Unsafe<QueueTopicView['state']>({
      type: 'string',
      enum: ['creating', 'ready', 'changing', 'deleting'],
      description: 'Where it is not `ready`, Kafka has not answered: the same call once more goes on.',
    }),
    cu: Type.Number({ description: 'What it would take of Message Queue by itself, in CU.' }),
    kafka: Type.Unsafe<'present' | 'missing' | 'unknown'>({
      type: 'string',
      enum: ['present', 'missing', 'unknown'],
      description: 'Whether Kafka has it; `unknown` where Kafka does not answer.',
    }),
    stored: nullable(
      nameSchema(
        'QueueTopicStored',
        Type.Object(
          {
            bytes: nullable(whole('On one replica; null where Kafka does not let the service see it.')),
            offsets: whole('From the first offset that is left to the end: a few more than records.'),
          },
          { description: 'What lies in it now; null where that is not known.' },
        ),
      ),
    ),
    createdAt: time('Made'),
    createdBy: Type.String(),
    updatedAt: time('Last changed'),
    updatedBy: Type.String(),
  }),
);

/** A topic with what was found in Kafka, as the API shows it. */
export const shownTopic = (view: QueueTopicView, stored: Stored) => ({
  ...view,
  kafka: stored === null ? ('unknown' as const) : stored === 'missing' ? ('missing' as const) : ('present' as const),
  stored: stored === 'missing' ? null : stored,
});
