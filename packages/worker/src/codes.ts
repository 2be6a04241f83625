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
  ASSET_NEIGHBOURS_TOO_MANY: code(
    'record',
    'More assets are below one in the trees with a tag than a stage can take.',
    'Tag smaller trees, or look children up without those further down.',
  ),
  ASSETS_UNREACHABLE: code(
    'record',
    'A stage needs an asset, and no instance of the service could be asked for minutes.',
    'See the message; then replay.',
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
  POSITION_MOVED: code(
    'reason',
    'Another worker, or somebody, has moved the position of a task while it began.',
    BY_ITSELF,
  ),
  PREVIEW_FAILED: code('error', 'The preview could not be run.', 'See the message.'),
  PREVIEW_SOURCE_UNKNOWN: code(
    'error',
    'Records were given for a data source that the pipeline does not have.',
    'Name a data source of the document.',
  ),
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
  REFERENCE_IN_USE: code('event', 'Reference data that stages go by has been taken over, in the revision named.'),
  REFERENCE_UNREACHABLE: code(
    'reason',
    'Reference data is not there yet, and no instance of the service gives it; tasks begin when it is.',
    'See the message: whether workers reach the service, and what it says.',
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
  START_UNDER_WAY: code('event', 'A start takes long and gets on: state is being restored or moved.'),
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
  CUTS_NOT_DRAINED: code(
    'event',
    'A pause ended before everything in front of a cut had been worked off, or it could not be looked up.',
    'Nothing, as long as the document does not change there: the next start goes on with it.',
  ),
  CUT_NOT_DRAINED: code(
    'reason',
    'Records wait in front of a stage, and the released document would never read them.',
    'Release the version before, start it, pause it once its lag is 0, and release again.',
  ),
  PLAN_CHANGED: code('reason', 'The plan no longer fits the topics; the run prepares anew.'),
  POSITION_CONTRADICTED: code(
    'event',
    'Kafka and the record of the same commit disagree on how far a partition was read; the later position holds.',
    'Nothing is lost or repeated. Look at the brokers: a group coordinator has answered with old offsets.',
  ),
  POSITION_LOST: code(
    'reason',
    'The pipeline has read the topic before and nobody says how far.',
    'Reset its offset: earliest reads everything again, latest skips what is there.',
  ),
  POSITION_RESTORED: code(
    'event',
    'Kafka no longer had the offset of a partition; it was restored from what is kept with the state.',
  ),
  POSITION_UNKNOWN: code(
    'error',
    'Kafka did not say where a partition ends.',
    'It is tried again; look at the health of the brokers.',
  ),
  STAGE_RENAME_AMBIGUOUS: code(
    'reason',
    'Stages are gone and others are new, and it is not known whose state is whose.',
    'Give them the names they had, or stop the pipeline, which clears its state.',
  ),
  STATE_CLEARED: code('event', 'A stage is not in the document any more; its state was deleted.'),
  STATE_KEY_CHANGED: code(
    'reason',
    'The released document keeps the state of a stage by another key.',
    'Give the stage another name to begin with empty state there, or stop the pipeline, which clears its state.',
  ),
  STATE_LOST: code(
    'reason',
    'The topic that holds the state of the pipeline was deleted.',
    'Reset its state to go on from its position with none, or stop it to begin anew.',
  ),
  STATE_MOVED: code('event', 'State was moved to where the released document keeps it.'),
  STATE_PLACE_CHANGED: code(
    'reason',
    'The released document distributes the records of a stage differently, and its state belongs to partitions.',
    'Give the stage another name to begin with empty state there, or stop the pipeline, which clears its state.',
  ),
  STATE_UNDESCRIBED: code(
    'reason',
    'State of an earlier version does not describe itself and cannot be told apart.',
    'Stop the pipeline, which clears its state, to begin anew.',
  ),
  STATE_VERSION_UNKNOWN: code(
    'reason',
    'The state of a stage was kept in a version that this installation does not read.',
    'Install the version that wrote it, or stop the pipeline, which clears its state.',
  ),
  TOPIC_MADE_ANEW: code('event', 'The topic of the dead letters was deleted while the pipeline ran and was made anew.'),
  TOPIC_REPLACED: code(
    'event',
    'The source topic was deleted and made anew; reading goes on at the first records of the new one.',
  ),
} as const satisfies CodeCatalogue;
