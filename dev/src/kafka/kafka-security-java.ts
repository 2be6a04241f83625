import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { KafkaSettings } from '@penstock/model';
import { buildDriverJar, DRIVER_PROJECT } from '../java/driver-jar.ts';
import { resolveSparkJars } from '../java/jars.ts';
import { findJava } from '../java/java.ts';

/** What the Spark driver's own Kafka client finds: where partition 0 ends, or why it cannot tell. */
export type DriverAnswer =
  | { readonly end: number }
  | { readonly code: string; readonly message: string; readonly retryable: boolean };

const run = promisify(execFile);
const PROGRAM = 'org.penstock.spark.OffsetsMain';

/** A slow machine's first connection can take longer than one request may. */
const ASKED_AT_MOST = 3;

/**
 * Asks with each of the settings, as the driver does it in a cluster: what fails for a reason that passes is asked
 * again. `dir`: an empty folder of the caller's.
 */
export const askAsDriver = async (
  dir: string,
  topic: string,
  settings: readonly KafkaSettings[],
): Promise<readonly DriverAnswer[]> => {
  const [sparkJars, driverJar] = [await resolveSparkJars(), await buildDriverJar()];
  const java = findJava();
  const classPath = [dir, driverJar, ...readdirSync(sparkJars).map((jar) => join(sparkJars, jar))].join(delimiter);
  mkdirSync(dir, { recursive: true });
  const source = join(DRIVER_PROJECT, 'src', 'test', 'java', ...PROGRAM.split('.'));
  // The compiler that comes with this `java`.
  await run(java, ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-cp', classPath, '-d', dir, `${source}.java`]);
  const files = settings.map((kafka, i) => {
    const file = join(dir, `run-${i}.json`);
    const spec = { runId: 'run', pipelineId: 'p', kafka, threads: 1, control: {}, cluster: {} };
    writeFileSync(file, JSON.stringify(spec), { mode: 0o600 });
    return file;
  });
  const ask = async (asked: readonly string[]): Promise<DriverAnswer[]> => {
    const { stdout } = await run(java, ['-cp', classPath, PROGRAM, topic, ...asked], { timeout: 120_000 });
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as DriverAnswer);
  };
  const answers = await ask(files);
  for (let asked = 1; asked < ASKED_AT_MOST; asked++) {
    const open = answers.flatMap((answer, i) => ('code' in answer && answer.retryable ? [i] : []));
    if (open.length === 0) break;
    const again = await ask(open.map((i) => files[i] as string));
    again.forEach((answer, i) => {
      answers[open[i] as number] = answer;
    });
  }
  return answers;
};
