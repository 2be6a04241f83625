import { AppError, isJsonObject, type JsonValue, type KafkaSettings, type RunSpec } from '@penstock/model';
import type { Store } from '../store/open-store.ts';
import { type OpenRun, readRunDocument } from './run-store.ts';
import { runTokenOf } from './run-token.ts';

export interface SpecFacts {
  readonly store: Store;
  readonly kafka: KafkaSettings | undefined;
  readonly cu: { readonly memoryMb: number; readonly threads: number };
  readonly endpointsFile: string;
  readonly secret: Buffer;
}

/** Everything a worker needs for a run. Errors: `KAFKA_NOT_CONFIGURED`, `DOCUMENT_INVALID`. */
export const buildRunSpec = async (
  facts: SpecFacts,
  run: OpenRun,
): Promise<{ readonly spec: RunSpec; readonly token: string }> => {
  if (facts.kafka === undefined) {
    throw new AppError('KAFKA_NOT_CONFIGURED', 'No Kafka is configured: set KAFKA_BOOTSTRAP_SERVERS.', {
      domain: 'user',
    });
  }
  const { document: text, messageChannel } = await readRunDocument(facts.store.db, run.pipelineId, run.versionNumber);
  const document: JsonValue = JSON.parse(text);
  if (!isJsonObject(document))
    throw new AppError('DOCUMENT_INVALID', 'The document is not a JSON object.', { domain: 'user' });
  const token = runTokenOf(facts.secret, run.runId);
  const cu = run.resources.server;
  const spec: RunSpec = {
    runId: run.runId,
    pipelineId: run.pipelineId,
    orgId: run.orgId,
    messageChannel,
    document,
    kafka: facts.kafka,
    threads: Math.max(1, Math.ceil(cu * facts.cu.threads)),
    memoryMb: Math.round(cu * facts.cu.memoryMb),
    kafkaRate: run.kafkaRate,
    control: { endpointsFile: facts.endpointsFile, token },
  };
  return { spec, token };
};
