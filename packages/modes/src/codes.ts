import { type CodeCatalogue, code } from '@penstock/model';

const BY_ITSELF = 'Nothing: it is launched again and goes on where the last commit was.';
const LOOK_AT_YARN = 'Look at the ResourceManager, and at the logs of the run.';

/** Codes of the running modes: why a launch is not (yet) running, and why a run ended. */
export const MODE_CODES = {
  APPLICATION_ENDED: code('reason', 'The YARN application ended without having been asked to.', LOOK_AT_YARN),
  APPLICATION_EXISTS: code('reason', 'An application of an earlier launch is still there; it is ended first.'),
  APPLICATION_FAILED: code('reason', 'The YARN application failed in all its attempts.', LOOK_AT_YARN),
  APPLICATION_KILLED: code(
    'reason',
    'The YARN application was killed, not by Penstock.',
    'Start the pipeline again if that was not intended.',
  ),
  CLUSTER_FORBIDDEN: code('reason', 'YARN refuses the user of the service.', 'Check user, queue and rights in YARN.'),
  CLUSTER_LOST: code(
    'reason',
    'The ResourceManager answers and no longer knows the application.',
    'Give the ResourceManager a recovery store; start again.',
  ),
  CLUSTER_UNREACHABLE: code(
    'reason',
    'The ResourceManager does not answer.',
    'Check HADOOP_CONF_DIR, the network and whether it runs.',
  ),
  CONTAINER_LOGS_UNREACHABLE: code(
    'error',
    'The NodeManager that has the log does not answer.',
    'Try again, or ask for the log when the application has ended.',
  ),
  CONTAINER_TOO_SMALL: code(
    'reason',
    'YARN gave a container with less than was asked for.',
    'Check the allocation limits of YARN.',
  ),
  DRIVER_LOST: code('reason', 'The driver is gone; YARN starts another attempt.'),
  DRIVER_SILENT: code(
    'reason',
    'The driver has not been heard of although YARN says that it runs.',
    'Check that the nodes can reach PENSTOCK_PUBLIC_URL.',
  ),
  DRIVER_STARTING: code('reason', 'The driver has been started and has not reported yet.'),
  DRIVER_START_TIMEOUT: code(
    'reason',
    'The driver had all its executors and its start stood still for too long.',
    LOOK_AT_YARN,
  ),
  FENCING_FAILED: code(
    'reason',
    'Tasks of an ended application could not be taken from executors that may be left.',
    'Look at the health of the brokers; it is tried again.',
  ),
  HADOOP_PROGRAM_STUCK: code('error', 'A program of Hadoop did not end in time.', "Look at the cluster's file system."),
  HADOOP_CONFIGURATION_INVALID: code(
    'error',
    'The Hadoop configuration lacks something or cannot be read.',
    'Correct what the message names in HADOOP_CONF_DIR.',
  ),
  JAVA_MISSING: code('error', 'Java cannot be started.', 'Install Java 17 where the service runs, or set JAVA_HOME.'),
  KAFKA_REACHABLE: code('event', 'The run no longer waits for Kafka.'),
  LAUNCH_FAILED: code(
    'reason',
    'The worker process could not be started.',
    'See the message: memory, rights, the program.',
  ),
  LAUNCH_PROGRAM_MISSING: code('error', 'The worker program does not exist.', 'Install Penstock anew.'),
  MODE_RECORD_INVALID: code(
    'error',
    'What is stored of a run is not in a form that its running mode knows; the message names the place.',
    'Use the version of the service that wrote it, or a newer one.',
  ),
  REFERENCE_REACHABLE: code('event', 'The run no longer waits for reference data.'),
  SETTINGS_INVALID: code(
    'error',
    'A setting has a value it cannot have.',
    'Correct what the message names; docs/settings.md has all settings.',
  ),
  STAGING_FAILED: code(
    'reason',
    "The cluster's file system refuses what the service wants to put there.",
    'Check PENSTOCK_STAGING_DIR and its rights.',
  ),
  STAGING_SLOW: code('reason', 'Uploading took so long that the submission is begun anew; what was uploaded stays.'),
  SUBMISSION_FAILED: code('reason', 'YARN did not get the application.', 'See the log of the submission.'),
  SUBMIT_FAILED: code(
    'reason',
    'Submitting has ended and YARN knows of no application.',
    'See the log of the submission.',
  ),
  SUBMIT_TIMEOUT: code('reason', 'Submitting did not end in time.', 'See the log of the submission.'),
  TARGET_REACHABLE: code('event', 'The run no longer waits for a destination.'),
  WAITING_FOR_CLUSTER: code(
    'reason',
    'The application waits for resources of the cluster.',
    'Wait, stop something else, or ask for less.',
  ),
  WAITING_FOR_KAFKA: code(
    'reason',
    'Kafka does not answer, or cannot do what is asked of it; the run goes on by itself when it does.',
    'Look at the health of the brokers and at the network. There is no need to start the pipeline again.',
  ),
  WAITING_FOR_REFERENCE: code(
    'reason',
    'Tasks cannot begin, since the service does not give the reference data that a stage goes by; the run goes on by itself when it does.',
    'See the reason: whether workers reach the service, and whether it answers. There is no need to start the pipeline again.',
  ),
  WAITING_FOR_TARGET: code(
    'reason',
    'A destination does not answer, or takes nothing at the moment; the run goes on by itself when it does.',
    'Look at the destination and at the way to it. There is no need to start the pipeline again.',
  ),
  WORKER_EXITED: code('reason', 'The worker process ended without having been asked to.', BY_ITSELF),
  WORKER_HOST_LOST: code('reason', 'The host of the worker is out of reach.', BY_ITSELF),
  WORKER_MEMORY_LIMIT: code(
    'reason',
    'The worker took more memory than its CU and was ended.',
    'Start with more CU, or lower the memory limits or batches of its scripts.',
  ),
  WORKER_SILENT: code('reason', 'The worker has not been heard of.', BY_ITSELF),
  WORKER_STALLED: code('reason', 'There is backlog and no progress.', BY_ITSELF),
  WORKER_START_TIMEOUT: code('reason', "The worker's start stood still for too long.", BY_ITSELF),
} as const satisfies CodeCatalogue;
