import { Type } from 'typebox';
import type { Beginning, Page } from '../../../topic-records/look-into-topic.ts';
import { sampleFieldsOf } from '../../../topic-records/record-fields.ts';
import type { TopicLooks } from '../../../topic-records/topic-looks.ts';
import type { Direction } from '../../../topic-records/walk-partition.ts';
import { fieldInvalid } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { closingOf } from '../../plugins/closing.ts';
import { decodeCursor, encodeCursor } from '../../plugins/cursor.ts';
import { bearer, nullable, orgParams, responses } from '../../plugins/schemas.ts';
import { sampleFieldSchema, shownRecord, standingSchema, topicRecordSchema } from './topic-record-schemas.ts';

export interface TopicRecordRouteDeps {
  readonly looks: TopicLooks;
}

const query = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 20, description: 'Records at most.' }),
  partition: Type.Optional(
    Type.Integer({ minimum: 0, description: 'Only this one. A topic of more than 64 needs it.' }),
  ),
  offset: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'From this offset of `partition` on, oldest first.',
    }),
  ),
  since: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Records that have this time (Unix ms) or a later one, oldest first.',
    }),
  ),
  // A place for each of 64 partitions.
  cursor: Type.Optional(Type.String({ maxLength: 4000, description: '`nextCursor` of the page before.' })),
});

const answer = Type.Object({
  items: Type.Array(topicRecordSchema),
  nextCursor: nullable(
    Type.String({ description: 'Where the next page begins; null where nothing is left in this direction.' }),
  ),
  fields: Type.Array(sampleFieldSchema, { description: 'What the values of these records are made of.' }),
  partitions: Type.Array(standingSchema, { description: 'Those that were looked at.' }),
  isCutShort: Type.Boolean({
    description:
      'Time, or what is read for one answer, was up: there may be records that belong before or among these.',
  }),
});

/** Looking at what lies in topics. */
export const registerTopicRecordRoutes = (app: ApiInstance, { looks }: TopicRecordRouteDeps): void => {
  void app.get(
    '/organizations/:orgId/topics/:topic/records',
    {
      config: { permission: 'data.read' },
      schema: {
        tags: ['Topics'],
        security: bearer,
        summary: 'Records of a topic that pipelines of the organisation may read: the newest, or from a place on',
        description:
          'Committed records only, no more than 1 MiB of them, looked for no longer than ten seconds. Without `offset` and `since` the newest come first. Over several partitions they are ordered by their times. Nothing is consumed: no position of any pipeline changes.',
        params: Type.Object({ ...orgParams.properties, topic: Type.String({ minLength: 1, maxLength: 249 }) }),
        querystring: query,
        response: responses({ 200: answer }, 503),
      },
    },
    async (request, reply) => {
      const { orgId, topic } = request.params;
      requireOrganizationAccess(request, orgId);
      const { partition, limit, ...place } = request.query;
      const from = beginningOf({ ...place, partition });
      const found = await looks.look(orgId, { topic, partition, from, limit }, closingOf(reply.raw));
      const shown = found.records.map(shownRecord);
      return {
        items: shown.map(({ view }) => view),
        nextCursor: found.next === undefined ? null : encodeCursor(cursorOf(found.next)),
        fields: sampleFieldsOf(shown.map(({ decoded }) => decoded)).map((field) => ({
          ...field,
          types: [...field.types],
        })),
        partitions: found.partitions.map((standing) => ({ ...standing })),
        isCutShort: found.isCutShort,
      };
    },
  );
};

interface Place {
  readonly partition?: number | undefined;
  readonly offset?: number | undefined;
  readonly since?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Errors: `FIELD_INVALID`, `CURSOR_INVALID`. A page goes on where its cursor says, whatever else is asked. */
const beginningOf = ({ partition, offset, since, cursor }: Place): Beginning => {
  if (offset !== undefined && since !== undefined) throw fieldInvalid('/since', 'Give "offset" or "since", not both.');
  if (offset !== undefined && partition === undefined)
    throw fieldInvalid('/partition', 'An offset is one of a partition: give "partition" as well.');
  const page = decodeCursor(cursor, parsePage);
  if (page !== undefined) return page;
  if (offset !== undefined) return { kind: 'offset', offset };
  return since === undefined ? { kind: 'newest' } : { kind: 'time', since };
};

const cursorOf = ({ direction, since, positions }: Page): readonly (string | number | null)[] => [
  direction,
  since ?? null,
  ...[...positions].flat(),
];

const parsePage = (value: unknown): Beginning | undefined => {
  if (!Array.isArray(value)) return undefined;
  const [direction, since, ...numbers] = value as readonly unknown[];
  if (!isDirection(direction) || !numbers.every(isPlace) || numbers.length % 2 !== 0) return undefined;
  if (since !== null && !isPlace(since)) return undefined;
  const pairs = numbers.flatMap((each, index) => (index % 2 === 0 ? [[each, numbers[index + 1] ?? 0] as const] : []));
  return { kind: 'page', direction, positions: new Map(pairs), since: since ?? undefined };
};

const isDirection = (value: unknown): value is Direction => value === 'older' || value === 'newer';
const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
