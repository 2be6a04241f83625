import {
  AppError,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type KafkaSettings,
  type ResolvedConnection,
  type RunSpec,
} from '@penstock/model';
import type { Modes } from '@penstock/modes';
import type { Store } from '../store/open-store.ts';
import { readOrganizationFacts } from '../use-case/organization-facts.ts';
import { type OpenRun, readLastVersionThatRan, readRunDocument } from './run-store.ts';
import { runTokenOf } from './run-token.ts';

export interface SpecFacts {
  readonly store: Store;
  readonly kafka: KafkaSettings | undefined;
  readonly modes: Modes;
  readonly secret: Buffer;
  /** CIDR: see `OutboundSettings`. Absent: none. */
  readonly outboundNetworks?: readonly string[];
  /** The connections that a document of an organisation names, opened. Errors: `CONNECTION_UNKNOWN`. */
  readonly connectionsOf: (orgId: string, document: JsonObject) => Promise<readonly ResolvedConnection[]>;
}

/**
 * Everything a worker needs for a run, or, in Cluster Mode, the driver and its workers, for the launch that is noted
 * in the run. Errors: `KAFKA_NOT_CONFIGURED`, `DOCUMENT_INVALID`, `CONNECTION_UNKNOWN`,
 * `CONTAINER_TOO_SMALL`.
 */
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
  const connections = await facts.connectionsOf(run.orgId, document);
  const token = runTokenOf(facts.secret, run.runId);
  const history = await historyOf(facts.store, run);
  const documents = history.previous === undefined ? [document] : [document, history.previous.document];
  const spec: RunSpec = {
    runId: run.runId,
    pipelineId: run.pipelineId,
    orgId: run.orgId,
    messageChannel,
    ...(await readOrganizationFacts(facts.store.db, run.orgId, documents)),
    document,
    ...history,
    kafka: facts.kafka,
    outbound: { networks: [...(facts.outboundNetworks ?? [])] },
    ...(connections.length === 0 ? {} : { connectionValues: connections }),
    kafkaRate: run.kafkaRate,
    ...facts.modes.of(run.executionMode).place(run, token),
  };
  return { spec, token };
};

/**
 * What the pipeline has been before, so that nobody takes a lost position for a first start. `versionNumber`: of the
 * version that is to run; absent where it is another one than ever ran.
 */
export const historyOf = async (
  { db }: Pick<Store, 'db'>,
  run: { readonly pipelineId: string; readonly versionNumber?: number },
): Promise<Pick<RunSpec, 'isContinued' | 'previous'>> => {
  const last = await readLastVersionThatRan(db, run.pipelineId);
  if (last === undefined) return {};
  if (last === run.versionNumber) return { isContinued: true };
  const { document: text, messageChannel } = await readRunDocument(db, run.pipelineId, last);
  const document: JsonValue = JSON.parse(text);
  return { isContinued: true, ...(isJsonObject(document) ? { previous: { document, messageChannel } } : {}) };
};
