/** The Spark driver's main class. */
const MAIN_CLASS = 'org.penstock.spark.Driver';

/** What the client JVM has to open of Java 17 for Spark 3.5; in containers Spark sees to it itself. */
const OPENED = [
  'java.lang',
  'java.lang.invoke',
  'java.lang.reflect',
  'java.io',
  'java.net',
  'java.nio',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'jdk.internal.ref',
  'sun.nio.ch',
  'sun.nio.cs',
  'sun.security.action',
  'sun.util.calendar',
];

export interface Submission {
  readonly pipelineId: string;
  /** Names the launch; the last argument, by which the submitting process is found. */
  readonly tag: string;
  readonly classPath: string;
  readonly jvmOptions: readonly string[];
  readonly driverJar: string;
  /** The run's spec, which holds secrets: only its path is named here. */
  readonly specFile: string;
  /** For the JVMs in the containers, and for the submitting one. */
  readonly logConfiguration: { readonly containers: string; readonly submit: string };
  /** URIs, by the folder of a container they are unpacked to. */
  readonly archives: Readonly<Record<string, string>>;
  readonly conf: Readonly<Record<string, string>>;
}

/**
 * Arguments of `java` that submit one application and end once YARN has taken it: Spark's own SparkSubmit, each value
 * an argument of its own, no shell.
 */
export const submitArguments = (submission: Submission): string[] => [
  ...submission.jvmOptions,
  ...OPENED.flatMap((name) => ['--add-opens', `java.base/${name}=ALL-UNNAMED`]),
  `-Dlog4j2.configurationFile=file:${submission.logConfiguration.submit}`,
  '-cp',
  submission.classPath,
  'org.apache.spark.deploy.SparkSubmit',
  '--master',
  'yarn',
  '--deploy-mode',
  'cluster',
  '--name',
  `penstock-${submission.pipelineId}`,
  '--class',
  MAIN_CLASS,
  '--archives',
  Object.entries(submission.archives)
    .map(([folder, uri]) => `${uri}#${folder}`)
    .join(),
  '--files',
  `file:${submission.specFile}#run.json,file:${submission.logConfiguration.containers}#log4j2.properties`,
  ...Object.entries(submission.conf).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
  submission.driverJar,
  './run.json',
  submission.tag,
];
