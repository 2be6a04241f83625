import { type CodeCatalogue, code } from '@penstock/model';

const SAID = "See the lines of the message: they are the program's own last words.";

/** Codes of what starts real servers on this machine. */
export const DEV_CODES = {
  DEV_ADMIN_TOKEN_MISSING: code('error', 'The service has not written its administrator token.', SAID),
  DEV_DEMO_FAILED: code('error', 'The demo pipeline does not run.', 'Look at its events.'),
  DEV_DISK_FULL: code('error', 'The disk is full.', 'Make room, or choose another folder with --data.'),
  DEV_FOLDER_IN_USE: code(
    'error',
    'The folder is in use by another instance.',
    'Stop it, or choose another folder with --data.',
  ),
  DEV_FOLDER_UNUSABLE: code(
    'error',
    'The data folder cannot be used.',
    'Check its rights, or choose another with --data.',
  ),
  DEV_HDFS_FAILED: code('error', 'HDFS could not be started.', SAID),
  DEV_JAVA_MISSING: code('error', 'Java was not found.', 'Install a JDK 17 or newer, or set JAVA_HOME.'),
  DEV_JAVA_TOO_OLD: code('error', 'The Java found is too old.', 'Install a JDK 17 or newer, or set JAVA_HOME.'),
  DEV_KAFKA_FAILED: code('error', 'Kafka could not be started.', SAID),
  DEV_MAVEN_FAILED: code('error', 'Maven could not fetch or build what is needed.', SAID),
  DEV_MAVEN_MISSING: code('error', 'Maven was not found.', 'Install Maven 3.6 or newer.'),
  DEV_MAVEN_OFFLINE: code(
    'error',
    'Maven could not reach its repository.',
    "Check the network, and proxy or mirror in Maven's settings.xml.",
  ),
  DEV_OPENSSL_FAILED: code('error', 'OpenSSL could not make certificates.', 'See the message.'),
  DEV_OPTION_INVALID: code('error', 'An option of npm start is wrong.', 'npm start -- --help lists them.'),
  DEV_PORT_IN_USE: code('error', 'A port is in use.', 'Stop the other program, or choose another port.'),
  DEV_SERVICE_FAILED: code('error', 'The service could not be started.', SAID),
  DEV_YARN_FAILED: code('error', 'YARN could not be started.', SAID),
} as const satisfies CodeCatalogue;
