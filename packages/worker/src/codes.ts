import { type CodeCatalogue, code } from '@penstock/model';

const BY_ITSELF =
  'Nothing: the worker is replaced and goes on where the last commit was. If it comes back, look into its log.';

/** Codes of the worker: why it ended, and what it tells of its run. */
export const WORKER_CODES = {
  ARCHIVE_FAILED: code(
    'error',
    'The worker could not be packed for the cluster.',
    'See the message: disk space, the folder of archives, a package that cannot be bundled.',
  ),
  FRAME_INVALID: code(
    'error',
    'What an executor sends cannot be read.',
    'Use the driver and the worker of one version.',
  ),
  LAG_OUT_OF_DATE: code(
    'event',
    'The ends of partitions could not be asked for, so that the lag shown is old.',
    'Look at the health of the brokers.',
  ),
  PREVIEW_FAILED: code('error', 'The preview could not be run.', 'See the message.'),
  PREVIEW_KAFKA_MISSING: code(
    'error',
    'Live records were asked for and no Kafka is configured.',
    'Give records, or configure Kafka.',
  ),
  RANGE_NOT_CONTIGUOUS: code('reason', 'The range asked for does not begin where the last commit ended.', BY_ITSELF),
  RATE_CHANGED: code('event', 'The read rate was changed.'),
  RECORD_NOT_COMMITTABLE: code(
    'event',
    'A record led to something that could not be committed; it was found and is an error of its stage now.',
    'See the dead letter.',
  ),
  RUN_CARE_FAILED: code(
    'event',
    'Looking after the topics of the run failed and is tried again.',
    'Look at the health of the brokers and the rights of the Kafka user.',
  ),
  RUN_TAKEN_OVER: code('reason', 'A newer worker owns the run.'),
  SOURCE_FINISHED: code('reason', 'The data source has no more records.'),
  SOURCE_PARTITIONS_ADDED: code('event', 'The source topic has more partitions; the new ones are read too.'),
  STAGE_LOG: code('event', 'Something that a script or an operator logged.'),
  STATE_PARTITIONS_CHANGED: code(
    'reason',
    'The number of partitions no longer fits the kept state.',
    'The message says what to do.',
  ),
  TASK_CLOSED: code('error', 'A task was closed while it worked.'),
  TASK_FAILED: code('event', 'A task failed in a way that may pass and is taken up again.'),
  TASK_WITHOUT_TOPIC: code('error', 'A task was asked for a topic it does not have.', 'Report it with the message.'),
  WORKER_BUG: code(
    'reason',
    'The worker met something it does not expect.',
    "Report it with the message and the worker's log.",
  ),
  WORKER_DRAINING: code('event', 'The worker finishes what is under way, commits and ends.'),
  WORKER_DRAIN_TIMEOUT: code('event', 'Finishing took too long; what was not committed will be done again.'),
  WORKER_RUNNING: code('event', 'All tasks are fenced and restored, and read.'),
  WORKER_THREAD_CRASHED: code('reason', 'A thread of the worker ended unexpectedly.', BY_ITSELF),
  WORKER_THREAD_UNKNOWN: code(
    'error',
    'A message came from a thread the worker does not have.',
    'Report it with the message.',
  ),
} as const satisfies CodeCatalogue;
