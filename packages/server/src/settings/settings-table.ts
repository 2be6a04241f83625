import { Type } from 'typebox';
import { anyText, flag, type SettingDefinition, text, whole } from './setting-definition.ts';
import { SIGN_IN_SETTINGS } from './sign-in/sign-in-table.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const pem = { schema: text(), expects: 'a PEM text, or the path of a PEM file' };
/** IPv6 addresses stand in brackets; blanks and a comma at the end do no harm. */
const SERVER = '\\s*(\\[[0-9a-fA-F:.%a-z]+\\]|[^\\s,:\\[\\]]+):\\d{1,5}\\s*';
const SERVERS_PATTERN = `^${SERVER}(,${SERVER})*,?\\s*$`;
/** IPv4 or IPv6 addresses, with or without the length of a prefix. */
const ADDRESS = '[0-9a-fA-F]*[.:][0-9a-fA-F.:]*(/\\d{1,3})?';
const PROXY_PATTERN = `^${ADDRESS}(\\s*,\\s*${ADDRESS})*$`;
const URL_PATTERN = '^https?://[^\\s]+$';

/** Every setting there is: environment, file, check, default and documentation come from this table alone. */
export const SETTINGS = {
  host: { env: 'PENSTOCK_HOST', key: 'host', ...anyText, fallback: '127.0.0.1', about: 'Address to listen on.' },
  port: {
    env: 'PENSTOCK_PORT',
    key: 'port',
    ...whole(0, 65_535),
    fallback: 8080,
    about: 'Port to listen on; 0 takes a free one.',
  },
  data: {
    env: 'PENSTOCK_DATA',
    key: 'data',
    ...anyText,
    fallback: '.penstock',
    about: 'Data folder: keys, tokens, worker files, the embedded database.',
  },
  programs: {
    env: 'PENSTOCK_PROGRAMS',
    key: 'programs',
    ...anyText,
    about:
      'Folder for the bundled program of workers, by default `programs` in the data folder. Services of one machine may share it. Whoever can write there decides what workers run.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    key: 'databaseUrl',
    schema: text('^postgres(ql)?://[^\\s]+$'),
    expects: 'a URL like postgres://user:password@host:5432/database',
    about: 'PostgreSQL instead of the embedded database; needed for several instances.',
  },
  databaseTimeoutMs: {
    env: 'PENSTOCK_DATABASE_TIMEOUT_MS',
    key: 'databaseTimeoutMs',
    ...whole(1000, 600_000),
    fallback: 15_000,
    about: 'A statement or connection of PostgreSQL without an answer for this long is given up.',
  },
  kafkaServers: {
    env: 'KAFKA_BOOTSTRAP_SERVERS',
    key: 'kafka.bootstrapServers',
    schema: text(SERVERS_PATTERN),
    expects: 'host:port, comma separated',
    about: 'An existing Kafka instead of a local one.',
  },
  saslMechanism: {
    env: 'KAFKA_SASL_MECHANISM',
    key: 'kafka.sasl.mechanism',
    schema: Type.Union([Type.Literal('PLAIN'), Type.Literal('SCRAM-SHA-256'), Type.Literal('SCRAM-SHA-512')]),
    expects: 'PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512',
    about: 'How to authenticate at Kafka; with username and password.',
  },
  saslUsername: { env: 'KAFKA_SASL_USERNAME', key: 'kafka.sasl.username', ...anyText, about: 'User at Kafka.' },
  saslPassword: { env: 'KAFKA_SASL_PASSWORD', key: 'kafka.sasl.password', ...anyText, about: 'Password at Kafka.' },
  tlsEnabled: {
    env: 'KAFKA_TLS_ENABLED',
    key: 'kafka.tls.enabled',
    ...flag,
    about: 'TLS to Kafka; also on when one of the following is given.',
  },
  tlsCa: { env: 'KAFKA_TLS_CA', key: 'kafka.tls.ca', ...pem, about: 'Certificate authority of the brokers.' },
  tlsCert: { env: 'KAFKA_TLS_CERT', key: 'kafka.tls.cert', ...pem, about: 'Client certificate.' },
  tlsKey: { env: 'KAFKA_TLS_KEY', key: 'kafka.tls.key', ...pem, about: 'Key of the client certificate.' },
  tlsRejectUnauthorized: {
    env: 'KAFKA_TLS_REJECT_UNAUTHORIZED',
    key: 'kafka.tls.rejectUnauthorized',
    ...flag,
    about: 'False accepts any certificate: for trials only.',
  },
  hadoopConfDir: {
    env: 'HADOOP_CONF_DIR',
    key: 'cluster.hadoopConfDir',
    ...anyText,
    about:
      'Folder with core-site.xml and yarn-site.xml of a Hadoop YARN cluster. Cluster Mode needs this and the next two.',
  },
  sparkJars: {
    env: 'PENSTOCK_SPARK_JARS',
    key: 'cluster.sparkJars',
    ...anyText,
    about: 'Folder with the jars of Spark, spark-yarn, spark-streaming and spark-streaming-kafka-0-10 among them.',
  },
  sparkDriverJar: {
    env: 'PENSTOCK_SPARK_DRIVER_JAR',
    key: 'cluster.driverJar',
    ...anyText,
    about: 'The jar of the Spark driver (penstock-spark-driver.jar); by default the one of the installed package.',
  },
  sparkOnNodes: {
    env: 'PENSTOCK_SPARK_ON_NODES',
    key: 'cluster.sparkOnNodes',
    ...flag,
    fallback: false,
    about:
      'True where the folder with the jars of Spark has the same path on every node of the cluster. Otherwise they are uploaded once.',
  },
  yarnQueue: {
    env: 'PENSTOCK_YARN_QUEUE',
    key: 'cluster.queue',
    schema: text('^[A-Za-z0-9_.-]{1,200}$'),
    expects: 'the name of a queue, such as default or root.streams',
    about: 'Queue that applications are submitted to. Default: that of the cluster.',
  },
  stagingDir: {
    env: 'PENSTOCK_STAGING_DIR',
    key: 'cluster.stagingDir',
    schema: text('^[a-z][a-z0-9+.-]*:/[^\\s#?*]*[^\\s#?*/]/*$'),
    expects: 'a URI such as hdfs://namenode:8020/user/penstock, without blanks',
    about:
      'Folder, of a file system that all nodes reach, for what travels to the cluster. Default: /user/{user}/penstock of fs.defaultFS; the folder staging in the data folder where that is file:///.',
  },
  kerberosPrincipal: {
    env: 'PENSTOCK_KERBEROS_PRINCIPAL',
    key: 'cluster.kerberos.principal',
    schema: text('^[^\\s,]+$'),
    expects: 'a Kerberos principal such as penstock/host@REALM',
    about: 'Who applications are submitted as, where the cluster asks for Kerberos; with the keytab.',
  },
  kerberosKeytab: {
    env: 'PENSTOCK_KERBEROS_KEYTAB',
    key: 'cluster.kerberos.keytab',
    ...anyText,
    about: 'File with the key of that principal.',
  },
  resourceManagerUrl: {
    env: 'PENSTOCK_YARN_RM_URL',
    key: 'cluster.resourceManagerUrl',
    schema: text('^https?://[^\\s,]+(,https?://[^\\s,]+)*$'),
    expects: 'http or https URLs, comma separated',
    about: 'Web services of the ResourceManager, where they are not what yarn-site.xml says.',
  },
  publicUrl: {
    env: 'PENSTOCK_PUBLIC_URL',
    key: 'publicUrl',
    schema: text(URL_PATTERN),
    expects: 'an http or https URL',
    about: 'Where workers reach this instance, when that is not host and port.',
  },
  sealKey: {
    env: 'PENSTOCK_SEAL_KEY',
    key: 'sealKey',
    ...anyText,
    about:
      '32 bytes (base64 or hex) that seal secrets in the database. Default: the file seal-key in the data folder, made on first start. Several instances need the same.',
  },
  sealKeyOld: {
    env: 'PENSTOCK_SEAL_KEY_OLD',
    key: 'sealKeyOld',
    ...anyText,
    about:
      'The seal key until now, where PENSTOCK_SEAL_KEY is a new one: everything is sealed anew at the start. Default: the file seal-key.old in the data folder, where there is one.',
  },
  adminToken: {
    env: 'PENSTOCK_ADMIN_TOKEN',
    key: 'adminToken',
    ...anyText,
    about: 'Token of the administrator. Default: the file admin-token in the data folder, made on first start.',
  },
  logLevel: {
    env: 'PENSTOCK_LOG_LEVEL',
    key: 'logLevel',
    schema: Type.Union(LOG_LEVELS.map((level) => Type.Literal(level))),
    expects: LOG_LEVELS.join(', '),
    fallback: 'info',
    about: 'What is logged.',
  },
  trustProxy: {
    env: 'PENSTOCK_TRUST_PROXY',
    key: 'trustProxy',
    schema: Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 16 }), text(PROXY_PATTERN)]),
    expects: 'false, the number of proxies in front, or their addresses (CIDR, comma separated)',
    fallback: false,
    about:
      'Which proxies in front are believed when they say in X-Forwarded-* who calls. `true` is one proxy; what comes from further away is not believed. A number is only safe where nobody else reaches the port.',
  },
  requireSignature: {
    env: 'PENSTOCK_REQUIRE_SIGNATURE',
    key: 'requireSignature',
    ...flag,
    fallback: false,
    about:
      'Whether access keys must sign every call (apim-signature), so that an access token alone, once overheard, opens nothing.',
  },
  hosts: {
    env: 'PENSTOCK_HOSTS',
    key: 'hosts',
    schema: text('^[A-Za-z0-9._-]+(\\s*,\\s*[A-Za-z0-9._-]+)*$'),
    expects: 'host names, comma separated',
    about:
      'Names under which browsers reach this service. Requests of browsers for other names are refused (DNS rebinding). Addresses, localhost and the name in PENSTOCK_PUBLIC_URL need not be given.',
  },
  ...SIGN_IN_SETTINGS,
  site: {
    env: 'PENSTOCK_SITE',
    key: 'site',
    ...anyText,
    about:
      'What this place is called, such as production. A database that was made under another name, or lies elsewhere than it did, is not supervised until "penstock adopt".',
  },
  supervise: {
    env: 'PENSTOCK_SUPERVISE',
    key: 'supervise',
    ...flag,
    fallback: true,
    about: 'Whether this instance looks after runs. Without it answers the API only.',
  },
  stopWorkersOnExit: {
    env: 'PENSTOCK_STOP_WORKERS_ON_EXIT',
    key: 'stopWorkersOnExit',
    ...flag,
    fallback: false,
    about: 'Whether the workers of this instance end with it, to go on at its next start. Otherwise they live on.',
  },
  cuMemoryMb: {
    env: 'PENSTOCK_CU_MEMORY_MB',
    key: 'cu.memoryMb',
    ...whole(256, 65_536),
    fallback: 2048,
    about: 'Memory of 1 CU in MiB.',
  },
  cuThreads: {
    env: 'PENSTOCK_CU_THREADS',
    key: 'cu.threads',
    ...whole(1, 16),
    fallback: 1,
    about: 'Worker threads of 1 CU.',
  },
  pipelines: {
    env: 'PENSTOCK_MAX_PIPELINES',
    key: 'limits.pipelinesPerOrganization',
    ...whole(1, 100_000),
    fallback: 50,
    about: 'Pipelines per organisation.',
  },
  assets: {
    env: 'PENSTOCK_MAX_ASSETS',
    key: 'limits.assetsPerOrganization',
    ...whole(1, 1_000_000),
    fallback: 200_000,
    about: 'Assets per organisation.',
  },
  designingCu: {
    env: 'PENSTOCK_DESIGNING_CU',
    key: 'limits.designingCu',
    ...whole(0, 100),
    fallback: 1,
    about:
      'CU of Stream Designing that a new organisation is granted, with the newest operator library installed. 0: none; both are then given by hand.',
  },
  ownLibraries: {
    env: 'PENSTOCK_MAX_OWN_LIBRARIES',
    key: 'limits.ownLibraries',
    ...whole(0, 1000),
    fallback: 20,
    about: 'Operator libraries of its own that an organisation may have installed, each version counted.',
  },
  libraryBytes: {
    env: 'PENSTOCK_MAX_LIBRARY_BYTES',
    key: 'limits.libraryBytes',
    ...whole(1000, 2_000_000),
    fallback: 500_000,
    about: 'Largest package of an operator library of an organisation’s own; it travels with every run that uses it.',
  },
  documentBytes: {
    env: 'PENSTOCK_MAX_DOCUMENT_BYTES',
    key: 'limits.documentBytes',
    ...whole(1000, 50_000_000),
    fallback: 2_000_000,
    about: 'Largest pipeline document.',
  },
  bodyBytes: {
    env: 'PENSTOCK_MAX_BODY_BYTES',
    key: 'limits.bodyBytes',
    ...whole(1000, 100_000_000),
    fallback: 5_000_000,
    about: 'Largest request body.',
  },
  tokenRequests: {
    env: 'PENSTOCK_MAX_TOKEN_REQUESTS',
    key: 'limits.tokenRequestsPerMinute',
    ...whole(1, 1_000_000),
    fallback: 120,
    about: 'Token requests per minute and access key; ten times as many per address.',
  },
  previews: {
    env: 'PENSTOCK_MAX_PREVIEWS',
    key: 'limits.previews',
    ...whole(1, 100),
    fallback: 2,
    about: 'Previews at the same time.',
  },
  keepEvents: {
    env: 'PENSTOCK_KEEP_EVENTS',
    key: 'keep.events.number',
    ...whole(1, 100_000_000),
    fallback: 2000,
    about: 'Events of a pipeline that are kept; older ones are removed.',
  },
  keepEventsBytes: {
    env: 'PENSTOCK_KEEP_EVENTS_BYTES',
    key: 'keep.events.bytes',
    ...whole(10_000, 1_000_000_000_000),
    fallback: 1_000_000,
    about: 'Events of a pipeline: bytes that are kept.',
  },
  keepEventsDays: {
    env: 'PENSTOCK_KEEP_EVENTS_DAYS',
    key: 'keep.events.days',
    ...whole(1, 36_500),
    fallback: 90,
    about: 'Events of a pipeline: days they are kept.',
  },
  keepVersions: {
    env: 'PENSTOCK_KEEP_VERSIONS',
    key: 'keep.versions.number',
    ...whole(1, 100_000_000),
    fallback: 100,
    about: 'Released versions of a pipeline that are kept; older ones are removed.',
  },
  keepVersionsBytes: {
    env: 'PENSTOCK_KEEP_VERSIONS_BYTES',
    key: 'keep.versions.bytes',
    ...whole(10_000, 1_000_000_000_000),
    fallback: 20_000_000,
    about: 'Released versions of a pipeline: bytes that are kept.',
  },
  keepVersionsDays: {
    env: 'PENSTOCK_KEEP_VERSIONS_DAYS',
    key: 'keep.versions.days',
    ...whole(1, 36_500),
    fallback: 730,
    about: 'Released versions of a pipeline: days they are kept.',
  },
  keepRuns: {
    env: 'PENSTOCK_KEEP_RUNS',
    key: 'keep.runs.number',
    ...whole(1, 100_000_000),
    fallback: 200,
    about: 'Ended runs of a pipeline that are kept; older ones are removed.',
  },
  keepRunsBytes: {
    env: 'PENSTOCK_KEEP_RUNS_BYTES',
    key: 'keep.runs.bytes',
    ...whole(10_000, 1_000_000_000_000),
    fallback: 2_000_000,
    about: 'Ended runs of a pipeline: bytes that are kept.',
  },
  keepRunsDays: {
    env: 'PENSTOCK_KEEP_RUNS_DAYS',
    key: 'keep.runs.days',
    ...whole(1, 36_500),
    fallback: 365,
    about: 'Ended runs of a pipeline: days they are kept.',
  },
  keepAudit: {
    env: 'PENSTOCK_KEEP_AUDIT',
    key: 'keep.audit.number',
    ...whole(1, 100_000_000),
    fallback: 100_000,
    about: 'Audit entries that are kept; older ones are removed.',
  },
  keepAuditBytes: {
    env: 'PENSTOCK_KEEP_AUDIT_BYTES',
    key: 'keep.audit.bytes',
    ...whole(10_000, 1_000_000_000_000),
    fallback: 50_000_000,
    about: 'Audit entries: bytes that are kept.',
  },
  keepAuditDays: {
    env: 'PENSTOCK_KEEP_AUDIT_DAYS',
    key: 'keep.audit.days',
    ...whole(1, 36_500),
    fallback: 365,
    about: 'Audit entries: days they are kept.',
  },
  keepDeliveries: {
    env: 'PENSTOCK_KEEP_DELIVERIES',
    key: 'keep.deliveries.number',
    ...whole(1, 100_000_000),
    fallback: 5000,
    about: 'Deliveries of alarms of an organisation that are kept once they have arrived or failed.',
  },
  keepDeliveriesBytes: {
    env: 'PENSTOCK_KEEP_DELIVERIES_BYTES',
    key: 'keep.deliveries.bytes',
    ...whole(10_000, 1_000_000_000_000),
    fallback: 5_000_000,
    about: 'Deliveries of alarms of an organisation: bytes that are kept.',
  },
  keepDeliveriesDays: {
    env: 'PENSTOCK_KEEP_DELIVERIES_DAYS',
    key: 'keep.deliveries.days',
    ...whole(1, 36_500),
    fallback: 90,
    about: 'Deliveries of alarms: days they are kept.',
  },
  keepUsage: {
    env: 'PENSTOCK_KEEP_USAGE',
    key: 'keep.usage.number',
    ...whole(1, 100_000_000),
    fallback: 50_000,
    about: 'Use of resources by an organisation: hours of a resource that are kept.',
  },
  keepUsageBytes: {
    env: 'PENSTOCK_KEEP_USAGE_BYTES',
    key: 'keep.usage.bytes',
    ...whole(10_000, 1_000_000_000_000),
    fallback: 10_000_000,
    about: 'Use of resources by an organisation: bytes that are kept.',
  },
  keepUsageDays: {
    env: 'PENSTOCK_KEEP_USAGE_DAYS',
    key: 'keep.usage.days',
    ...whole(1, 36_500),
    fallback: 400,
    about: 'Use of resources: days it is kept.',
  },
  resourcePercent: {
    env: 'PENSTOCK_RESOURCE_WARN_PERCENT',
    key: 'alarms.resourcePercent',
    ...whole(1, 100),
    fallback: 80,
    about: 'From how many percent of a grant on the receivers of its organisation are told that it is running out.',
  },
  smtpUrl: {
    env: 'PENSTOCK_SMTP_URL',
    key: 'alarms.smtpUrl',
    schema: text('^smtps?://[^\\s]+$'),
    expects: 'a URL like smtps://user:password@mail.example.org',
    about:
      'SMTP server that mails of alarms are handed to; with PENSTOCK_SMTP_FROM. A password is only sent over TLS, unless the server is on this machine or the URL ends with ?ignoreTLS=true.',
  },
  smtpFrom: {
    env: 'PENSTOCK_SMTP_FROM',
    key: 'alarms.smtpFrom',
    schema: text('^[^\\r\\n]*@[^\\r\\n]+$'),
    expects: 'an e-mail address, such as Penstock <penstock@example.org>',
    about: 'Who mails of alarms are from.',
  },
  alarmDeliveryHours: {
    env: 'PENSTOCK_ALARM_DELIVERY_HOURS',
    key: 'alarms.deliveryHours',
    ...whole(1, 720),
    fallback: 24,
    about: 'Hours that an alarm is tried to be delivered, with growing pauses, before it counts as failed.',
  },
  outboundNetworks: {
    env: 'PENSTOCK_OUTBOUND_NETWORKS',
    key: 'outbound.networks',
    schema: text('^[0-9a-fA-F.:/,\\s]+$'),
    expects: 'addresses or networks (CIDR), comma separated',
    about:
      'Networks that addresses named by users (webhooks, look-ups and connections of pipelines) may be in although they are private, such as 10.1.0.0/16. All public addresses are allowed, none of this machine or of private networks.',
  },
  keepChanges: {
    env: 'PENSTOCK_KEEP_CHANGES',
    key: 'keep.changes.number',
    ...whole(1, 100_000_000),
    fallback: 50_000,
    about: 'Changes that whoever looks on can go back to (`GET /api/v1/events`); older ones are removed.',
  },
  keepChangesBytes: {
    env: 'PENSTOCK_KEEP_CHANGES_BYTES',
    key: 'keep.changes.bytes',
    ...whole(10_000, 1_000_000_000_000),
    fallback: 20_000_000,
    about: 'Changes: bytes that are kept.',
  },
  keepChangesDays: {
    env: 'PENSTOCK_KEEP_CHANGES_DAYS',
    key: 'keep.changes.days',
    ...whole(1, 36_500),
    fallback: 2,
    about: 'Changes: days they are kept.',
  },
  keepSamplesDays: {
    env: 'PENSTOCK_KEEP_SAMPLES_DAYS',
    key: 'keep.samples.days',
    ...whole(1, 36_500),
    fallback: 90,
    about:
      'Days that offset, lag and counters of a pipeline are kept: by 15 s for 6 hours, by minutes for 3 days, by 10 minutes for 14 days, then by hours.',
  },
  keepStageSamples: {
    env: 'PENSTOCK_KEEP_STAGE_SAMPLES',
    key: 'keep.stageSamples.number',
    ...whole(10, 10_000_000),
    fallback: 5000,
    about:
      'Samples of the stages of a pipeline (records, busy time, ways of records) that are kept: by minutes for 24 hours, then by hours.',
  },
  keepStageSamplesBytes: {
    env: 'PENSTOCK_KEEP_STAGE_SAMPLES_BYTES',
    key: 'keep.stageSamples.bytes',
    ...whole(100_000, 1_000_000_000_000),
    fallback: 8_000_000,
    about: 'Samples of the stages of a pipeline: bytes that are kept.',
  },
  keepStageSamplesDays: {
    env: 'PENSTOCK_KEEP_STAGE_SAMPLES_DAYS',
    key: 'keep.stageSamples.days',
    ...whole(1, 36_500),
    fallback: 30,
    about: 'Samples of the stages of a pipeline: days they are kept.',
  },
  keepDeadLettersDays: {
    env: 'PENSTOCK_KEEP_DEAD_LETTERS_DAYS',
    key: 'keep.deadLetters.days',
    ...whole(1, 36_500),
    fallback: 30,
    about: 'Days that dead letters stay in Kafka; for topics that are made from then on.',
  },
  keepDeadLettersBytes: {
    env: 'PENSTOCK_KEEP_DEAD_LETTERS_BYTES',
    key: 'keep.deadLetters.bytes',
    ...whole(1_000_000, 1_000_000_000_000),
    fallback: 1_000_000_000,
    about: 'Bytes of dead letters per partition that stay in Kafka; for topics that are made from then on.',
  },
  streams: {
    env: 'PENSTOCK_MAX_STREAMS',
    key: 'limits.streams',
    ...whole(1, 1000),
    fallback: 20,
    about: 'Event streams that one user or access key may have open at an instance; all together may have 1000.',
  },
  eventsPerMinute: {
    env: 'PENSTOCK_MAX_EVENTS_PER_MINUTE',
    key: 'limits.eventsPerMinute',
    ...whole(1, 100_000),
    fallback: 30,
    about: 'Events that the worker of a run may have written down per minute; the rest is counted.',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof SETTINGS;
