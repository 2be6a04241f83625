import { internalTopicOf, type JsonObject } from '@penstock/model';
import { importOf, until } from '@penstock/testkit';
import { readTopic } from '@penstock/testkit/kafka';
import { CHAOS_ORG, createChaosInput } from '../chaos-input.ts';
import type { ChaosScenario, ChaosSource } from '../scenario.ts';
import { ClockCheck } from './clock-check.ts';
import { FlakyServer } from './flaky-server.ts';
import { SECOND_ASSETS, WIDE_ASSETS } from './wide-assets.ts';
import { SECOND_INPUT, WIDE_TOPICS, wideDocument } from './wide-pipeline.ts';
import { WideReference } from './wide-reference.ts';

/** Numbers of the second source begin here. */
const SECOND_SEQ = 1_000_000_000;
/** Triggers that were missed are made up for. */
const CLOCK_MS = 120_000;

export const wideInputs: readonly ChaosSource[] = [
  { topic: internalTopicOf(CHAOS_ORG, 0), input: (seed) => createChaosInput(seed) },
  {
    topic: SECOND_INPUT,
    input: (seed) => createChaosInput(seed ^ 0x2bad, { firstAsset: SECOND_ASSETS, firstSeq: SECOND_SEQ }),
  },
];

/** Several sources, a clock, look-ups and defined batches; beside the service a server that the pipeline asks. */
export const wideScenario = async (): Promise<ChaosScenario> => {
  const server = await FlakyServer.start();
  return {
    sources: wideInputs,
    outputs: Object.values(WIDE_TOPICS),
    env: { PENSTOCK_OUTBOUND_NETWORKS: '127.0.0.1/32' },
    document: () => wideDocument(server.url),
    prepare: async (service) => {
      await service.admin('POST', `organizations/${CHAOS_ORG}/assets/import`, importOf({ assets: WIDE_ASSETS }));
    },
    /** The clock goes on for ever: until it has come to now. */
    settled: async (client) => {
      const now = Date.now();
      await until('waiting for the clock', CLOCK_MS, async () => {
        const check = new ClockCheck();
        await readTopic(client, WIDE_TOPICS.clock, (batch) => {
          for (let i = 0; i < batch.count; i++) {
            const text = batch.bytes.toString('utf8', batch.valueStart[i], batch.valueEnd[i]);
            check.see({ key: '', partition: batch.partition, record: JSON.parse(text) as JsonObject });
          }
        });
        return check.isUpTo(now) ? true : undefined;
      });
    },
    oracle: () => new WideReference(),
    close: () => server.stop(),
  };
};
