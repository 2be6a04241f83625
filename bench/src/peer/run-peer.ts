import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findJava } from '@penstock/dev';
import { createTopicAdmin } from '@penstock/kafka';
import { type BenchRun, cpuPerMillion, type Pass } from '../measure/bench-run.ts';
import { startMeasured } from '../measure/measured-process.ts';
import { withOutputTopic } from '../measure/output-topic.ts';
import type { Fingerprint } from '../workload/fingerprint.ts';
import type { WorkloadName } from '../workload/workload.ts';
import { type PeerWorkload, peerOutputProblem } from './verify-peer.ts';

export const hasPeer = (workload: WorkloadName): workload is PeerWorkload =>
  workload === 'select' || workload === 'map' || workload === 'window';

export const PEER_NAME = 'Kafka Streams 4.1.1';

/** Runs the Kafka Streams program of a workload once, one stream thread, to the end of the topic. */
export const runPeer = (
  run: BenchRun,
  classPath: string,
  order: { readonly workload: PeerWorkload; readonly guarantee: string; readonly expected: Fingerprint },
): Promise<Pass> =>
  withOutputTopic(run.client, `peer-${order.workload}`, async (output) => {
    const applicationId = `bench-peer-${randomUUID().slice(0, 8)}`;
    const stateFolder = join(run.folder, applicationId);
    mkdirSync(stateFolder);
    const logFile = join(run.folder, 'peer.log');
    const startedAt = performance.now();
    const { ended } = startMeasured(
      findJava(),
      [
        '-Xmx1g',
        '-cp',
        classPath,
        'penstock.bench.Main',
        order.workload,
        run.kafka.bootstrapServers,
        run.input,
        output,
        applicationId,
        order.guarantee,
        stateFolder,
      ],
      { logFile },
    );
    const cost = await ended;
    const wallMs = performance.now() - startedAt;
    if (cost.exitCode !== 0) {
      throw new Error(
        `The Kafka Streams program ended with ${cost.exitCode}:\n${readFileSync(logFile, 'utf8').slice(-4000)}`,
      );
    }
    const problem = await peerOutputProblem(run, output, order.workload, order.expected);
    const admin = createTopicAdmin(run.client);
    const internal = (await admin.listTopics())
      .map(({ name }) => name)
      .filter((name) => name.startsWith(applicationId));
    await admin.deleteTopics(internal);
    return {
      cpuSecondsPerMillion: cpuPerMillion(cost.cpuMs, run.data.records),
      // With its start: the program says nothing about its own commits.
      recordsPerSecond: run.data.records / (wallMs / 1000),
      peakRssMb: cost.peakRssMb,
      problem,
    };
  });
