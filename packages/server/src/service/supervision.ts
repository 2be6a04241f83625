import { connectionUses } from '@penstock/engine';
import type { JsonObject } from '@penstock/model';
import { type Modes, placeOf } from '@penstock/modes';
import { fenceTasks, placesOf } from '../kafka/fence-tasks.ts';
import { RunLogs } from '../logs/run-logs.ts';
import { buildRunSpec } from '../runs/run-spec.ts';
import { runTokenOf } from '../runs/run-token.ts';
import { Supervisor } from '../runs/supervisor.ts';
import { connectionSecrets, openConnections } from '../use-case/open-connections.ts';
import type { StateStorePort } from '../use-case/state-store-port.ts';
import type { Foundation } from './foundation.ts';

/** Logs of all runs, wherever they lie, without the secrets of their programs. */
export const createRunLogs = ({ store, settings, sealKey, seal }: Foundation, modes: Modes): RunLogs =>
  new RunLogs({
    store,
    dataDir: settings.dataDir,
    modes,
    secretsOf: async ({ runId, orgId }) => ({
      password: settings.kafka?.sasl?.password ?? '',
      privateKey: settings.kafka?.tls?.key ?? '',
      token: runTokenOf(sealKey, runId),
      // Of the organisation as they are now; a run may have others that were changed since.
      connections: await connectionSecrets(store.db, seal, orgId),
    }),
  });

export interface SupervisorParts {
  readonly modes: Modes;
  readonly logs: RunLogs;
  readonly stateStore: StateStorePort;
}

/** The supervisor of this instance; not started yet. */
export const createSupervisor = (foundation: Foundation, { modes, logs, stateStore }: SupervisorParts): Supervisor => {
  const { store, settings, kafkaAccess, logger, sealKey, seal, registry } = foundation;
  const supervisor = new Supervisor({
    store,
    clock: foundation.clock,
    instanceId: foundation.instanceId,
    place: placeOf(foundation.host),
    policy: foundation.policy,
    isAtHome: () => foundation.site.isOwn,
    modes,
    specOf: (run) => {
      const connectionsOf = (orgId: string, document: JsonObject) =>
        openConnections(store.db, seal, orgId, [
          ...new Set(connectionUses(document, registry).map(({ name }) => name)),
        ]);
      const { kafka, outboundNetworks } = settings;
      return buildRunSpec({ store, kafka, modes, secret: sealKey, outboundNetworks, connectionsOf }, run);
    },
    keepLogs: async (run, supervision) => {
      const troubles = await logs.keep(run, supervision);
      if (troubles.length > 0) logger.info({ runId: run.runId, troubles }, 'not all logs of a run could be kept');
    },
    clear: (pipelineId) => stateStore.clear(pipelineId),
    fence: async (pipelineId, tasks, sourcePartitions) => {
      const client = await kafkaAccess.cluster();
      const places = tasks.length > 0 ? tasks : await placesOf(client, pipelineId, sourcePartitions);
      await fenceTasks(client, pipelineId, places);
    },
    log: logger.child({ part: 'supervisor' }),
  });
  foundation.wakeUp.answerWith(() => supervisor.wake());
  return supervisor;
};
