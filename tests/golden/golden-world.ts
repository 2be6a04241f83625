import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type LocalKafka, startLocalKafka } from '@penstock/dev';
import type { RunSpec } from '@penstock/model';
import { TopicAccess } from '@penstock/testkit/kafka';
import { GOLDEN_PARTITIONS, type GoldenMessage, type GoldenPipeline, type GoldenTopics } from './golden-pipeline.ts';

/** Golden pipelines run for this organisation. */
export const GOLDEN_ORG = 'golden';

const LARGE_MESSAGES = { 'max.message.bytes': '2097152' };

/** A broker for golden pipelines in a folder of its own. */
export class GoldenWorld {
  readonly folder: string;
  readonly kafka: LocalKafka;

  private constructor(folder: string, kafka: LocalKafka) {
    this.folder = folder;
    this.kafka = kafka;
  }

  static async start(): Promise<GoldenWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-golden-'));
    // Dozens of workers are started, each with threads of its own: what one has compiled the next ones need not.
    process.env.NODE_COMPILE_CACHE ??= join(folder, 'compiled');
    return new GoldenWorld(folder, await startLocalKafka({ dir: join(folder, 'kafka') }));
  }

  async stop(): Promise<void> {
    await this.kafka.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  connect(t: TestContext): Promise<TopicAccess> {
    return TopicAccess.connect(t, this.kafka.bootstrapServers);
  }

  /** As the worker of Standalone Mode gets it. */
  specOf(pipeline: GoldenPipeline, pipelineId: string, topics: GoldenTopics): RunSpec {
    return {
      runId: `run-${pipelineId}`,
      pipelineId,
      orgId: GOLDEN_ORG,
      messageChannel: 0,
      document: pipeline.document(topics),
      ...(pipeline.ownLibraries === undefined ? {} : { ownLibraries: pipeline.ownLibraries }),
      kafka: { bootstrapServers: this.kafka.bootstrapServers },
      threads: 1,
      memoryMb: 1024,
      kafkaRate: 1_000_000,
      control: { endpointsFile: 'file:///nowhere', token: 'token' },
    };
  }
}

export const createInputTopic = async (access: TopicAccess, name: string): Promise<string> => {
  const topic = `golden-in-${name}`;
  await access.admin.ensureTopic(topic, { partitions: GOLDEN_PARTITIONS, config: LARGE_MESSAGES });
  return topic;
};

export const writeInput = (access: TopicAccess, topic: string, messages: readonly GoldenMessage[]): Promise<void> =>
  access.write(
    topic,
    messages.map(({ key, partitionKey, value }) => ({ ...(key === null ? {} : { key }), partitionKey, value })),
  );

/** Output topics of a run of its own. */
export const createOutputTopics = async (
  access: TopicAccess,
  pipeline: GoldenPipeline,
  input: string,
  run: string,
): Promise<GoldenTopics> => {
  const outputs: Record<string, string> = {};
  for (const [name, config] of Object.entries(pipeline.outputs)) {
    const topic = `golden-out-${run}-${name}`;
    await access.admin.ensureTopic(topic, { partitions: GOLDEN_PARTITIONS, config: { ...LARGE_MESSAGES, ...config } });
    outputs[name] = topic;
  }
  return { input, outputs };
};
