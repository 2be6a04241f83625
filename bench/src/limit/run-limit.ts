import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRun, cpuPerMillion, type Pass } from '../measure/bench-run.ts';
import { startMeasured } from '../measure/measured-process.ts';
import { withOutputTopic } from '../measure/output-topic.ts';
import type { Fingerprint } from '../workload/fingerprint.ts';
import type { LimitOrder, LimitResult } from './limit.ts';
import type { LimitedWorkload } from './limit-loops.ts';

const PROGRAM = fileURLToPath(new URL('./limit.ts', import.meta.url));

/** Runs the bare limit of a workload once, in a process of its own. Its output is checked by count. */
export const runLimit = (run: BenchRun, workload: LimitedWorkload, expected: Fingerprint): Promise<Pass> =>
  withOutputTopic(run.client, `limit-${workload}`, async (output) => {
    const resultFile = join(run.folder, `limit-${randomUUID()}.json`);
    const order: LimitOrder = {
      workload,
      bootstrapServers: run.kafka.bootstrapServers,
      input: run.input,
      output,
      resultFile,
    };
    const logFile = join(run.folder, 'limit.log');
    const { ended } = startMeasured(process.execPath, ['--no-node-snapshot', PROGRAM, JSON.stringify(order)], {
      logFile,
    });
    const cost = await ended;
    if (cost.exitCode !== 0) {
      throw new Error(
        `The limit program ended with ${cost.exitCode ?? cost.signal}:\n${readFileSync(logFile, 'utf8')}`,
      );
    }
    const result = JSON.parse(readFileSync(resultFile, 'utf8')) as LimitResult;
    const { records } = run.data;
    return {
      cpuSecondsPerMillion: cpuPerMillion(cost.cpuMs, records),
      recordsPerSecond: records / (result.wallMs / 1000),
      peakRssMb: cost.peakRssMb,
      problem:
        result.recordsRead === records && result.recordsWritten === expected.records
          ? undefined
          : `the limit program read ${result.recordsRead} and wrote ${result.recordsWritten} records`,
    };
  });
