import { Type } from 'typebox';
import type { JsonObject } from '../json.ts';
import type { Message } from './message.ts';

/**
 * What a worker, or in Cluster Mode the Spark driver and the workers of its executors, is started with. Written to a
 * file only its owner can read, since it holds credentials. The Java side is `RunSpec` of `cluster/spark-driver`, which
 * reads what a driver needs of it.
 */

/** A document as it is kept: `{ pipelineConfig, … }` or `pipelineConfig` alone. */
const document = Type.Unsafe<JsonObject>({ type: 'object' });
const text = Type.String({ minLength: 1 });

/** Contract A.13: 0 real-time channel, 1 offline channel. */
export const messageChannelSchema = Type.Union([Type.Literal(0), Type.Literal(1)]);

/** Topics beside its own that an organisation may use. */
export const topicGrantSchema = Type.Object({
  pattern: Type.String({
    minLength: 1,
    maxLength: 249,
    description: 'A topic name, with * for any characters; * in front means no name that begins with _.',
  }),
  read: Type.Boolean(),
  write: Type.Boolean(),
});
export type TopicGrant = Message<typeof topicGrantSchema>;

/** A connection of an organisation, as documents name it. */
export const namedConnectionSchema = Type.Object({ name: text, kind: text });
export type NamedConnection = Message<typeof namedConnectionSchema>;

/** A connection with all it takes to open it. Its secrets are in clear. */
export const resolvedConnectionSchema = Type.Object({
  ...namedConnectionSchema.properties,
  /** As its kind has them. */
  settings: Type.Unsafe<JsonObject>({ type: 'object' }),
  secrets: Type.Unsafe<Readonly<Record<string, string>>>({
    type: 'object',
    additionalProperties: { type: 'string' },
  }),
});
export type ResolvedConnection = Message<typeof resolvedConnectionSchema>;

/** A library of operators of an organisation's own, as it was installed: whole, since it is small and never changes. */
export const ownLibrarySchema = Type.Object({
  /** Its name and version, by which documents name it: `acme-filters@1.2.0`. */
  library: text,
  /** SHA-256 of what it holds, in hex: what is made of it is made once. */
  hash: text,
  /** The package, checked when it was installed. */
  package: Type.Unsafe<JsonObject>({ type: 'object' }),
});
export type OwnLibrary = Message<typeof ownLibrarySchema>;

/** What operators may know about the pipeline they are part of. */
export const pipelineFactsSchema = Type.Object({
  pipelineId: text,
  orgId: text,
  messageChannel: messageChannelSchema,
  /** As of the launch; absent: nobody asks. */
  topicGrants: Type.Optional(Type.Array(topicGrantSchema)),
  /** As of the launch; absent: nobody asks. */
  connections: Type.Optional(Type.Array(namedConnectionSchema)),
  /** Libraries of the organisation's own that the document names; absent: none. */
  ownLibraries: Type.Optional(Type.Array(ownLibrarySchema)),
});
export type PipelineFacts = Message<typeof pipelineFactsSchema>;

/** How to reach Kafka. `sasl` and `tls` follow the environment settings `KAFKA_SASL_*` and `KAFKA_TLS_*`. */
export const kafkaSettingsSchema = Type.Object({
  /** `host:port`, comma separated. */
  bootstrapServers: text,
  sasl: Type.Optional(
    Type.Object({
      mechanism: Type.Union([Type.Literal('PLAIN'), Type.Literal('SCRAM-SHA-256'), Type.Literal('SCRAM-SHA-512')]),
      username: Type.String(),
      password: Type.String(),
    }),
  ),
  /** PEM texts. `rejectUnauthorized` absent means true. */
  tls: Type.Optional(
    Type.Object({
      ca: Type.Optional(Type.String()),
      cert: Type.Optional(Type.String()),
      key: Type.Optional(Type.String()),
      rejectUnauthorized: Type.Optional(Type.Boolean()),
    }),
  ),
});
export type KafkaSettings = Message<typeof kafkaSettingsSchema>;

/** Which addresses operators may reach that users name. */
export const outboundSettingsSchema = Type.Object({
  networks: Type.Array(Type.String({ maxLength: 100 }), {
    maxItems: 1000,
    description: 'CIDR: networks that are allowed although they are private. Public addresses always are.',
  }),
});
export type OutboundSettings = Message<typeof outboundSettingsSchema>;

/** What Cluster Mode adds to a run. */
export const clusterRunSchema = Type.Object({
  /** The tag by which YARN's application is found. */
  tag: text,
  /** Spark executors, each with one worker of `RunSpec.threads` task threads. */
  executors: Type.Integer({ minimum: 1 }),
});

/** A version of a document that ran before. */
export const previousRunSchema = Type.Object({ document, messageChannel: messageChannelSchema });

export const runSpecSchema = Type.Object({
  /** `PROTOCOL_VERSION` of the service that wrote it. */
  protocol: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Names the launch; the worker repeats it in its heartbeats. */
  launchId: Type.Optional(text),
  runId: text,
  ...pipelineFactsSchema.properties,
  /** The released document. */
  document,
  /**
   * The pipeline has run before and was not stopped since: it has had positions, whatever Kafka says. Absent where it
   * is a first start, or nobody knows.
   */
  isContinued: Type.Optional(Type.Boolean()),
  /** What ran last, and wrote what the pipeline keeps in Kafka, where it was another version of the document. */
  previous: Type.Optional(previousRunSchema),
  kafka: kafkaSettingsSchema,
  /** Absent: public addresses alone. */
  outbound: Type.Optional(outboundSettingsSchema),
  /** The connections that stages of the document name. */
  connectionValues: Type.Optional(Type.Array(resolvedConnectionSchema)),
  /** Worker threads that run tasks. */
  threads: Type.Integer({ minimum: 1 }),
  /** Resident memory the worker may use, in MiB (1 CU = 2048). */
  memoryMb: Type.Integer({ minimum: 1 }),
  /** Records per second read from the topics of all sources, over all partitions and threads. */
  kafkaRate: Type.Integer({ minimum: 1 }),
  control: Type.Object({
    /**
     * File with the addresses of the service (see `endpointsText`), read again when none of the known ones answers. A
     * path in Standalone Mode; in Cluster Mode a URI that Hadoop's file systems understand.
     */
    endpointsFile: text,
    token: text,
    /** Addresses known at the launch. */
    urls: Type.Optional(Type.Array(Type.String())),
  }),
  /** In Cluster Mode only. `threads` and `memoryMb` are then those of the worker in each executor. */
  cluster: Type.Optional(clusterRunSchema),
});
export type RunSpec = Message<typeof runSpecSchema>;
