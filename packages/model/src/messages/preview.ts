import { type TRecord, Type } from 'typebox';
import type { JsonObject, JsonValue } from '../json.ts';
import { releaseForecastSchema } from '../release-forecast.ts';
import { issueSchema } from './issue.ts';
import type { Draft, Message } from './message.ts';
import {
  kafkaSettingsSchema,
  outboundSettingsSchema,
  pipelineFactsSchema,
  previousRunSchema,
} from './run-specification.ts';

/** What the service and a preview process say to each other, each as one JSON text on standard input and output. */

const object = Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true });
const value = Type.Unsafe<JsonValue>({});

/** Which records to take from the source topic, without committing anything. */
export const liveRecordsSchema = Type.Object({
  maxRecords: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  /** `latest`: the newest records there are. `earliest`: the oldest. */
  from: Type.Optional(Type.Union([Type.Literal('latest'), Type.Literal('earliest')])),
  /** How long to wait for records where there are none yet. */
  timeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 20_000 })),
});
export type LiveRecords = Message<typeof liveRecordsSchema>;

/** Records that are given. */
export const givenRecordsSchema = Type.Array(object, { maxItems: 1000 });

const bySource: TRecord<string, typeof givenRecordsSchema> = Type.Record(Type.String(), givenRecordsSchema, {
  maxProperties: 20,
});

/** The same for each of several data sources. */
export const recordsBySourceSchema = Type.Unsafe<Readonly<Record<string, readonly JsonObject[]>>>({
  ...bySource,
  description: 'In place of records: those of each data source, by its instance name. Sources left out have none.',
});

/** Messages that are given, as they would come out of Kafka. */
export const givenMessagesSchema = Type.Array(Type.Union([Type.String(), Type.Null()]), {
  maxItems: 1000,
  description: 'In place of records: messages as texts, also such as are no records; null is a tombstone.',
});

const messagesBySource: TRecord<string, typeof givenMessagesSchema> = Type.Record(Type.String(), givenMessagesSchema, {
  maxProperties: 20,
});

/** The same for each of several data sources. */
export const messagesBySourceSchema = Type.Unsafe<Readonly<Record<string, readonly (string | null)[]>>>({
  ...messagesBySource,
  description: 'In place of messages: those of each data source, by its instance name. Sources left out have none.',
});

export const previewRequestSchema = Type.Object({
  document: object,
  facts: pipelineFactsSchema,
  kafka: Type.Optional(kafkaSettingsSchema),
  /** Absent: public addresses alone. */
  outbound: Type.Optional(outboundSettingsSchema),
  /** Records to run, as the first source's. Without them, and without `live`, an inline source gives its own. */
  records: Type.Optional(givenRecordsSchema),
  /** Records of each source, instead of those of the first. Sources left out have none. */
  recordsBySource: Type.Optional(recordsBySourceSchema),
  /** Messages to run, instead of records. */
  messages: Type.Optional(givenMessagesSchema),
  /** Messages of each source, instead of those of the first. Sources left out have none. */
  messagesBySource: Type.Optional(messagesBySourceSchema),
  live: Type.Optional(liveRecordsSchema),
  /** Records of the reply are JSON texts, in which every number has all of its digits. */
  asText: Type.Optional(Type.Boolean()),
  /**
   * In place of all of it: the cases of the package of an operator library, which was checked before. What is not as
   * they say are the issues of the reply.
   */
  library: Type.Optional(object),
  /** In place of records: what a start of the document would make of what the pipeline keeps in Kafka. */
  forecast: Type.Optional(
    Type.Object({
      isContinued: Type.Optional(Type.Boolean()),
      previous: Type.Optional(previousRunSchema),
    }),
  ),
});
export type PreviewRequest = Message<typeof previewRequestSchema>;

/**
 * What one stage did with the records of a preview. Records are JSON values as they were at that moment, or the texts
 * of such (`asText`).
 */
export const stagePreviewSchema = Type.Object({
  instanceName: Type.String(),
  label: Type.String(),
  input: Type.Array(value),
  output: Type.Array(value),
  dropped: Type.Array(Type.Object({ record: value, reason: Type.String() })),
  errors: Type.Array(Type.Object({ record: value, code: Type.String(), message: Type.String() })),
});
/** A preview is made by adding to them. */
export type StagePreview = Draft<typeof stagePreviewSchema>;

export const previewReplySchema = Type.Object({
  issues: Type.Array(issueSchema),
  /** Absent where the document does not compile. */
  stages: Type.Optional(Type.Array(stagePreviewSchema)),
  /** Where it was asked for. */
  forecast: Type.Optional(releaseForecastSchema),
  /** Why there is no preview although the document is fine (Kafka not reachable, topic unknown, a stage that would stop the pipeline). */
  failure: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
});
export type PreviewReply = Message<typeof previewReplySchema>;
