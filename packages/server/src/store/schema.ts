import type { RunEvent } from '@penstock/model';
import { sql } from 'drizzle-orm';
import {
  bigint,
  bigserial,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core';

import { documentText } from './document-column.ts';

/**
 * The control plane's tables. Conventions:
 * - times are Unix milliseconds (`bigint`), taken from the injected clock, so that tests own time;
 * - resources are thousandths of a CU (`…_milli`), so that sums are exact;
 * - JSON that came from outside is kept as the text it came in (unknown fields and number spelling survive);
 * - nothing secret is kept in clear: what must be read back is sealed (AES-256-GCM; in documents by their column), the
 *   rest is hashed (SHA-256).
 */
const at = (name: string) => bigint(name, { mode: 'number' });

/** Facts about this database itself, for example which seal key its secrets were sealed with. */
export const storeFacts = pgTable('store_facts', { name: text('name').primaryKey(), value: text('value').notNull() });

export const organizations = pgTable('organizations', {
  orgId: text('org_id').primaryKey(),
  name: text('name').notNull(),
  createdAt: at('created_at').notNull(),
  /** Where its days begin, for templates that do not say. */
  timeZone: text('time_zone').notNull().default('UTC'),
});

export const accessKeys = pgTable(
  'access_keys',
  {
    accessKey: text('access_key').primaryKey(),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    /** Checking a signature needs the secret in clear, so it is sealed rather than hashed. */
    sealedSecret: text('sealed_secret').notNull(),
    /** What it may do in its organisation: `viewer`, `operator`, `designer` or `administrator`. */
    role: text('role').notNull().default('administrator'),
    /** Good for nothing from then on; null: for ever. */
    expiresAt: at('expires_at'),
    /** When a token was last asked for with it, or a call signed; to the minute. */
    lastUsedAt: at('last_used_at'),
    createdAt: at('created_at').notNull(),
  },
  (table) => [index('access_keys_by_org').on(table.orgId)],
);

/** At most one token per access key: asking again returns the same one while it is valid (contract B.2). */
export const accessTokens = pgTable(
  'access_tokens',
  {
    accessKey: text('access_key')
      .primaryKey()
      .references(() => accessKeys.accessKey, { onDelete: 'cascade' }),
    tokenHash: text('token_hash').notNull(),
    sealedToken: text('sealed_token').notNull(),
    expiresAt: at('expires_at').notNull(),
  },
  (table) => [uniqueIndex('access_tokens_by_hash').on(table.tokenHash)],
);

/** Encryptions of the token service that were accepted once (contract B.2, code 1001); pruned when too old to pass. */
export const usedEncryptions = pgTable(
  'used_encryptions',
  {
    accessKey: text('access_key')
      .notNull()
      .references(() => accessKeys.accessKey, { onDelete: 'cascade' }),
    encryption: text('encryption').notNull(),
    usedAt: at('used_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.accessKey, table.encryption] }),
    index('used_encryptions_by_time').on(table.usedAt),
  ],
);

/** Topics beside its own six that an organisation may read or write. */
export const topicGrants = pgTable(
  'topic_grants',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    /** A name, with `*` for any characters. */
    pattern: text('pattern').notNull(),
    mayRead: boolean('may_read').notNull(),
    mayWrite: boolean('may_write').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.pattern] })],
);

/** What an organisation may use. No row: the resource was never requested (61128). */
export const grants = pgTable(
  'grants',
  {
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId, { onDelete: 'cascade' }),
    /** `standalone`, `cluster-server` or `cluster-yarn`. */
    resource: text('resource').notNull(),
    cuMilli: bigint('cu_milli', { mode: 'number' }).notNull(),
    updatedAt: at('updated_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.orgId, table.resource] })],
);

/** The design copy of a pipeline, and where its lifecycle stands. The released copy is a row of `pipeline_versions`. */
export const pipelines = pgTable(
  'pipelines',
  {
    pipelineId: text('pipeline_id').primaryKey(),
    orgId: text('org_id')
      .notNull()
      .references(() => organizations.orgId),
    isSystem: boolean('is_system').notNull().default(false),

    name: text('name').notNull(),
    description: text('description').notNull(),
    /** Contract A.13. */
    templateType: integer('template_type').notNull(),
    /** JSON text: a string, or an object by language. */
    templateName: text('template_name'),
    /** `version` in the API: of the template or operator library. */
    templateVersion: text('template_version').notNull(),
    messageChannel: integer('message_channel').notNull(),
    alarmConfig: text('alarm_config'),
    /** JSON text as received; null until a document was saved. */
    document: documentText('document'),
    /** Counts up with each save. */
    revision: integer('revision').notNull().default(1),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** Who changed the design copy last: an access key, or `admin`; empty where that was before it was noted. */
    updatedBy: text('updated_by').notNull().default(''),
    /** Under which people look for it; none where null. */
    groupName: text('group_name'),
    labels: jsonb('labels').$type<readonly string[]>().notNull().default([]),
    /** What a search looks into, in small letters once and for all: folding 10,000 texts per search takes longer. */
    searchText: text('search_text')
      .notNull()
      .generatedAlwaysAs(sql`lower(name || chr(10) || description || chr(10) || pipeline_id)`),

    /** `pipeline_versions.number` of the online copy; null: never released. */
    releasedNumber: integer('released_number'),

    /** Observed lifecycle state (`PipelineState` of the model) and since when. */
    status: text('status').notNull(),
    statusSince: at('status_since').notNull(),
    reasonCode: text('reason_code'),
    reasonMessage: text('reason_message'),
    /** `run`, `pause`, `stop`; null before the first start. */
    desired: text('desired'),
    /** The run that is not over, or the last one. */
    currentRunId: text('current_run_id'),

    /** As of the last start. */
    executionMode: integer('execution_mode'),
    kafkaRate: integer('kafka_rate'),
    /** JSON text of the model's `ResourceConfig`. */
    resourceConfig: text('resource_config'),

    /** Whether operator state and offsets may exist in Kafka: true from the first start until a stop cleared them. */
    keepsState: boolean('keeps_state').notNull().default(false),
    /** Partitions of the source topic that the kept state belongs to; of the widest where there are several. */
    sourcePartitions: integer('source_partitions'),
  },
  (table) => [
    index('pipelines_by_org').on(table.orgId, table.updatedAt, table.pipelineId),
    index('pipelines_by_name').on(table.orgId, table.name, table.pipelineId),
    index('pipelines_by_status').on(table.status),
  ],
);

/** Released copies, numbered from 1 per pipeline; never changed. */
export const pipelineVersions = pgTable(
  'pipeline_versions',
  {
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    name: text('name').notNull(),
    description: text('description').notNull(),
    templateType: integer('template_type').notNull(),
    templateName: text('template_name'),
    templateVersion: text('template_version').notNull(),
    messageChannel: integer('message_channel').notNull(),
    document: documentText('document').notNull(),
    /** Of a template: the document of stages that its form was compiled to, which is what runs; null: `document` is. */
    compiled: text('compiled'),
    releasedAt: at('released_at').notNull(),
    /** Who released it: an access key, or `admin`. */
    releasedBy: text('released_by').notNull(),
    /** What whoever released it had to say of it. */
    note: text('note'),
    /** Alarm settings as of the release, in the form of the EnOS API. */
    alarmConfig: text('alarm_config'),
  },
  (table) => [primaryKey({ columns: [table.pipelineId, table.number] })],
);

/**
 * One row per start. Open while `ended_at` is null: then it may have a worker, holds its reserved resources, and
 * belongs to the service instance with the lease. A row with desired `stop` and no worker has only its clearing left.
 */
export const runs = pgTable(
  'runs',
  {
    runId: text('run_id').primaryKey(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    orgId: text('org_id').notNull(),
    /** `pipeline_versions.number` that runs. */
    versionNumber: integer('version_number').notNull(),
    desired: text('desired').notNull(),
    executionMode: integer('execution_mode').notNull(),
    kafkaRate: integer('kafka_rate').notNull(),
    resourceConfig: text('resource_config').notNull(),
    standaloneMilli: bigint('standalone_milli', { mode: 'number' }).notNull().default(0),
    serverMilli: bigint('server_milli', { mode: 'number' }).notNull().default(0),
    yarnMilli: bigint('yarn_milli', { mode: 'number' }).notNull().default(0),

    /** Last worker phase seen (`WorkerPhase`), null before the first heartbeat. */
    phase: text('phase'),
    reasonCode: text('reason_code'),
    reasonMessage: text('reason_message'),
    /** Launches so far. */
    attempts: integer('attempts').notNull().default(0),
    /** Not to be launched again before. */
    nextAttemptAt: at('next_attempt_at'),
    /** SHA-256 (hex) of the token the worker of this run shows. */
    tokenHash: text('token_hash'),

    workerId: text('worker_id'),
    workerPid: integer('worker_pid'),
    workerHost: text('worker_host'),
    /** Start time of the process, to tell it from another one with the same pid. */
    workerStartedAt: at('worker_started_at'),
    /** Tag and application id in YARN. */
    launchTag: text('launch_tag'),
    applicationId: text('application_id'),
    /** JSON text of the launcher's own, whatever it needs to find its work again. */
    launcherState: text('launcher_state'),

    createdAt: at('created_at').notNull(),
    /** First time it was seen running. */
    runningAt: at('running_at'),
    /** When somebody asked for pause or stop. */
    desiredAt: at('desired_at').notNull(),
    endedAt: at('ended_at'),
    /** What its end made of the pipeline (`PipelineState`); null while it is open, and where that was before it was noted. */
    endedAs: text('ended_as'),
  },
  (table) => [
    index('runs_by_pipeline').on(table.pipelineId, table.createdAt),
    index('runs_open').on(table.endedAt),
    index('runs_by_org').on(table.orgId, table.endedAt),
  ],
);

/**
 * Which service instance looks after an open run, and until when unless it says so again. Apart from the run, since
 * it is written every few seconds: an update copies the row. Gone with the run's end.
 */
export const runLeases = pgTable('run_leases', {
  runId: text('run_id')
    .primaryKey()
    .references(() => runs.runId, { onDelete: 'cascade' }),
  owner: text('owner').notNull(),
  until: at('until').notNull(),
});

/** The last word of a run's worker; apart from the run for the same reason. Kept while the run is its pipeline's last. */
export const runReports = pgTable('run_reports', {
  runId: text('run_id')
    .primaryKey()
    .references(() => runs.runId, { onDelete: 'cascade' }),
  /** `Heartbeat` as JSON text, and when it came. */
  heartbeat: text('heartbeat').notNull(),
  heartbeatAt: at('heartbeat_at').notNull(),
  /** Events of the worker taken in since this minute (Unix ms), and those left out because they were too many. */
  eventsSince: at('events_since').notNull().default(0),
  eventsTaken: integer('events_taken').notNull().default(0),
  eventsLeftOut: integer('events_left_out').notNull().default(0),
});

/** What happened to a pipeline and its runs, for people. */
export const runEvents = pgTable(
  'run_events',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    runId: text('run_id'),
    at: at('at').notNull(),
    code: text('code').notNull(),
    message: text('message').notNull(),
    severity: text('severity').$type<RunEvent['severity']>().notNull(),
  },
  (table) => [index('run_events_by_pipeline').on(table.pipelineId, table.id)],
);

/** Time series sampled while a pipeline runs. Counters count from the start of the worker. Pruned by age. */
export const samples = pgTable(
  'samples',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    runId: text('run_id').notNull(),
    at: at('at').notNull(),
    /** The topics of the pipeline's sources, separated by commas. */
    topic: text('topic').notNull(),
    /** Sums over the partitions of the topics of all sources. */
    lag: bigint('lag', { mode: 'number' }).notNull(),
    offset: bigint('offset', { mode: 'number' }).notNull(),
    recordsIn: bigint('records_in', { mode: 'number' }).notNull(),
    recordsOut: bigint('records_out', { mode: 'number' }).notNull(),
    errors: bigint('errors', { mode: 'number' }).notNull(),
    /** Null where it was not noted. */
    dropped: bigint('dropped', { mode: 'number' }),
    /** Whose counters these are: another worker counts from 0 again. Null where it was not noted. */
    workerId: text('worker_id'),
    /** When that worker was first sampled: what it had counted before is of the time before that. */
    countedSince: at('counted_since'),
    rssMb: integer('rss_mb').notNull(),
    /** How far the event time of the source partition that is furthest behind lay behind; null where it is not known. */
    eventLagMs: bigint('event_lag_ms', { mode: 'number' }),
    /** Commits of all tasks, and time they took with sending output; null where it was not measured. */
    commits: bigint('commits', { mode: 'number' }),
    commitMs: bigint('commit_ms', { mode: 'number' }),
  },
  (table) => [index('samples_by_pipeline').on(table.pipelineId, table.at), index('samples_by_time').on(table.at)],
);

/**
 * Counters of all stages of a pipeline, cumulative like those of `samples`: one a minute, and one an hour of
 * those that are older than a day.
 */
export const stageSamples = pgTable(
  'stage_samples',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    pipelineId: text('pipeline_id')
      .notNull()
      .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
    runId: text('run_id').notNull(),
    at: at('at').notNull(),
    workerId: text('worker_id').notNull(),
    /** When that worker was first sampled; null where that was not noted. */
    countedSince: at('counted_since'),
    /** See `encodeStageCounters`. */
    counters: text('counters').notNull(),
  },
  (table) => [
    index('stage_samples_by_pipeline').on(table.pipelineId, table.at),
    index('stage_samples_by_time').on(table.at),
  ],
);

/** One start at a time per organisation (61121): held from the start call until the run is under way or failed, by a lease. */
export const startLocks = pgTable('start_locks', {
  orgId: text('org_id')
    .primaryKey()
    .references(() => organizations.orgId, { onDelete: 'cascade' }),
  runId: text('run_id').notNull(),
  /** Service instance that renews it. */
  owner: text('owner').notNull(),
  leaseUntil: at('lease_until').notNull(),
});

/**
 * Looks at records of running pipelines, at most one per pipeline. A row lives from the request until it is answered or
 * has expired: what was caught is people's data.
 */
export const snapshots = pgTable('snapshots', {
  pipelineId: text('pipeline_id')
    .primaryKey()
    .references(() => pipelines.pipelineId, { onDelete: 'cascade' }),
  snapshotId: text('snapshot_id').notNull(),
  runId: text('run_id').notNull(),
  /** JSON text of the model's `SnapshotRequest`. */
  request: text('request').notNull(),
  /** Records of a complete answer. */
  wanted: integer('wanted').notNull(),
  /** Nobody waits for it from then on. */
  expiresAt: at('expires_at').notNull(),
  /** What was caught so far: JSON text of `SnapshotRecord`s, and how many there are. */
  result: text('result'),
  records: integer('records').notNull().default(0),
});

/** Who did what; append only. No foreign keys: it outlives what it speaks of. */
export const auditEntries = pgTable(
  'audit_entries',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: at('at').notNull(),
    orgId: text('org_id'),
    /** An access key, an e-mail address, or `admin`. */
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    target: text('target').notNull(),
    detail: text('detail'),
    /** Where the call came from; null where the service did it by itself, or before that was noted. */
    address: text('address'),
  },
  (table) => [index('audit_entries_by_org').on(table.orgId, table.id)],
);
